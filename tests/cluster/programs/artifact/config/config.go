// Package config holds what can be chosen about the artifacts on the command line.
//
// This module stands in for github.com/fluxcd/pkg/artifact, the only package of source-controller that the module
// proxy does not serve. It is written from what source-controller calls and from what
// kustomize-controller expects to download; it has the same names, and none of the original's text.
package config

import (
	"os"
	"time"

	"github.com/spf13/pflag"
)

type Options struct {
	StoragePath              string        // the folder that holds the artifacts; must exist
	StorageAddress           string        // where the file server listens
	StorageAdvAddress        string        // how the other controllers reach it
	ArtifactDigestAlgo       string        // of the archive, as in status.artifact.digest
	ArtifactRetentionTTL     time.Duration // older artifacts than this are removed
	ArtifactRetentionRecords int           // but never the newest ones, this many
}

func (o *Options) BindFlags(flags *pflag.FlagSet) {
	flags.StringVar(&o.StoragePath, "storage-path", os.Getenv("STORAGE_PATH"), "folder of the artifacts")
	flags.StringVar(&o.StorageAddress, "storage-addr", ":9090", "address the file server listens on")
	flags.StringVar(&o.StorageAdvAddress, "storage-adv-addr", os.Getenv("STORAGE_ADV_ADDR"), "address the file server is reached at")
	flags.StringVar(&o.ArtifactDigestAlgo, "artifact-digest-algo", "sha256", "digest of the artifacts")
	flags.DurationVar(&o.ArtifactRetentionTTL, "artifact-retention-ttl", time.Minute, "how long superseded artifacts stay")
	flags.IntVar(&o.ArtifactRetentionRecords, "artifact-retention-records", 2, "how many artifacts stay in any case")
}
