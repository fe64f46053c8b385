// Package shim exports the constructor that upstream keeps internal.
package shim

import "github.com/terraform-providers/terraform-provider-docker/internal/provider"

// New is upstream's provider constructor.
var New = provider.New
