import { diagnose, displayList, keyPath, type Diagnostic } from "../../diagnostics/diagnostic";
import type { JetStream, JetStreamLimits, JetStreamTier } from "../account/jetstream";

/** A stream with stored messages, as servers report it. */
export interface StoredStream {
  /** Public key of its account. */
  readonly account: string;
  readonly name: string;
  readonly messages: number;
  readonly replicas: number;
  readonly storage: "file" | "memory";
  /** Maximum size in bytes; undefined if it declares none. */
  readonly maxBytes?: number;
  readonly consumers: readonly StoredConsumer[];
}

/** A consumer of a stream. */
export interface StoredConsumer {
  readonly name: string;
  /** Maximum number of unacknowledged messages; undefined for no limit. */
  readonly maxAckPending?: number;
}

/** An account, as far as it determines what happens to its streams. */
export interface StreamAccount {
  readonly name: string;
  /** JetStream of the account in normal form; undefined if it is disabled. */
  readonly jetstream?: JetStream;
}

/** What determines whether the accounts of a cluster keep their streams. */
export interface StreamTerms {
  /** Accounts by public key. Those with an unknown key are left out: they are new. */
  readonly accounts: ReadonlyMap<string, StreamAccount>;
  /** Whether the servers run JetStream. */
  readonly isEnabled: boolean;
}

/** Why a change loses the streams of an account. */
export type LossCause = "account" | "jetstream" | "servers";

/** An account whose streams a change loses. */
export interface Loss {
  readonly cause: LossCause;
  readonly publicKey: string;
  readonly name: string;
}

/** Finds the accounts whose streams are lost by a change, whether they have any or not. */
export function findLosses(before: StreamTerms, after: StreamTerms): Loss[] {
  const accounts = before.isEnabled ? [...before.accounts] : [];
  const enabled = accounts.filter(([, { jetstream }]) => jetstream !== undefined);
  return enabled.flatMap(([publicKey, { name }]) => {
    const cause = after.isEnabled ? ofAccount(after.accounts.get(publicKey)) : "servers";
    return cause === undefined ? [] : [{ cause, publicKey, name }];
  });
}

function ofAccount(after: StreamAccount | undefined): LossCause | undefined {
  if (after === undefined) {
    return "account";
  }
  return after.jetstream === undefined ? "jetstream" : undefined;
}

const CAUSES: Readonly<Record<LossCause, { code: Diagnostic["code"]; problem: string; keep: string }>> = {
  account: {
    code: "NA4060",
    problem: "is removed from the cluster, or has a different key",
    keep: "To keep them, keep the account with its key: an account with a different resource name needs `aliases`",
  },
  jetstream: {
    code: "NA4061",
    problem: "no longer has JetStream",
    keep: "To keep them, keep `jetstream` of the account",
  },
  servers: {
    code: "NA4062",
    problem: "is in a cluster whose servers no longer run JetStream",
    keep: "To keep them, keep `jetstream` of the cluster",
  },
};

/** What the servers report about their streams, or why they could not be asked. */
export type StreamsReport = { readonly streams: readonly StoredStream[] } | UnknownStreams;

interface UnknownStreams {
  /** A clause. */
  readonly unknown: string;
  /** True if an update cannot ask the servers either, so that they delete nothing. */
  readonly isKept?: boolean;
}

/** Returns the streams that a change loses and that the program has not given up. */
export function lossDiagnostics(
  losses: readonly Loss[],
  report: StreamsReport,
  discarded: readonly string[],
): Diagnostic[] {
  return losses
    .filter((loss) => !isDiscarded(loss, discarded))
    .flatMap((loss) => {
      const { code, problem, keep } = CAUSES[loss.cause];
      const path = keyPath("accounts", loss.name);
      const give = `add ${JSON.stringify(loss.name)} to \`discardStreams\``;
      if ("unknown" in report) {
        return diagnose({
          code: "NA4064",
          path,
          problem: `${problem}, and the servers did not report its streams, which would be lost: ${report.unknown}`,
          remedy: `Start the servers, then repeat the preview. To lose the streams, ${give}.`,
        });
      }
      const own = streamsOf(loss, report.streams);
      return diagnose({
        code,
        path,
        problem: own.length === 0 ? undefined : `${problem}. Its streams would be lost: ${formatStreams(own)}`,
        remedy: `${keep}. To save a copy, run \`nats stream backup\` for each of them first. To lose them, ${give}.`,
      });
    });
}

