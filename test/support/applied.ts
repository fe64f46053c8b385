import { applyTogether, type Change, type Cluster } from "../../provider/servers/apply";
import type { ConfigFiles, ServerState } from "../../provider/servers/server";
import type { Step } from "./scripted-server";

/** Files of servers, and servers with some of them. */
export const OLD = { "nats.conf": "old" };
export const NEW = { "nats.conf": "new" };
export const RUNNING: ServerState = { process: "running", files: OLD };
export const STOPPED: ServerState = { process: "stopped", files: {} };

/** Says whether a server refuses a step with some files. */
export type Refuses = (step: Step, files: ConfigFiles) => boolean;

const isNew = ({ "nats.conf": text }: ConfigFiles) => text === "new";
/** Refuses these steps with the new files. */
export const refusesNew =
  (...steps: Step[]): Refuses =>
  (step, files) =>
    steps.includes(step) && isNew(files);

/** A cluster where a configuration `few` forgets accounts that all others know. */
function clusterOf(notes: string[]): Cluster {
  return {
    linked: () => Promise.resolve(void notes.push("linked")),
    linkedInBetween: () => Promise.resolve(void notes.push("linked in between")),
    forgets: (from, to) => from["nats.conf"] !== "few" && to["nats.conf"] === "few",
    anew: ({ "nats.conf": text = "" }) => ({ "nats.conf": `${text}, anew` }),
    isAnew: ({ "nats.conf": text }) => text?.endsWith(", anew") === true,
  };
}

/** Applies changes, and says what was done and what error came of it. */
export async function outcome(
  changes: (notes: string[]) => readonly Change[],
): Promise<{ readonly notes: string[]; readonly error: string }> {
  const notes: string[] = [];
  try {
    await applyTogether(changes(notes), clusterOf(notes));
    return { notes, error: "" };
  } catch (error) {
    return { notes, error: (error as Error).message };
  }
}
