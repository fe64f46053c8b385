import type Docker from "dockerode";
import type { PendingOperation } from "./backend";
import { detail, reason, say } from "./lib/say";
import type { UsedEngine } from "./machine";

/** Something on the Docker Engine that an interrupted deployment may have made without the state knowing of it. */
interface Orphan {
  kind: "container" | "network";
  name: string;
}

const KINDS: Record<string, Orphan["kind"]> = {
  "docker:index/container:Container": "container",
  "docker:index/network:Network": "network",
};

/** What the engine puts behind a resource's name, so that no other container or network has the same. */
const RANDOM = /^-[0-9a-f]{7}$/;

/**
 * What can have been made: the name was written to the state before. One that the program has chosen itself, without a
 * random end, may be somebody else's, and is left alone.
 */
function orphanOf({ type, resource }: PendingOperation): Orphan[] {
  const kind = KINDS[resource.type];
  const name = resource.inputs?.name;
  const prefix = resource.urn.slice(resource.urn.lastIndexOf("::") + 2);
  if (type !== "creating" || kind === undefined || typeof name !== "string" || !name.startsWith(prefix)) return [];
  return RANDOM.test(name.slice(prefix.length)) ? [{ kind, name }] : [];
}

async function isThere(docker: Docker, { kind, name }: Orphan): Promise<boolean> {
  try {
    await (kind === "container" ? docker.getContainer(name) : docker.getNetwork(name)).inspect();
    return true;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return false;
    throw error;
  }
}

async function remove(docker: Docker, { kind, name }: Orphan): Promise<void> {
  if (kind === "container") await docker.getContainer(name).remove({ force: true, v: true });
  else await docker.getNetwork(name).remove();
}

/** Removes what killed deployments have left on our own engine; on another one it only says what that is. */
export async function removeOrphans({ docker, own }: UsedEngine, pending: PendingOperation[]): Promise<void> {
  const all = pending.flatMap(orphanOf).sort((a, b) => a.kind.localeCompare(b.kind));
  for (const orphan of all) {
    if (!(await isThere(docker, orphan))) continue;
    const command = `docker ${orphan.kind} rm ${orphan.kind === "container" ? "--force " : ""}${orphan.name}`;
    if (!own) {
      say(`The ${orphan.kind} ${orphan.name} is left over from that deployment; remove it with: ${command}`);
      continue;
    }
    say(`Removing the ${orphan.kind} ${orphan.name}, which that deployment left over`);
    await remove(docker, orphan).catch((error: unknown) => {
      detail(`it cannot be removed: ${reason(error)}`);
    });
  }
}
