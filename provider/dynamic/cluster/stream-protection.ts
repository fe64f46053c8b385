import { modeIn } from "../../config/deployed";
import { compareJetStream, findRetiered, runsJetStream, type JetStreamChanges } from "../../config/deployed-jetstream";
import { display } from "../../diagnostics/diagnostic";
import { sortUnique } from "../../model/form/order";
import type { Mode } from "../../model/cluster/servers";
import { ServerError } from "../../servers/errors";
import type { InspectOptions, JetStreamProblem, JetStreamState, ServerNames } from "../../servers/jetstream-health";
import { isReload } from "../../servers/lost-subscriptions";
import type { PreparedChange } from "../../servers/prepare";
import { MAIN_FILE } from "../../servers/server";
import { CHECK_TIMEOUTS } from "../../servers/timeouts";
import { withPresentLogin, type PresentConfig, type RouteCheck } from "./check-credentials";

/**
 * Keeps the streams of a cluster while its configurations change.
 *
 * nats-server 2.15.2 applies some changes of JetStream only when it starts, although a reload accepts them:
 * - A static server continues to replicate the streams of an account as before when `cluster_traffic` changes. A server in
 *   operator mode changes at once, so the two no longer reach each other, and the streams lose their leaders.
 * - A server does not load the streams of an account again that got JetStream back.
 * - An operator server refuses messages for existing streams when the limits of their account change to limits by tiers, or
 *   back.
 */
export class StreamProtection {
  #state: JetStreamState | undefined;
  #unreachable: readonly string[] = [];
  /** The problems of streams that were waited for in vain before the first restart; undefined before. */
  #lasting: readonly JetStreamProblem[] | undefined;

  /**
   * @param check how to ask the servers; without it, only the configurations are compared
   * @param discarded accounts whose streams are deleted once the plan is made, by public key: they count as accounts without any
   */
  constructor(
    private readonly check: RouteCheck | undefined,
    private readonly discarded: readonly string[] = [],
  ) {}

  /** Returns the changes with the restarts that they need. @throws ServerError when a change would lose stored messages */
  async plan(changes: readonly PreparedChange[]): Promise<readonly PreparedChange[]> {
    const accounts = compareAccounts(changes);
    const { taken, given, rerouted } = accounts;
    const retiered = findRetieredAccounts(changes);
    this.#unreachable = [...given, ...rerouted];
    const { check } = this;
    if (check === undefined) {
      return withRestarts(changes, { given: [], rerouted, retiered });
    }
    const isAffected = taken.length + given.length + retiered.length > 0 || changes.some((change) => !isReload(change));
    if (isAffected && changes.some(hadJetStream)) {
      const names = { serverNames: check.serverNames, absentNames: [] };
      this.#state = this.#withoutDiscarded(await inspect(check, previousConfigs(changes), names));
    }
    this.#checkTaken(taken, check);
    this.#checkMemory(changes, rerouted, check);
    const mayHaveStreams = (account: string) => this.#hasStreams(account) !== false;
    return withRestarts(changes, {
      given: given.filter(mayHaveStreams),
      rerouted,
      retiered: retiered.filter(mayHaveStreams),
    });
  }

