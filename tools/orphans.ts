import type Docker from "dockerode";
import { engineStatus, NOT_FOUND } from "../provider/servers/docker/engine";
import type { PendingOperation } from "./backend";
import { detail, reason, say } from "./lib/terminal";
import type { UsedEngine } from "./machine";

/** A container or network that an interrupted deployment may have created without recording it in the state. */
interface Orphan {
  kind: "container" | "network";
  name: string;
}

const KINDS: Record<string, Orphan["kind"]> = {
  "docker:index/container:Container": "container",
  "docker:index/network:Network": "network",
};

/** The random suffix that Pulumi appends to a resource's name. */
const RANDOM = /^-[0-9a-f]{7}$/;

/**
 * Returns the orphan of a pending operation, if it can have one. Pulumi records the name before it creates the resource. A name
 * without a random suffix was chosen by the program and may belong to another stack, so it is left alone.
 */
function orphanOf({ type, resource }: PendingOperation): Orphan[] {
  const kind = KINDS[resource.type];
  const name = resource.inputs?.name;
  const prefix = resource.urn.slice(resource.urn.lastIndexOf("::") + 2);
  if (type !== "creating" || kind === undefined || typeof name !== "string" || !name.startsWith(prefix)) return [];
  return RANDOM.test(name.slice(prefix.length)) ? [{ kind, name }] : [];
}

async function exists(docker: Docker, { kind, name }: Orphan): Promise<boolean> {
  try {
    await (kind === "container" ? docker.getContainer(name) : docker.getNetwork(name)).inspect();
    return true;
  } catch (error) {
    if (engineStatus(error) === NOT_FOUND) return false;
    throw error;
  }
}

async function remove(docker: Docker, { kind, name }: Orphan): Promise<void> {
  if (kind === "container") await docker.getContainer(name).remove({ force: true, v: true });
  else await docker.getNetwork(name).remove();
}

/** Removes orphans from the engine that these tools started. On other engines it only prints how to remove them. */
export async function removeOrphans({ docker, own }: UsedEngine, pending: PendingOperation[]): Promise<void> {
  const all = pending.flatMap(orphanOf).sort((a, b) => a.kind.localeCompare(b.kind));
  for (const orphan of all) {
    if (!(await exists(docker, orphan))) continue;
    const command = `docker ${orphan.kind} rm ${orphan.kind === "container" ? "--force " : ""}${orphan.name}`;
    if (!own) {
      say(`That deployment left the ${orphan.kind} ${orphan.name} behind; remove it with: ${command}`);
      continue;
    }
    say(`Removing the ${orphan.kind} ${orphan.name}, which that deployment left behind`);
    await remove(docker, orphan).catch((error: unknown) => {
      detail(`cannot be removed: ${reason(error)}`);
    });
  }
}
