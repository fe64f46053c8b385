import type { Diagnostic } from "../form/diagnostics";
import { keyPath, shown, under } from "../form/diagnostics";
import { count, size } from "../form/limit-values";
import { sortedEntries, unlessEmpty } from "../form/order";
import type { Size } from "../form/quantities";
import { anything, mapOf, trueOrFalse } from "../form/shape";
import { term, Terms, type Term } from "../form/terms";

/**
 * What the streams of an account may use at most. A limit that is absent does not limit.
 *
 * Sizes are numbers of bytes, or texts such as `"1GiB"`. The same limits stand in both configurations, and a cluster's
 * servers decide by them together.
 */
export interface JetStreamLimits {
  /**
   * Bytes of all streams that are kept in memory, each times its replicas; zero for no such streams.
   *
   * @default unlimited
   */
  readonly memoryStorage?: Size;
  /**
   * Bytes of all streams that are kept in files, each times its replicas; zero for no such streams.
   *
   * @default unlimited
   */
  readonly fileStorage?: Size;
  /**
   * Streams.
   *
   * @default unlimited
   */
  readonly streams?: number;
  /**
   * Consumers of one stream.
   *
   * @default unlimited
   */
  readonly consumers?: number;
  /**
   * Messages that one consumer may have open without an acknowledgement.
   *
   * @default unlimited
   */
  readonly maxAckPending?: number;
  /**
   * Bytes of one stream in memory.
   *
   * @default unlimited
   */
  readonly memoryMaxStreamBytes?: Size;
  /**
   * Bytes of one stream in files.
   *
   * @default unlimited
   */
  readonly fileMaxStreamBytes?: Size;
  /**
   * Whether every stream must say how many bytes it may have.
   *
   * @default false
   */
  readonly maxBytesRequired?: boolean;
}

/** The limits of streams that have one number of replicas: R1 are those with one. */
export type JetStreamTier = "R1" | "R2" | "R3" | "R4" | "R5";

/** The tiers that nats-server has. */
export const JETSTREAM_TIERS: readonly JetStreamTier[] = ["R1", "R2", "R3", "R4", "R5"];

/** In which account the servers of a cluster talk about an account's streams: the system account, or its own. */
export type ClusterTraffic = "system" | "owner";

/**
 * JetStream of an account, and its limits: all streams together, or by tiers. `{}` is everything without a limit. The
 * cluster's servers must run JetStream.
 *
 * @example
 * ```ts
 * { fileStorage: "10GiB", memoryStorage: 0, streams: 20, maxBytesRequired: true }
 * ```
 */
export interface JetStream extends JetStreamLimits {
  /**
   * Limits by the number of replicas, instead of limits for all streams: a stream of a tier that is not there cannot be
   * made. The static server knows no tiers, and limits nothing then.
   *
   * @default no tiers
   */
  readonly tiers?: Readonly<Partial<Record<JetStreamTier, JetStreamLimits>>>;
  /**
   * In which account the servers talk about the account's streams.
   *
   * @default "system"
   */
  readonly clusterTraffic?: ClusterTraffic;
}

/** To the servers, zero of these is no limit. */
const notZero: Term = unlessZero(count);
const notZeroSize: Term = unlessZero(size());

function unlessZero(limit: Term): Term {
  const problem = "is no limit to the servers, which take it for unlimited";
  const remedy = "Write 1 at least, or leave the limit out for unlimited.";
  return {
    ...limit,
    diagnostics: (value) =>
      limit.normal(value) === 0 ? [{ path: "", value: shown(value), problem, remedy }] : limit.diagnostics(value),
  };
}

const LIMITS: Readonly<Record<keyof JetStreamLimits, Term>> = {
  memoryStorage: size(),
  fileStorage: size(),
  streams: notZero,
  consumers: notZero,
  maxAckPending: notZero,
  memoryMaxStreamBytes: notZeroSize,
  fileMaxStreamBytes: notZeroSize,
  maxBytesRequired: term(
    trueOrFalse,
    () => [],
    (required: boolean) => (required ? true : undefined),
  ),
};
const TIER = new Terms<JetStreamLimits>(LIMITS);

const JETSTREAM = new Terms<JetStream>({
  ...LIMITS,
  tiers: term(mapOf(TIER.keys), tiersDiagnostics, normalTiers),
  clusterTraffic: term(anything, trafficDiagnostics, (traffic: ClusterTraffic) =>
    traffic === "system" ? undefined : traffic,
  ),
});

/** The names of the limits, in the order in which they are written. */
export const JETSTREAM_LIMITS = TIER.names;

/** JetStream as one of an account's terms. Without any limit it is there all the same. */
export const JETSTREAM_TERM = term<JetStream>(
  JETSTREAM.keys,
  (jetstream) => [
    ...JETSTREAM.diagnostics(jetstream),
    ...storageDiagnostics(jetstream),
    ...besideDiagnostics(jetstream),
  ],
  (jetstream) => JETSTREAM.normal(jetstream),
);

type Tiers = NonNullable<JetStream["tiers"]>;

function tiersDiagnostics(tiers: Tiers): Diagnostic[] {
  const none = "has no tier, and tokens cannot say that";
  if (Object.keys(tiers).length === 0) {
    return [{ path: "", value: "{}", problem: none, remedy: "Give a tier, or leave `tiers` out." }];
  }
  return Object.entries(tiers).flatMap(([name, limits]) => {
    const problem = `is no tier; the tiers are ${JETSTREAM_TIERS.join(", ")}`;
    const known = JETSTREAM_TIERS.some((tier) => tier === name);
    return known
      ? under(name, [...TIER.diagnostics(limits), ...storageDiagnostics(limits)])
      : [{ path: keyPath("", name), problem, remedy: "Write R and the number of replicas." }];
  });
}

function normalTiers(tiers: Tiers): Tiers | undefined {
  return unlessEmpty(Object.fromEntries(sortedEntries(tiers).map(([name, limits]) => [name, TIER.normal(limits)])));
}

/** Without storage of either kind, JetStream is off on the operator side and on, for nothing, on the static one. */
function storageDiagnostics(limits: JetStreamLimits): Diagnostic[] {
  const { memoryStorage, fileStorage } = TIER.normal(limits);
  const problem = "allows streams neither in memory nor in files";
  return memoryStorage === 0 && fileStorage === 0
    ? [{ path: "", problem, remedy: "Leave it out to have no JetStream, or one of the two for unlimited storage." }]
    : [];
}

/** A token has limits for all streams, or limits by tiers (JWT library, `OperatorLimits.Validate`). */
function besideDiagnostics(jetstream: JetStream): Diagnostic[] {
  const beside = JETSTREAM_LIMITS.filter((limit) => jetstream[limit] !== undefined);
  const problem = "stands beside `tiers`, which limit all streams";
  return jetstream.tiers === undefined
    ? []
    : beside.map((path) => ({ path, problem, remedy: "Give limits for all streams, or limits by tiers." }));
}

function trafficDiagnostics(traffic: string): Diagnostic[] {
  const problem = 'is neither "system" nor "owner"';
  return traffic === "system" || traffic === "owner"
    ? []
    : [{ path: "", value: shown(traffic), problem, remedy: "Write one of them." }];
}
