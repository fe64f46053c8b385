import dockerSdk from "@pulumi/docker/package.json";

/** Every version that these tools look for, download or build. */
export const versions = {
  /** The Pulumi CLI: the version of the SDK in package.json and of tools/modules/pulumi-cli/go.mod. */
  pulumi: "3.259.0",
  /** The docker plugin: what the npm package asks its engine for. */
  dockerPlugin: dockerSdk.pulumi.version,
  /** The Go module that the docker plugin is built over, and the checksum of its content. */
  dockerUpstream: {
    module: "github.com/kreuzwerker/terraform-provider-docker@v0.0.0-20260916201441-96d331c98ff4",
    sum: "h1:T3HvvZCRd4h2qkMl+SXA2zza26Rdz8xqV81skikQWy4=",
  },
  natsServer: "2.15.2",
  /** The `nats` command, where it is built instead of pulled with nats-box. */
  natsCli: "0.5.1",
  natsBox: "0.20.0",
  /** The oldest Go that fetches by itself the newer toolchain which a module asks for. */
  oldestGo: "1.21",
};

/** The images as their vendors name them. */
export const vendorImages = {
  server: `nats:${versions.natsServer}`,
  client: `natsio/nats-box:${versions.natsBox}`,
};

/** What the names of images begin with that are made here. */
export const BUILT_IMAGES = "pulumi-nats-auth/";

/** The images as these tools name what they build in their place. */
export const builtImages = {
  server: `${BUILT_IMAGES}nats-server:${versions.natsServer}`,
  client: `${BUILT_IMAGES}nats-box:${versions.natsCli}`,
};
