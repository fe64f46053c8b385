import { pathWith } from "../../lib/path";
import { capture } from "../../lib/run";
import { ip, takeSubnet } from "../../lib/subnets";

/** The addresses of a cluster on this machine. */
export interface ClusterNetwork {
  /** Name of this machine's end of the link to the node. */
  readonly link: string;
  /** Address of this machine's end. */
  readonly host: string;
  /** Address of the node: of the API server, of DNS, and of node ports. */
  readonly node: string;
  /** Addresses of pods. */
  readonly pods: string;
  /** Addresses of services. They are valid inside the cluster only. */
  readonly services: string;
}

/** Returns the addresses of the cluster with a number. */
function addressesOf(link: string, number: number): ClusterNetwork {
  return {
    link,
    host: `10.198.${number}.1`,
    node: `10.198.${number}.2`,
    pods: `10.197.${number}.0/24`,
    services: "10.196.0.0/16",
  };
}

/**
 * Links the network namespace of a process with this machine, with addresses that no other cluster has. The link disappears with the
 * namespace.
 *
 * @param numbers the numbers of networks to try, in order; by default all in random order
 */
export async function link(pid: number, numbers?: readonly number[]): Promise<ClusterNetwork> {
  const outer = `nak${pid}`;
  const inner = "eth0";
  const inside = (...args: string[]) =>
    capture("nsenter", ["--net", "--target", String(pid), "ip", ...args], {
      env: { ...process.env, PATH: pathWith() },
    });
  await ip("link", "add", outer, "type", "veth", "peer", "name", inner, "netns", String(pid));
  await ip("link", "set", outer, "up");
  const route = (number: number) => {
    const { pods, node } = addressesOf(outer, number);
    return [pods, "via", node, "dev", outer, "onlink"];
  };
  const network = addressesOf(outer, await takeSubnet(route, numbers));
  await ip("address", "add", `${network.host}/30`, "dev", outer);
  await inside("link", "set", "lo", "up");
  await inside("address", "add", `${network.node}/30`, "dev", inner);
  await inside("link", "set", inner, "up");
  await inside("route", "add", "default", "via", network.host);
  return network;
}
