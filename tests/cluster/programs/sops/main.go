// Command sops is what a test needs of SOPS, by the packages that kustomize-controller decrypts with: "sops keygen" prints a private and a public key of age, a line each;
// "sops encrypt PUBLIC" encrypts the Secret on standard input as `sops --encrypt --encrypted-regex '^(data|stringData)$'` does.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"filippo.io/age"
	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/aes"
	sopsage "github.com/getsops/sops/v3/age"
	"github.com/getsops/sops/v3/config"
	"github.com/getsops/sops/v3/stores/yaml"
)

func keygen() error {
	identity, err := age.GenerateX25519Identity()
	if err == nil {
		fmt.Printf("%s\n%s\n", identity, identity.Recipient())
	}
	return err
}

func encrypt(recipient string) error {
	plain, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	key, err := sopsage.MasterKeyFromRecipient(recipient)
	if err != nil {
		return err
	}
	store := yaml.NewStore(&config.YAMLStoreConfig{Indent: 2})
	branches, err := store.LoadPlainFile(plain)
	if err != nil {
		return err
	}
	tree := sops.Tree{Branches: branches, Metadata: sops.Metadata{
		KeyGroups: []sops.KeyGroup{{key}}, EncryptedRegex: "^(data|stringData)$", LastModified: time.Now().UTC(), Version: "3.13.2"}}
	data, errs := tree.GenerateDataKey()
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	cipher := aes.NewCipher()
	mac, err := tree.Encrypt(data, cipher)
	if err != nil {
		return err
	}
	tree.Metadata.MessageAuthenticationCode, err = cipher.Encrypt(mac, data, tree.Metadata.LastModified.Format(time.RFC3339))
	if err != nil {
		return err
	}
	text, err := store.EmitEncryptedFile(tree)
	if err == nil {
		_, err = os.Stdout.Write(text)
	}
	return err
}

func main() {
	err := errors.New("usage: sops keygen | sops encrypt PUBLIC")
	if len(os.Args) == 2 && os.Args[1] == "keygen" {
		err = keygen()
	} else if len(os.Args) == 3 && os.Args[1] == "encrypt" {
		err = encrypt(os.Args[2])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
