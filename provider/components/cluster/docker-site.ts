import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { CLUSTER_LABEL } from "../../servers/docker/layout";
import { DEFAULT_IMAGE } from "./cluster-args";
import { engineOf } from "./docker-engine";
import { serverContainer } from "./server-container";
import { bySide, type DockerSite, type SiteArgs } from "./site";
import { behind } from "../validation";

/** Arguments of {@link dockerSite}. */
export interface DockerSiteArgs extends SiteArgs {
  readonly image: pulumi.Input<string> | undefined;
  /** The public key of the cluster's operator: no other program of an engine has the same one and all these names. */
  readonly operator: pulumi.Input<string>;
  /** Whether each server has a volume for what streams store. */
  readonly stores: boolean;
  /** The provider that talks to the Docker Engine, where it is not the default one. */
  readonly provider: pulumi.ProviderResource | undefined;
}

/** Makes the network and the containers of a cluster. */
export function dockerSite(args: DockerSiteArgs, child: pulumi.CustomResourceOptions): DockerSite {
  const { name, gate, image, operator, stores, provider, ports, bindAddress, fixed } = args;
  const cluster = pulumi.interpolate`${pulumi.getProject()}/${pulumi.getStack()}/${name}/${operator}`;
  const network = new docker.Network(
    name,
    { driver: behind(gate, "bridge"), labels: [{ label: CLUSTER_LABEL, value: cluster }] },
    // A network that an earlier version has made goes on without the label: another one would need other containers.
    { ...child, ignoreChanges: ["labels"] },
  ).name;
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