  /**
   * True for problems that no restart may wait for: those of accounts whose streams the servers cannot replicate before all of
   * them have restarted, or whose streams are deleted, and those of streams that lasted before the first restart.
   */
  readonly isExcepted = ({ account, stream, text }: JetStreamProblem): boolean =>
    (account !== undefined && [...this.#unreachable, ...this.discarded].includes(account)) ||
    (this.#lasting ?? []).some(
      (problem) => problem.account === account && problem.stream === stream && problem.text === text,
    );

  /** True if there are problems that are not waited for. */
  get hasExceptions(): boolean {
    return this.#unreachable.length + (this.#lasting?.length ?? 0) > 0;
  }

  /**
   * Waits until a running server can stop: all others are members of JetStream and have caught up with every stream. Problems of
   * single streams that last do not keep the first server from restarting, because a restart may be what solves them.
   *
   * @param configs those that the servers may have
   * @param names those of the servers that run, and of the others
   * @param stopping the `server_name` of the server that stops: its own problems do not matter
   * @param timeout milliseconds
   * @throws ServerError with the problems, when they do not pass
   */
  async waitUntilHealthy(
    configs: readonly PresentConfig[],
    names: ServerNames,
    stopping: string,
    timeout = CHECK_TIMEOUTS.jetstream,
  ): Promise<void> {
    const { check } = this;
    if (check === undefined) {
      return;
    }
    const isExcepted = (problem: JetStreamProblem) => problem.server === stopping || this.isExcepted(problem);
    const options = { timeout, isExcepted };
    const { problems = [] } = (await inspect(check, configs, names, options)) ?? {};
    const ofStreams = problems.filter(({ stream }) => stream !== undefined);
    if (problems.length > ofStreams.length || (problems.length > 0 && this.#lasting !== undefined)) {
      const { unhealthyWithout } = await import("../../servers/check.js");
      throw unhealthyWithout(stopping, problems);
    }
    this.#lasting ??= ofStreams;
  }

  #withoutDiscarded(state: JetStreamState | undefined): JetStreamState | undefined {
    const remains = ({ account }: { readonly account?: string }) =>
      account === undefined || !this.discarded.includes(account);
    return state && { problems: state.problems.filter(remains), streams: state.streams?.filter(remains) };
  }

  /** The names of an account's streams; undefined if unknown. Streams that a server does not load are problems. */
  #streamsOf(account: string): readonly string[] | undefined {
    if (this.discarded.includes(account)) {
      return [];
    }
    const { streams, problems = [] } = this.#state ?? {};
    const stopped = problems.flatMap((problem) => (problem.account === account ? (problem.stream ?? []) : []));
    const loaded = streams?.flatMap((stream) => (stream.account === account ? stream.name : []));
    return loaded === undefined && stopped.length === 0 ? undefined : sortUnique([...(loaded ?? []), ...stopped]);
  }

  #hasStreams(account: string): boolean | undefined {
    const streams = this.#streamsOf(account);
    return streams === undefined ? undefined : streams.length > 0;
  }

  #checkTaken(taken: readonly string[], { accounts = {} }: RouteCheck): void {
    for (const account of taken) {
      const streams = this.#streamsOf(account);
      if (streams === undefined) {
        throw unknownStreams(nameOf(account, accounts));
      }
      if (streams.length > 0) {
        throw accountWithStreams(nameOf(account, accounts), streams);
      }
    }
  }

  /** If a server in operator mode restarts as well, streams in memory cannot be replicated between the restarts. */
  #checkMemory(changes: readonly PreparedChange[], rerouted: readonly string[], { accounts = {} }: RouteCheck): void {
    const restarts = inMode("operator", changes).some(({ before, predecessors, restarts }) => {
      return restarts === true || (before.process === "stopped" && predecessors.length > 0);
    });
    const streams = this.#state?.streams;
    const [unknown] = streams === undefined ? rerouted : [];
    if (restarts && unknown !== undefined) {
      throw unknownMemory(nameOf(unknown, accounts));
    }
    const lost = (streams ?? []).filter(
      ({ account, isInMemory, replicas, messages }) =>
        rerouted.includes(account) && isInMemory && replicas > 1 && messages > 0,
    );
    const [first] = lost;
    if (restarts && first !== undefined) {
      throw lostMemory(nameOf(first.account, accounts), sortUnique(lost.map(({ name }) => name)));
    }
  }
}

/** The streams that an error names. */
const MAX_NAMES = 10;

function namesOf(streams: readonly string[]): string {
  const more = streams.length > MAX_NAMES ? ` and ${streams.length - MAX_NAMES} more` : "";
  return streams.slice(0, MAX_NAMES).map(display).join(", ") + more;
}

function nameOf(account: string, accounts: Readonly<Record<string, string>>): string {
  return accounts[account] ?? account;
}

/** The error for an account that loses JetStream, but has streams. */
export function accountWithStreams(account: string, streams: readonly string[]): ServerError {
  const problem = `account ${display(account)} has streams, so JetStream cannot be taken from it: ${namesOf(streams)}`;
  const remedy =
    "Keep `jetstream` of the account. To remove it, save the streams with `nats account backup` if you need them, and " +
    "delete them first.";
  return new ServerError("NA5052", problem, [remedy]);
}

