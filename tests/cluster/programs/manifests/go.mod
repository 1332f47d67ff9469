module landfall.test/programs/manifests

go 1.26.2

// Nothing of these is built: their published form holds the CRDs of kinds that Landfall writes.
require (
	github.com/bitnami-labs/sealed-secrets v0.36.6
	github.com/external-secrets/external-secrets v1.3.2
)
