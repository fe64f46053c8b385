import { isDeepStrictEqual } from "node:util";
import { errorMessage, ServerRefusal } from "./errors";
import { unreachable } from "./missing-server";
import { settleAll, testConfigurations, type TestedConfiguration } from "./reload";
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
  /** True when the server starts with its files when its platform can start it, and nothing waits for that. */
  readonly isDeferred?: boolean;
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
  return beforeChanges(prepareTogether(changes), done);
}

/** A change with an effect, and the server before it. */
interface NeededChange {
  readonly change: Change;
  readonly before: ServerState;
}

async function prepareTogether(changes: readonly Change[]): Promise<readonly PreparedChange[]> {
  const looks = changes.map(findNeeded);
  const found = await Promise.allSettled(looks);
  const needed = found.flatMap((result) => (result.status === "fulfilled" && result.value ? [result.value] : []));
  const tested = testAll(needed);
  const preludes = testPreludes(needed, tested);
  const prepared = tested.map(async (test, index) => {
    const { [index]: one } = needed;
    return one === undefined ? [] : [await prepare(one, await test, preludes)];
  });
  const [all] = await settleAll([settleAll(prepared), settleAll(looks)] as const);
  return all.flat();
}

/** Tests configurations, first those of servers that run: they need no other place for it. @returns the results, in the order of the changes */
function testAll(needed: readonly NeededChange[]): Promise<TestedConfiguration>[] {
  const ordered = [true, false].flatMap((runs) =>
    needed.filter(({ before }) => (before.process === "running") === runs),
  );
  const results = new Map(
    testConfigurations(ordered.map(({ change }) => change)).map((result, index) => [ordered[index], result] as const),
  );
  return needed.flatMap((one) => {
    const result = results.get(one);
    return result === undefined
      ? []
      : [one.before.isAwaited === true ? acceptUntested(one.change.files, result) : result];
  });
}

/** Accepts the configuration of a server that cannot start, if its test cannot start either: nothing loads it for the time being. */
async function acceptUntested(files: ConfigFiles, result: Promise<TestedConfiguration>): Promise<TestedConfiguration> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof ServerRefusal && error.code === "NA5002") {
      return { files, digest: "" };
    }
    throw error;
  }
}

/** Returns a change unless it has no effect. */
async function findNeeded(change: Change): Promise<NeededChange | undefined> {
  const { server, files, previous, isSettled = true } = change;
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
  if (before.process === "running" && before.obstacles !== undefined) {
    throw unreachable(server.name, before.obstacles);
  }
  return { change, before };
}

async function prepare(
  { change, before }: NeededChange,
  next: TestedConfiguration,
  preludes: Promise<ReadonlyMap<Server, TestedConfiguration>>,
): Promise<PreparedChange> {
  const { server, files, previous, isSettled = true, earlier = [], stage = server.name } = change;
  const predecessors = [...(await server.predecessors()), ...earlier];
  const isRepair = !isSettled && isDeepStrictEqual(previous, files);
  return {
    server,
    stage,
    before,
    previous: previous ?? before.files,
    prelude: (await preludes).get(server),
    next,
    isRepair,
    predecessors,
    ...(before.isOutdated === true ? { restarts: true } : {}),
  };
}

/**
 * Tests the preludes of running servers, after their configurations. Leaves out those that the server rejects: the change works
 * without, but takes effect later.
 */
async function testPreludes(
  needed: readonly NeededChange[],
  tested: readonly Promise<TestedConfiguration>[],
): Promise<ReadonlyMap<Server, TestedConfiguration>> {
  const results = await Promise.allSettled(tested);
  const accepting = needed.filter((_change, index) => results[index]?.status === "fulfilled");
  const tests = accepting.flatMap(({ change, before }) => {
    const first = before.process === "running" ? change.prelude?.(chooseOwnFiles(change, before.files)) : undefined;
    return first === undefined ? [] : [{ server: change.server, files: first }];
  });
  const all = await settleAll(testConfigurations(tests).map((test) => test.catch(ignoreRefusal)));
  return new Map(
    tests.flatMap(({ server }, index) => {
      const { [index]: prelude } = all;
      return prelude === undefined ? [] : [[server, prelude] as const];
    }),
  );
}

function ignoreRefusal(error: unknown): undefined {
  if (!(error instanceof ServerRefusal)) {
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