/** True when a program lists an account, by its name or its public key. */
export function isDiscarded({ publicKey, name }: Loss, discarded: readonly string[]): boolean {
  return discarded.includes(name) || discarded.includes(publicKey);
}

/**
 * Finds streams that prevent servers from leaving a cluster: the others cannot take over the replicas.
 *
 * @param names the servers that leave
 * @param remaining the number of the others
 */
export function leavingDiagnostics(names: readonly string[], remaining: number, report: StreamsReport): Diagnostic[] {
  const path = names.map((name) => keyPath("servers", name)).join(", ");
  if ("unknown" in report) {
    return diagnose({
      code: "NA4068",
      path,
      problem: `cannot be removed, because the servers did not report their streams, which may be lost: ${report.unknown}`,
      remedy:
        "Start the servers and enable `verification`, then repeat the preview. " +
        "If a server is lost for good, remove it from JetStream with `nats server cluster peer-remove` first.",
    });
  }
  const tooMany = report.streams.filter(({ replicas }) => replicas > remaining);
  const problem =
    tooMany.length === 0
      ? undefined
      : `cannot be removed: some streams have more replicas than the number of remaining servers, ${remaining}: ${formatStreams(tooMany)}`;
  return diagnose({
    code: "NA4067",
    path,
    problem,
    remedy: "Lower the replicas of the streams with `nats stream edit --replicas` first, or add servers.",
  });
}

/**
 * Describes what happens to servers that leave a cluster.
 *
 * @param hasStreams whether they and the others run JetStream
 * @param unreachable those on machines that do not respond
 */
export function describeLeaving(
  names: readonly string[],
  hasStreams: boolean,
  unreachable: readonly string[] = [],
): string {
  const what = hasStreams ? "its streams move to the other servers, then it stops" : "it stops";
  const lost = "its machine does not respond, so it is not stopped: stop it if it still runs";
  return names.map((name) => `${name}: ${unreachable.includes(name) ? lost : what}`).join("\n");
}

/** Describes the streams that a change deletes, or gives up without deleting them; undefined if there are none. */
export function describeDiscarded(
  losses: readonly Loss[],
  report: StreamsReport,
  discarded: readonly string[],
): string | undefined {
  const lines = losses
    .filter((loss) => isDiscarded(loss, discarded))
    .flatMap((loss) => {
      if ("unknown" in report) {
        // The storage of servers that lose JetStream is deleted without asking them.
        const isKept = report.isKept === true && loss.cause !== "servers";
        return `${loss.name}: ${isKept ? `not deleted, because ${report.unknown}` : "not known"}`;
      }
      const own = streamsOf(loss, report.streams);
      return own.length === 0 ? [] : `${loss.name}: ${formatStreams(own)}`;
    });
  return lines.length === 0 ? undefined : lines.join("\n");
}

function streamsOf({ publicKey }: Loss, streams: readonly StoredStream[]): StoredStream[] {
  return streams.filter(({ account }) => account === publicKey);
}

/** The maximum number of streams that a message lists. */
const MAX_LISTED = 20;

function formatStreams(streams: readonly StoredStream[]): string {
  const listed = streams
    .slice(0, MAX_LISTED)
    .map(({ name, replicas, storage, messages, consumers }) =>
      [
        `${name} (R${replicas}, ${storage}, ${messages} ${messages === 1 ? "message" : "messages"}`,
        `${consumers.length} ${consumers.length === 1 ? "consumer" : "consumers"})`,
      ].join(", "),
    );
  const more = streams.length > MAX_LISTED ? [`and ${streams.length - MAX_LISTED} more`] : [];
  return [...listed, ...more].join(", ");
}

/**
 * Finds limits that existing streams and consumers do not meet. Servers accept such a limit when they reload, but do not
 * load the streams and consumers when they start again.
 *
 * @param changed the accounts whose JetStream changes, by public key
 */
