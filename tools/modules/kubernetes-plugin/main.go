// Command pulumi-resource-kubernetes serves the provider of Pulumi's Kubernetes plugin. It stands in for the vendor's release of
// this plugin where only package registries can be reached.
package main

import (
	_ "embed"
	"encoding/json"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/cmdutil"
)

// The build copies these files from the module of the provider.
var (
	//go:embed schema.json
	schema []byte
	//go:embed terraform-mapping.json
	mapping []byte
)

func main() {
	var described map[string]any
	if err := json.Unmarshal(schema, &described); err != nil {
		cmdutil.Exit(err)
	}
	described["version"] = version.Version
	versioned, err := json.Marshal(described)
	if err != nil {
		cmdutil.Exit(err)
	}
	provider.Serve("kubernetes", version.Version, versioned, mapping)
}
