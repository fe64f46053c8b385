import { isDeepStrictEqual } from "node:util";
import { ServerRefusal, type ConfigFiles, type Server, type ServerState } from "./server";
import { all, tried, type Tried } from "./steps";
import { wordsOf } from "./words";

/** A server, and the configuration that it is to run with. */
export interface Change {
  readonly server: Server;
  readonly files: ConfigFiles;
  /**
   * What it has acknowledged before: what it goes back to, whatever lies there now.
   *
   * @default what lies there
   */
  readonly previous?: ConfigFiles;
  /**
   * False when an update since `previous` did not come to its end, or when something else was found than `previous`: what
   * the server has loaded may be something else than what lies there now.
   *
   * @default true
   */
  readonly isSettled?: boolean;
  /**
   * What it replaces beside its {@link Server.predecessors}: servers of places that it cannot find.
   *
   * @default none
   */
  readonly earlier?: readonly Server[];
  /**
   * What a server that runs must know before any server takes its new configuration: what it has, and that.
   *
   * @returns undefined when there is nothing of that kind
   */
  readonly prelude?: (present: ConfigFiles) => ConfigFiles | undefined;
}

/** A change of which everything is known, and nothing is done. */
export interface Prepared {
  readonly server: Server;
  readonly before: ServerState;
  readonly previous: ConfigFiles;
  readonly prelude: Tried | undefined;
  readonly next: Tried;
  /** True when it has run with `next` before, and something else was found. */
  readonly repairs: boolean;
  /** What it runs with at last, when that is not `next`. */
  readonly last?: Tried;
  /** What this one replaces, the latest first. */
  readonly predecessors: readonly Server[];
}

const UNTOUCHED =
  "No server was touched: both go on as before. When the cause is mended in the program, run the update again.";

/**
 * Tries all configurations to the end, and touches no server.
 *
 * @returns the changes, without those that would change nothing
 * @throws Error that tells every refusal
 */
export async function allPrepared(changes: readonly Change[]): Promise<readonly Prepared[]> {
  try {
    const prepared = await all(changes.map(prepare));
    return prepared.filter((change) => change !== undefined);
  } catch (error) {
    throw new Error(`${wordsOf(error)}\n${UNTOUCHED}`, { cause: error });
  }
}

async function prepare(change: Change): Promise<Prepared | undefined> {
  const { server, files, previous, isSettled = true, earlier = [], prelude } = change;
  const before = await server.state();
  if (before.process === "absent") {
    const what = "is not there any more, and a refresh has not told the state yet. Run `pulumi up --refresh`";
    throw new ServerRefusal(server.name, what, []);
  }
  // A reload is no nothing: for a moment it takes down what crosses from account to account.
  const hasIt = before.process === "running" && [before.files, previous].every((one) => isDeepStrictEqual(one, files));
  if (hasIt && isSettled) {
    return undefined;
  }
  const next = await tried(server, files);
  const first = before.process === "running" ? prelude?.(ownFiles(change, before.files)) : undefined;
  const triedFirst = first === undefined ? undefined : await triedOrNone(server, first);
  const found = await server.predecessors();
  const predecessors = [...found, ...earlier];
  const repairs = !isSettled && isDeepStrictEqual(previous, files);
  return { server, before, previous: previous ?? before.files, prelude: triedFirst, next, repairs, predecessors };
}

/** A prelude that the server refuses is none: without one, everything is as right, only later. */
async function triedOrNone(server: Server, files: ConfigFiles): Promise<Tried | undefined> {
  try {
    return await tried(server, files);
  } catch (error) {
    if (error instanceof ServerRefusal) {
      return undefined;
    }
    throw error;
  }
}

/** What a server that runs has, or, where somebody else has written there, what it has acknowledged before. */
function ownFiles({ files, previous, prelude }: Change, present: ConfigFiles): ConfigFiles {
  if (previous === undefined) {
    return present;
  }
  const own = [files, previous, prelude?.(previous)];
  return own.some((one) => isDeepStrictEqual(one, present)) ? present : previous;
}
