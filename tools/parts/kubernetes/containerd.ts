import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { builtImages } from "../../versions";
import type { ClusterNetwork } from "./network";
import type { Node } from "./node";

const START_MS = 30_000;

/** The socket of a node's containerd. */
export const socketOf = (folder: string): string => join(folder, "containerd.sock");

/** Returns the name by which containerd knows an image that Docker Engines know by a shorter one. */
export const registryName = (image: string): string => `docker.io/${image}`;

/** Returns the ids of the containers that a node's containerd has, running or not. */
export async function containersOf(folder: string): Promise<string[]> {
  const kinds = ["containers", "sandboxes"].map((kind) => join(folder, "containerd/io.containerd.grpc.v1.cri", kind));
  return (await Promise.all(kinds.map((kind) => readdir(kind).catch(() => [])))).flat();
}

/** The configuration of containerd. Every value is a string, a boolean, or a table of them. */
function configuration(folder: string, programs: string): string {
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  return `version = 2
root = "${folder}/containerd"
state = "${folder}/containerd-state"
[grpc]
  address = "${socketOf(folder)}"
[${cri}]
  sandbox_image = "${registryName(builtImages.pause)}"
  # Without CAP_SYS_RESOURCE, root cannot give containers a lower score than its own.
  restrict_oom_score_adj = true
[${cri}.cni]
  bin_dir = "${programs}"
  conf_dir = "${folder}/cni"
`;
}

/** The network of pods: a link for each pod, and routes between them, so that all packets pass the rules for services. */
const cni = ({ pods }: ClusterNetwork) => ({
  cniVersion: "1.0.0",
  name: "pods",
  plugins: [
    {
      type: "ptp",
      ipam: { type: "host-local", ranges: [[{ subnet: pods }]], routes: [{ dst: "0.0.0.0/0" }] },
    },
  ],
});

/** Starts containerd in a node. */
export async function startContainerd(node: Node, network: ClusterNetwork): Promise<void> {
  const { folder, programs } = node;
  await mkdir(join(folder, "cni"));
  await writeFile(join(folder, "cni/pods.conflist"), JSON.stringify(cni(network)));
  const config = join(folder, "containerd.toml");
  await writeFile(config, configuration(folder, programs));
  node.run("containerd", ["--config", config]);
  const answers = async () => (await node.attempt("ctr", ["--address", socketOf(folder), "version"])).code === 0;
  await node.until("The start of containerd", answers, START_MS);
}