export function storedLimitDiagnostics(
  changed: ReadonlyMap<string, StreamAccount>,
  streams: readonly StoredStream[],
): Diagnostic[] {
  return [...changed].flatMap(([publicKey, { name, jetstream }]) => {
    const own = streams.filter(({ account }) => account === publicKey);
    return jetstream === undefined ? [] : accountLimitDiagnostics(keyPath("accounts", name), jetstream, own);
  });
}

/** A limit of streams or consumers, and those that do not meet it. */
interface Unmet {
  readonly path: string;
  readonly value?: unknown;
  readonly problem: string;
  readonly names: readonly string[];
  readonly remedy: string;
}

function accountLimitDiagnostics(path: string, jetstream: JetStream, streams: readonly StoredStream[]): Diagnostic[] {
  const { tiers } = jetstream;
  const unmet =
    tiers === undefined
      ? findUnmet(jetstream, streams)
      : [
          ...findWithoutTier(tiers, streams),
          ...Object.entries(tiers).flatMap(([tier, limits]) =>
            findUnmet(
              limits,
              streams.filter(({ replicas }) => tierOf(replicas) === tier),
            ).map((found) => ({
              ...found,
              path: `tiers.${tier}.${found.path}`,
            })),
          ),
        ];
  return unmet.flatMap(({ path: limit, names, problem, remedy, ...rest }) =>
    diagnose({
      code: "NA1730",
      path: `${path}.jetstream.${limit}`,
      ...rest,
      problem:
        names.length === 0
          ? undefined
          : `${problem}: ${displayList(names)}. They would not be loaded at the next start of a server`,
      remedy,
    }),
  );
}

function tierOf(replicas: number): string {
  return `R${replicas}`;
}

function findWithoutTier(tiers: NonNullable<JetStream["tiers"]>, streams: readonly StoredStream[]): Unmet[] {
  const without = streams.filter(({ replicas }) => tiers[tierOf(replicas) as JetStreamTier] === undefined);
  const problem = "has no entry for the replicas of existing streams";
  const remedy = "Add the tier, or change the replicas of the streams or delete them first.";
  return [{ path: "tiers", names: namesOf(without), problem, remedy }];
}

function findUnmet(limits: JetStreamLimits, streams: readonly StoredStream[]): Unmet[] {
  const maxBytes = { file: Number(limits.fileMaxStreamBytes), memory: Number(limits.memoryMaxStreamBytes) };
  const tooLarge = (kind: StoredStream["storage"]) =>
    namesOf(streams.filter(({ storage, maxBytes: size }) => storage === kind && (size ?? 0) > maxBytes[kind]));
  const declared = limits.maxBytesRequired === true ? streams.filter((stream) => stream.maxBytes === undefined) : [];
  const most = limits.maxAckPending ?? Infinity;
  const consumers = streams.flatMap(({ name, consumers: own }) =>
    own.filter(({ maxAckPending = 0 }) => maxAckPending > most).map((consumer) => `${name} > ${consumer.name}`),
  );
  const size = "is less than the maximum size of existing streams";
  const shrink = "Raise the limit, or lower `max_bytes` of the streams first.";
  return [
    {
      path: "maxBytesRequired",
      problem: "is not met by existing streams, which declare no maximum size",
      names: namesOf(declared),
      remedy: "Set `max_bytes` of the streams first.",
    },
    {
      path: "fileMaxStreamBytes",
      value: limits.fileMaxStreamBytes,
      problem: size,
      names: tooLarge("file"),
      remedy: shrink,
    },
    {
      path: "memoryMaxStreamBytes",
      value: limits.memoryMaxStreamBytes,
      problem: size,
      names: tooLarge("memory"),
      remedy: shrink,
    },
    {
      path: "maxAckPending",
      value: limits.maxAckPending,
      problem: "is less than the maximum of existing consumers",
      names: consumers,
      remedy: "Raise the limit, or lower `max_ack_pending` of the consumers first.",
    },
  ];
}

function namesOf(streams: readonly StoredStream[]): string[] {
  return streams.map(({ name }) => name);
}
