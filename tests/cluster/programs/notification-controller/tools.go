//go:build tools

// Package tools keeps the program in go.mod, so that its version and the checksums of all it needs are pinned.
package tools

import _ "github.com/fluxcd/notification-controller"
