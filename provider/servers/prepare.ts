import { isDeepStrictEqual } from "node:util";
import { errorMessage, ServerRefusal } from "./errors";
import { settleAll, testConfiguration, type TestedConfiguration } from "./reload";
import type { ConfigFiles, Server, ServerState } from "./server";

/** A server, and the configuration that it is to run with. */
export interface Change {
  readonly server: Server;
  readonly files: ConfigFiles;
  /**
   * The configuration that the server loaded last: it returns to this one, whatever is in its place.
   *
   * @default the files in its place
   */
  readonly previous?: ConfigFiles;
  /**
   * False when an update since `previous` did not complete, or when the server was found in another condition: the
   * loaded configuration may differ from the files in its place.
   *
   * @default true
   */
  readonly isSettled?: boolean;
  /**
   * Servers that it replaces in addition to its {@link Server.predecessors}: those in places that it cannot find.
   *
   * @default none
   */
  readonly earlier?: readonly Server[];
  /**
   * Returns what a running server must load before any server takes its new configuration: its present configuration,
   * with additions.
   *
   * @returns undefined when nothing needs to be added
   */
  readonly prelude?: (present: ConfigFiles) => ConfigFiles | undefined;
  /**
   * Servers of one stage change at the same time where none of them restarts.
   *
   * @default a stage of its own
   */
  readonly stage?: string;
}

/** A change that is entirely known, before anything is done. */
export interface PreparedChange {
  readonly server: Server;
  readonly before: ServerState;
  readonly previous: ConfigFiles;
  readonly prelude: TestedConfiguration | undefined;
  readonly next: TestedConfiguration;
  /** True when `next` equals the previous configuration, but the server was found in another condition. */
  readonly isRepair: boolean;
  /** The final configuration, if it is not `next`. */
  readonly last?: TestedConfiguration;
  /** The servers that this one replaces, the latest first. */
  readonly predecessors: readonly Server[];
  /** True when the running server must restart in its place, because a reload would not suffice. */
  readonly restarts?: boolean;
  /** See {@link Change.stage}. */
  readonly stage: string;
}

/**
 * Adds to an error of a step before all changes that no server was changed, or the steps that were done before.
 *
 * @param done see `Cluster.done`
 */
export async function beforeChanges<T>(step: Promise<T>, done: readonly string[] = []): Promise<T> {
  try {
    return await step;
  } catch (error) {
    const untouched = done.length === 0 ? "No server was changed." : "Nothing else was changed.";
    const lines = [errorMessage(error), ...done, `${untouched} Correct the cause, then rerun \`pulumi up\`.`];
    throw new Error(lines.join("\n"), { cause: error });
  }
}

/**
 * Tests all configurations without affecting any server.
 *
 * @returns the changes, without those that have no effect
 * @throws Error with every refusal
 */
export async function prepareAll(
  changes: readonly Change[],
  done?: readonly string[],
): Promise<readonly PreparedChange[]> {
  const prepared = await beforeChanges(settleAll(changes.map(prepare)), done);
  return prepared.filter((change) => change !== undefined);
}

async function prepare(change: Change): Promise<PreparedChange | undefined> {
  const { server, files, previous, isSettled = true, earlier = [], prelude, stage = server.name } = change;
  const before = await server.state();
  if (before.process === "absent") {
    const problem = "no longer exists, but is still in the stack's state. Run `pulumi up --refresh`";
    throw new ServerRefusal("NA5006", server.name, problem);
  }
  // A reload has an effect even without a change: it briefly interrupts messages between accounts.
  const isOutdated = before.isOutdated === true;
  const isCurrent =
    !isOutdated &&
    before.process === "running" &&
    [before.files, previous].every((one) => isDeepStrictEqual(one, files));
  if (isCurrent && isSettled) {
    return undefined;
  }
  const next = await testConfiguration(server, files);
  const first = before.process === "running" ? prelude?.(chooseOwnFiles(change, before.files)) : undefined;
  const testedFirst = first === undefined ? undefined : await testPrelude(server, first);
  const predecessors = [...(await server.predecessors()), ...earlier];
  const isRepair = !isSettled && isDeepStrictEqual(previous, files);
  return {
    server,
    stage,
    before,
    previous: previous ?? before.files,
    prelude: testedFirst,
    next,
    isRepair,
    predecessors,
    ...(isOutdated ? { restarts: true } : {}),
  };
}

/** Returns undefined for a prelude that the server rejects. The change works without it, but takes effect later. */
async function testPrelude(server: Server, files: ConfigFiles): Promise<TestedConfiguration | undefined> {
  try {
    return await testConfiguration(server, files);
  } catch (error) {
    if (error instanceof ServerRefusal) {
      return undefined;
    }
    throw error;
  }
}

/** Returns the present files of a running server or, if something else wrote them, those that it loaded last. */
function chooseOwnFiles({ files, previous, prelude }: Change, present: ConfigFiles): ConfigFiles {
  if (previous === undefined) {
    return present;
  }
  const own = [files, previous, prelude?.(previous)];
  return own.some((one) => isDeepStrictEqual(one, present)) ? present : previous;
}
