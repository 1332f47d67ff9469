// Package digest chooses how artifacts are digested.
package digest

import (
	_ "crypto/sha256" // the algorithms register themselves
	_ "crypto/sha512"
	"fmt"

	digest "github.com/opencontainers/go-digest"
)

// Canonical is the algorithm in use; main sets it from the command line.
var Canonical = digest.SHA256

func AlgorithmForName(name string) (digest.Algorithm, error) {
	algorithm := digest.Algorithm(name)
	if !algorithm.Available() {
		return "", fmt.Errorf("digest algorithm '%s' is not available", name)
	}
	return algorithm, nil
}
