// Command pulumi-resource-docker serves the Terraform docker provider through Pulumi's bridge, with the tokens of the
// @pulumi/docker SDK. It stands in for the vendor's release of this plugin where only package registries can be reached.
package main

import (
	"encoding/json"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shimv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/cmdutil"
	"github.com/terraform-providers/terraform-provider-docker/shim"
)

// version is the version of the @pulumi/docker package whose plugin this is; the build sets it.
var version = "0.0.0-dev"

// autonameLength and autonameSeparator are those of the vendor's plugin: a name, a dash, a random suffix.
const (
	autonameLength    = 255
	autonameSeparator = "-"
)

func token(member, name string) tokens.Type {
	return tokens.Type("docker:index/" + member + ":" + name)
}

func named(member, name string) *tfbridge.ResourceInfo {
	return &tfbridge.ResourceInfo{
		Tok: tokens.Type(token(member, name)),
		Fields: map[string]*tfbridge.SchemaInfo{
			"name": tfbridge.AutoName("name", autonameLength, autonameSeparator),
		},
	}
}

func container() *tfbridge.ResourceInfo {
	info := named("container", "Container")
	info.DeleteBeforeReplace = true
	info.Fields["command"] = &tfbridge.SchemaInfo{Name: "command"}
	info.Fields["networks_advanced"] = &tfbridge.SchemaInfo{Name: "networksAdvanced"}
	return info
}

func provider() tfbridge.ProviderInfo {
	return tfbridge.ProviderInfo{
		P:       shimv2.NewProvider(shim.New(version)()),
		Name:    "docker",
		Version: version,
		Config: map[string]*tfbridge.SchemaInfo{
			"host": {
				Default: &tfbridge.DefaultInfo{EnvVars: []string{"DOCKER_HOST"}},
			},
			"registry_auth": {Name: "registryAuth"},
		},
		Resources: map[string]*tfbridge.ResourceInfo{
			"docker_container": container(),
			"docker_image":     {Tok: token("remoteImage", "RemoteImage")},
			"docker_network":   named("network", "Network"),
			"docker_volume":    named("volume", "Volume"),
		},
		IgnoreMappings: []string{
			"docker_registry_image", "docker_config", "docker_secret", "docker_service", "docker_plugin", "docker_tag",
			"docker_buildx_builder", "docker_network", "docker_image", "docker_logs", "docker_registry_image_manifests",
		},
		MetadataInfo: tfbridge.NewProviderMetadata([]byte("{}")),
	}
}

// settings are those of the provider, with which programs in YAML are checked. Their resources are created by components.
var settings = []string{"host", "caMaterial", "certMaterial", "keyMaterial"}

func schema() ([]byte, error) {
	texts := map[string]any{}
	for _, name := range settings {
		texts[name] = map[string]any{"type": "string"}
	}
	described := map[string]any{"inputProperties": texts, "properties": texts}
	return json.Marshal(map[string]any{"name": "docker", "version": version, "provider": described})
}

func main() {
	described, err := schema()
	if err != nil {
		cmdutil.Exit(err)
	}
	tfbridge.Main("docker", version, provider(), described)
}
