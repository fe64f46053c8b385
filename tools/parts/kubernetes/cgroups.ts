import { existsSync } from "node:fs";
import { mkdir, readdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { waitFor } from "../../../provider/servers/log";
import { identity } from "../../lib/processes";
import { reason, ToolError } from "../../lib/terminal";

/** Milliseconds in which the cgroup of a process that has ended becomes empty, on a busy machine. */
const EMPTY_MS = 20_000;
const ROOT = "/sys/fs/cgroup";

/** Removes a cgroup with those in it. They no longer contain a process. */
async function removeTree(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeTree(join(folder, entry.name));
  }
  // The kernel takes processes out of their cgroups a moment after they have ended.
  const isRemoved = await waitFor(() => rmdir(folder).then(() => true as const, unlessBusy), EMPTY_MS);
  if (isRemoved === undefined) await rmdir(folder);
}

function unlessBusy(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "EBUSY") throw error;
}

/** The folders of a cgroup: one with cgroups v2, one for each controller with v1. */
async function foldersOf(name: string): Promise<string[]> {
  if (!existsSync(ROOT)) return [];
  const controllers = (await readdir(ROOT, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const folders = [ROOT, ...controllers.map((entry) => join(ROOT, entry.name))].map((folder) => join(folder, name));
  return folders.filter((folder) => existsSync(folder));
}

/** The roots of the hierarchies in which containers have cgroups: one with cgroups v2; with v1, those that limit resources. */
function hierarchies(): string[] {
  const isUnified = existsSync(join(ROOT, "cgroup.controllers"));
  return isUnified ? [ROOT] : ["cpu", "memory", "pids"].map((controller) => join(ROOT, controller));
}

/** Checks that containers can have cgroups on this machine. @throws ToolError where they cannot */
export async function checkCgroups(): Promise<void> {
  for (const hierarchy of hierarchies()) {
    const folder = join(hierarchy, `nats-auth-${identity()}`);
    try {
      await mkdir(folder);
      await rmdir(folder);
    } catch (error) {
      throw new ToolError(
        `The cgroups of containers cannot be created: ${reason(error)}`,
        "Inside a container, this requires a privileged one. Or name a cluster in KUBERNETES_CONTEXT.",
      );
    }
  }
}

/** The cgroup in which containerd creates those of the containers of Kubernetes, on every node of this machine. */
const CONTAINERS = "k8s.io";

/** Removes the cgroups of containers that no longer run, in every hierarchy. @param ids the ids of the containers */
export async function removeContainerCgroups(ids: readonly string[]): Promise<void> {
  for (const id of ids) for (const folder of await foldersOf(`${CONTAINERS}/${id}`)) await removeTree(folder);
  // It stays while another node uses it.
  for (const folder of await foldersOf(CONTAINERS)) await rmdir(folder).catch(() => undefined);
}