/** The error for an account that loses JetStream while it is unknown whether it has streams. */
export function unknownStreams(account: string): ServerError {
  const problem = `the servers did not report whether account ${display(account)}, which loses JetStream, has streams`;
  const remedy = "Run `pulumi up --refresh` with `jetstream` of the account as before, then remove it.";
  return new ServerError("NA5054", problem, [remedy]);
}

/** The error for streams in memory that two restarts in a row would empty. */
export function lostMemory(account: string, streams: readonly string[]): ServerError {
  const problem =
    `servers in both modes restart, and \`jetstream.clusterTraffic\` of account ${display(account)} changes, so streams in memory ` +
    `would lose their messages: ${namesOf(streams)}`;
  return new ServerError("NA5053", problem, [TWO_UPDATES]);
}

/** The error for two restarts in a row while it is unknown whether an account has streams in memory. */
export function unknownMemory(account: string): ServerError {
  const problem =
    `servers in both modes restart, and \`jetstream.clusterTraffic\` of account ${display(account)} changes, but the servers did not ` +
    "report whether it has streams in memory, which would lose their messages";
  return new ServerError("NA5053", problem, [TWO_UPDATES]);
}

const TWO_UPDATES = "Make the two changes in two updates.";

function compareAccounts(changes: readonly PreparedChange[]): JetStreamChanges {
  const found = changes.map((change) => compareJetStream(loadedBy(change), nextOf(change)));
  return {
    taken: sortUnique(found.flatMap(({ taken }) => taken)),
    given: sortUnique(found.flatMap(({ given }) => given)),
    rerouted: sortUnique(found.flatMap(({ rerouted }) => rerouted)),
  };
}

function findRetieredAccounts(changes: readonly PreparedChange[]): string[] {
  return sortUnique(inMode("operator", changes).flatMap((change) => findRetiered(loadedBy(change), nextOf(change))));
}

/** The changes of servers that are in a mode afterwards. */
function inMode(mode: Mode, changes: readonly PreparedChange[]): readonly PreparedChange[] {
  return changes.filter((change) => modeIn(nextOf(change)) === mode);
}

/** The configurations of which a server may have loaded each. */
function loadedBy({ previous, before }: PreparedChange): readonly string[] {
  return [previous, before.files].map((files) => files[MAIN_FILE] ?? "");
}

function nextOf({ next }: PreparedChange): string {
  return next.files[MAIN_FILE] ?? "";
}

function hadJetStream(change: PreparedChange): boolean {
  return loadedBy(change).some(runsJetStream);
}

/** The configurations that servers had loaded before. */
function previousConfigs(changes: readonly PreparedChange[]): PresentConfig[] {
  return changes.flatMap(({ server: { name }, previous: files }) => {
    const { [MAIN_FILE]: config } = files;
    return config === undefined ? [] : [{ name, config }];
  });
}

/** Inspects JetStream, on the ports that servers in operator mode have now. */
async function inspect(
  check: RouteCheck,
  configs: readonly PresentConfig[],
  names: ServerNames,
  options?: InspectOptions,
): Promise<JetStreamState | undefined> {
  // Loaded only when needed: a NATS client takes long to load.
  const { inspectJetStream } = await import("../../servers/jetstream-health.js");
  return withPresentLogin(check, configs, options !== undefined, ({ urls, login }) =>
    inspectJetStream(urls, login, names, check.jetstream ?? "members", options),
  );
}

/** Accounts whose changes require a restart, by public key. */
interface Restarting extends Pick<JetStreamChanges, "given" | "rerouted"> {
  /** Accounts whose limits change to limits by tiers, or back. */
  readonly retiered: readonly string[];
}

/** Returns the changes in which servers restart, all or those of one mode, instead of reloading. */
function withRestarts(
  changes: readonly PreparedChange[],
  { given, rerouted, retiered }: Restarting,
): readonly PreparedChange[] {
  const needsRestart = (change: PreparedChange) =>
    given.length > 0 || (modeIn(nextOf(change)) === "static" ? rerouted : retiered).length > 0;
  return changes.map((change) => (isReload(change) && needsRestart(change) ? { ...change, restarts: true } : change));
}
