import * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import { DEFAULT_IMAGE } from "./cluster-args";
import { engineOf } from "./docker-engine";
import { serverContainer } from "./server-container";
import { bySide, type DockerSite, type SiteArgs } from "./site";
import { behind } from "./validation";

/** Arguments of {@link dockerSite}. */
export interface DockerSiteArgs extends SiteArgs {
  readonly image: pulumi.Input<string> | undefined;
  /** Whether each server has a volume for what streams store. */
  readonly stores: boolean;
  /** The provider that talks to the Docker Engine, where it is not the default one. */
  readonly provider: pulumi.ProviderResource | undefined;
}

/** Makes the network and the containers of a cluster. */
export function dockerSite(args: DockerSiteArgs, child: pulumi.CustomResourceOptions): DockerSite {
  const { name, gate, image, stores, provider, ports, bindAddress, fixed } = args;
  const network = new docker.Network(name, { driver: behind(gate, "bridge") }, child).name;
  const { imageId } = new docker.RemoteImage(
    name,
    { name: behind(gate, image ?? DEFAULT_IMAGE), keepLocally: true },
    child,
  );
  const shared = { image: imageId, network, bindAddress };
  const containers = bySide((side) => {
    const volume = stores
      ? new docker.Volume(`${name}-${side}`, { driver: behind(gate, "local") }, child).name
      : undefined;
    return serverContainer(name, { ...shared, side, volume, ports: ports[side], fixed: fixed[side] }, child).id;
  });
  const engine = engineOf(provider);
  return {
    network,
    containers,
    ids: { containers },
    places: bySide((side) => ({ kind: "docker", engine, container: containers[side] })),
    hosts: bySide((side) => side),
  };
}
