import { randomInt } from "node:crypto";
import { pathWith } from "../../lib/path";
import { capture } from "../../lib/run";

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

/** Chooses the addresses of a cluster. @param pid a process of it, by which its link is found */
export function chooseNetwork(pid: number): ClusterNetwork {
  const number = randomInt(1, 255);
  return {
    link: `nak${pid}`,
    host: `10.198.${number}.1`,
    node: `10.198.${number}.2`,
    pods: `10.197.${number}.0/24`,
    services: "10.196.0.0/16",
  };
}

const ip = (...args: string[]) => capture("ip", args, { env: { ...process.env, PATH: pathWith() } });

/** Links the network namespace of a process with this machine. The link disappears with the namespace. */
export async function link({ link: outer, host, node, pods }: ClusterNetwork, pid: number): Promise<void> {
  const inner = "eth0";
  const inside = (...args: string[]) =>
    capture("nsenter", ["--net", "--target", String(pid), "ip", ...args], {
      env: { ...process.env, PATH: pathWith() },
    });
  await ip("link", "add", outer, "type", "veth", "peer", "name", inner, "netns", String(pid));
  await ip("address", "add", `${host}/30`, "dev", outer);
  await ip("link", "set", outer, "up");
  await inside("link", "set", "lo", "up");
  await inside("address", "add", `${node}/30`, "dev", inner);
  await inside("link", "set", inner, "up");
  await inside("route", "add", "default", "via", host);
  await ip("route", "add", pods, "via", node);
}
