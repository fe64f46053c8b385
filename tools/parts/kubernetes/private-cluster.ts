import { existsSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { cacheRoot } from "../../lib/cache-root";
import { isOwned, removeOwned } from "../../lib/owned";
import { identity, isAlive } from "../../lib/processes";
import { longStep, say, Unavailable, unlessUnavailable } from "../../lib/terminal";
import { versions } from "../../versions";
import { installNodePackages } from "../apt";
import { startAgents } from "./agents";
import { checkCgroups, removeContainerCgroups } from "./cgroups";
import { containersOf, startContainerd } from "./containerd";
import { CONTEXT, kubeconfigOf, startControlPlane } from "./control-plane";
import { loadImages } from "./images";
import { link } from "./network";
import { Node, stopNode } from "./node";
import { kubernetesPrograms } from "./programs";

/** A Kubernetes cluster in use. */
export interface Cluster {
  /** Path of kubectl. */
  readonly kubectl: string;
  /** Path of Helm; undefined if it is missing. */
  readonly helm: string | undefined;
  /** Path of the kubeconfig; undefined for that of the user. */
  readonly kubeconfig: string | undefined;
  /** Context of the kubeconfig. */
  readonly context: string;
  /** Image of nats-server. */
  readonly serverImage: string;
  /**
   * The pid of the first process of its node, if these tools started it. No image can be pulled there. Undefined for a cluster of the user.
   */
  readonly node: number | undefined;
}

/** Prefix of the name of a cluster's folder. */
const PREFIX = "kubernetes-";

/** Stops the cluster with this name, whatever is left of it, and removes its files. */
async function stop(name: string): Promise<void> {
  const folder = join(cacheRoot(), name);
  await stopNode(folder);
  await removeContainerCgroups(await containersOf(folder));
  await removeOwned(folder);
}

async function start(name: string): Promise<Cluster> {
  const folder = join(cacheRoot(), name);
  const programs = await unlessUnavailable(kubernetesPrograms);
  await unlessUnavailable(installNodePackages);
  await unlessUnavailable(checkCgroups);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return longStep(`Starting a private cluster of Kubernetes ${versions.kubernetes}: half a minute`, async () => {
    const node = await Node.start(folder, programs);
    const network = await unlessUnavailable(() => link(node.pid));
    await startContainerd(node, network);
    const [serverImage] = await Promise.all([loadImages(node), startControlPlane(node, network)]);
    await startAgents(node, network);
    return {
      kubectl: join(programs, "kubectl"),
      helm: join(programs, "helm"),
      kubeconfig: kubeconfigOf(folder),
      context: CONTEXT,
      serverImage,
      node: node.pid,
    };
  });
}

/** Runs work with a cluster of one node on this machine. Afterwards, however it ends, nothing of the cluster is left. */
export async function withPrivateCluster<T>(work: (cluster: Cluster) => Promise<T>): Promise<T> {
  if (process.platform !== "linux" || process.getuid?.() !== 0) {
    throw new Unavailable(
      "A private Kubernetes cluster requires Linux and root.",
      "Name a context of your kubeconfig for the tests: KUBERNETES_CONTEXT=kind-kind npm run test:kubernetes",
    );
  }
  const name = `${PREFIX}${identity()}`;
  try {
    return await work(await start(name));
  } finally {
    await stop(name);
  }
}

/** Stops the clusters of runs that were killed. */
export async function sweepClusters(): Promise<void> {
  if (!existsSync(cacheRoot())) return;
  for (const name of await readdir(cacheRoot())) {
    const owner = name.startsWith(PREFIX) ? name.slice(PREFIX.length) : undefined;
    if (owner === undefined || !/^\d+-\d+$/.test(owner)) continue;
    if (isAlive(owner) || !isOwned(join(cacheRoot(), name))) continue;
    say(`Removing the Kubernetes cluster of a run that was killed (${name})`);
    await stop(name);
  }
}
