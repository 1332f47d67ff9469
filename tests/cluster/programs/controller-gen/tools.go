//go:build tools

// Package tools keeps controller-gen, and the API packages it makes CRDs of, in go.mod.
package tools

import (
	_ "github.com/fluxcd/helm-controller/api/v2"
	_ "github.com/fluxcd/image-automation-controller/api/v1"
	_ "github.com/fluxcd/image-reflector-controller/api/v1"
	_ "github.com/fluxcd/notification-controller/api/v1"
	_ "github.com/fluxcd/notification-controller/api/v1beta3"
	_ "sigs.k8s.io/controller-tools/cmd/controller-gen"
)
