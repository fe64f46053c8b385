import dockerSdk from "@pulumi/docker/package.json";

/** The versions that these tools look for, download or build. */
export const versions = {
  /** The Pulumi CLI: the version of the SDK in package.json and of tools/modules/pulumi-cli/go.mod. */
  pulumi: "3.259.0",
  /** The docker plugin: the version that the npm package @pulumi/docker asks for. */
  dockerPlugin: dockerSdk.pulumi.version,
  /** The Go module from which the docker plugin is built, and the checksum of its content. */
  dockerUpstream: {
    module: "github.com/kreuzwerker/terraform-provider-docker@v0.0.0-20260916201441-96d331c98ff4",
    sum: "h1:T3HvvZCRd4h2qkMl+SXA2zza26Rdz8xqV81skikQWy4=",
  },
  /** The kubernetes plugin: the version that the npm package @pulumi/kubernetes asks for. */
  kubernetesPlugin: "4.34.2",
  /** The Go module from which the kubernetes plugin is built, and the checksum of its content. */
  kubernetesProvider: {
    module: "github.com/pulumi/pulumi-kubernetes/provider/v4@v4.0.0-20260115033456-f47bc2d6f199",
    sum: "h1:j2bphCf7c2YhnBrhwht2f3TNRRgcMImltUlAgzxr9H4=",
  },
  ensureNatsServer: "2.15.2",
  /** The newest nats-server of each minor version; there was no 2.13. */
  natsServers: { "2.11": "2.11.17", "2.12": "2.12.15", "2.14": "2.14.10", "2.15": "2.15.3" },
  /** The `nats` command, where it is built instead of copied from nats-box. */
  natsCli: "0.5.1",
  natsBox: "0.20.0",
  /** The Kubernetes of a private cluster: that of tools/modules/kubernetes/go.mod. */
  kubernetes: "1.34.4",
  /** The official Helm chart of NATS. */
  natsChart: "2.14.2",
  /** The oldest Go that downloads the newer toolchain that a module requires. */
  oldestGo: "1.21",
};

/** The vendors' images. */
export const vendorImages = {
  server: `nats:${versions.ensureNatsServer}`,
  client: `natsio/nats-box:${versions.natsBox}`,
};

/** Prefix of the names of images that are built here. */
export const BUILT_IMAGES = "pulumi-nats-auth/";

/** The images that these tools build where the vendors' cannot be pulled. */
export const builtImages = {
  server: `${BUILT_IMAGES}nats-server:${versions.ensureNatsServer}`,
  client: `${BUILT_IMAGES}nats-box:${versions.natsCli}`,
  /** The image of the first container of each pod of a private cluster. */
  pause: `${BUILT_IMAGES}pause:1`,
};
