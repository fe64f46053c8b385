import { applyTogether, type Change, type Cluster } from "../../provider/servers/apply";
import { describeMissing } from "../../provider/servers/defer";
import { ServerError } from "../../provider/servers/errors";
import type { ConfigFiles, ServerState } from "../../provider/servers/server";
import type { Step } from "./scripted-server";

/** Configuration files, and states of servers that have them. */
export const OLD = { "nats.conf": "old" };
export const NEW = { "nats.conf": "new" };
export const RUNNING: ServerState = { process: "running", files: OLD };
export const STOPPED: ServerState = { process: "stopped", files: {} };

/** Returns whether a server refuses a step with some files. */
export type Refuses = (step: Step, files: ConfigFiles) => boolean;

const isNew = ({ "nats.conf": text }: ConfigFiles) => text === "new";
/** Refuses these steps with the new files. */
export const refusesNew =
  (...steps: Step[]): Refuses =>
  (step, files) =>
    steps.includes(step) && isNew(files);

/** Returns a cluster in which the configuration `few` drops accounts that all other configurations contain. */
function clusterOf(
  notes: string[],
  restarting: readonly string[],
  done: readonly string[],
  unstoppable: (notes: readonly string[]) => boolean,
): Cluster {
  return {
    done,
    waitForRoutes: (absent) => Promise.resolve(void notes.push(["linked", ...absent].join(" without "))),
    protectStreams: (changes) =>
      Promise.resolve(changes.map((change) => ({ ...change, restarts: restarting.includes(change.server.name) }))),
    waitUntilStoppable: (stopping, absent) => {
      notes.push([`${stopping} stoppable`, ...absent].join(" without "));
      return unstoppable(notes) ? Promise.reject(new ServerError("NA5051", "not healthy")) : Promise.resolve();
    },
    deleteStreams: () => Promise.resolve(void (restarting.length > 0 && notes.push("deleted"))),
    waitUntilJoined: (absent) => Promise.resolve(void notes.push(["joined", ...absent].join(" without "))),
    removesAccounts: (from, to) => from["nats.conf"] !== "few" && to["nats.conf"] === "few",
    toReconnecting: ({ "nats.conf": text = "" }) => ({ "nats.conf": `${text}, anew` }),
    isReconnecting: ({ "nats.conf": text }) => text?.endsWith(", anew") === true,
  };
}

/**
 * Applies changes. Returns the steps, the error message, and the warnings about servers that do not run.
 *
 * @param restarting the servers that must restart in their places
 * @param done what the update has done before
 * @param unstoppable returns whether streams keep a server from being stopped, by the steps until then
 */
export async function outcome(
  changes: (notes: string[]) => readonly Change[],
  restarting: readonly string[] = [],
  done: readonly string[] = [],
  unstoppable: (notes: readonly string[]) => boolean = () => false,
): Promise<{ readonly notes: string[]; readonly error: string; readonly missing: readonly string[] }> {
  const notes: string[] = [];
  try {
    const missing = await applyTogether(changes(notes), clusterOf(notes, restarting, done, unstoppable));
    return { notes, error: "", missing: missing.map(describeMissing) };
  } catch (error) {
    return { notes, error: (error as Error).message, missing: [] };
  }
}
