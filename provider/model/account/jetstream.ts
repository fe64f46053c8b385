import { diagnose, keyPath, prefixPaths, type Diagnostic } from "../../diagnostics/diagnostic";
import { count, size } from "../form/limit-values";
import { sortEntries, emptyToUndefined } from "../form/order";
import type { Size } from "../form/quantities";
import { anyValue, mapOf, booleanShape } from "../form/shape";
import { term, Terms, type Term } from "../form/terms";

/**
 * Limits of an account's streams. A limit that is not set is unlimited.
 *
 * Sizes are numbers of bytes, or strings such as `"1GiB"`. Both configurations contain the same limits, and the servers of a
 * cluster enforce them together.
 */
export interface JetStreamLimits {
  /**
   * Size of all streams in memory, each multiplied by its replicas. Zero allows no such streams.
   *
   * @default unlimited
   */
  readonly memoryStorage?: Size;
  /**
   * Size of all streams in files, each multiplied by its replicas. Zero allows no such streams.
   *
   * @default unlimited
   */
  readonly fileStorage?: Size;
  /**
   * Number of streams.
   *
   * @default unlimited
   */
  readonly streams?: number;
  /**
   * Number of consumers of a stream.
   *
   * @default unlimited
   */
  readonly consumers?: number;
  /**
   * Number of unacknowledged messages of a consumer.
   *
   * @default unlimited
   */
  readonly maxAckPending?: number;
  /**
   * Size of a stream in memory.
   *
   * @default unlimited
   */
  readonly memoryMaxStreamBytes?: Size;
  /**
   * Size of a stream in files.
   *
   * @default unlimited
   */
  readonly fileMaxStreamBytes?: Size;
  /**
   * Whether every stream must declare its maximum size.
   *
   * @default false
   */
  readonly maxBytesRequired?: boolean;
}

/** A tier of limits, by the number of replicas of streams: R1 applies to streams with one replica. */
export type JetStreamTier = "R1" | "R2" | "R3" | "R4" | "R5";

/** The tiers that nats-server supports. */
export const JETSTREAM_TIERS: readonly JetStreamTier[] = ["R1", "R2", "R3", "R4", "R5"];

/** Account that carries the replication traffic of streams: the system account, or the account that owns them. */
export type ClusterTraffic = "system" | "owner";

/**
 * JetStream and its limits, for all streams together or by tiers. `{}` sets no limits. The cluster's servers must run
 * JetStream.
 *
 * @example
 * ```ts
 * { fileStorage: "10GiB", memoryStorage: 0, streams: 20, maxBytesRequired: true }
 * ```
 */
export interface JetStream extends JetStreamLimits {
  /**
   * Limits by the number of replicas, instead of limits for all streams. Streams cannot be created in a tier without an
   * entry. Enforced in operator mode only: static configuration has no tiers, and no limits apply.
   *
   * @default no tiers
   */
  readonly tiers?: Readonly<Partial<Record<JetStreamTier, JetStreamLimits>>>;
  /**
   * Account that carries the replication traffic of the streams. A change restarts the static server, which would otherwise
   * continue as before, so that the servers could no longer replicate streams.
   *
   * @default "system"
   */
  readonly clusterTraffic?: ClusterTraffic;
}

/** Servers treat zero as unlimited for these limits. */
const notZero: Term = unlessZero(count);
const notZeroSize: Term = unlessZero(size());

function unlessZero(limit: Term): Term {
  const problem = "must be at least 1: servers treat zero as unlimited";
  const remedy = "Use 1 or more, or remove the property to set no limit.";
  return {
    ...limit,
    diagnostics: (value) =>
      limit.normalize(value) === 0 ? diagnose({ code: "NA1605", value, problem, remedy }) : limit.diagnostics(value),
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
    booleanShape,
    () => [],
    (required: boolean) => (required ? true : undefined),
  ),
};
const TIER = new Terms<JetStreamLimits>(LIMITS);

const JETSTREAM = new Terms<JetStream>({
  ...LIMITS,
  tiers: term(mapOf(TIER.keys), tiersDiagnostics, normalizeTiers),
  clusterTraffic: term(anyValue, trafficDiagnostics, (traffic: ClusterTraffic) =>
    traffic === "system" ? undefined : traffic,
  ),
});

/** The names of the limits, in the order of the configuration. */
export const JETSTREAM_LIMITS = TIER.names;

/** JetStream, as a term of an account. An empty object has an effect: it enables JetStream. */
export const JETSTREAM_TERM = term<JetStream>(
  JETSTREAM.keys,
  (jetstream) => [
    ...JETSTREAM.diagnostics(jetstream),
    ...storageDiagnostics(jetstream),
    ...flatLimitsDiagnostics(jetstream),
  ],
  (jetstream) => JETSTREAM.normalize(jetstream),
);

type Tiers = NonNullable<JetStream["tiers"]>;

function tiersDiagnostics(tiers: Tiers): Diagnostic[] {
  if (Object.keys(tiers).length === 0) {
    const problem = "must have at least one tier: a JWT cannot express an empty set of tiers";
    return diagnose({ code: "NA1609", problem, remedy: "Add a tier, or remove `tiers`." });
  }
  return Object.entries(tiers).flatMap(([name, limits]) =>
    JETSTREAM_TIERS.some((tier) => tier === name)
      ? prefixPaths(name, [...TIER.diagnostics(limits), ...storageDiagnostics(limits)])
      : unknownTier(name),
  );
}

function unknownTier(name: string): Diagnostic[] {
  const problem = `is not a valid tier; valid tiers: ${JETSTREAM_TIERS.join(", ")}`;
  return diagnose({
    code: "NA1608",
    path: keyPath("", name),
    problem,
    remedy: "Use R followed by the number of replicas.",
  });
}

function normalizeTiers(tiers: Tiers): Tiers | undefined {
  return emptyToUndefined(
    Object.fromEntries(sortEntries(tiers).map(([name, limits]) => [name, TIER.normalize(limits)])),
  );
}

/** Without storage of either kind, JetStream is disabled in operator mode, and enabled without any use in static mode. */
function storageDiagnostics(limits: JetStreamLimits): Diagnostic[] {
  const { memoryStorage, fileStorage } = TIER.normalize(limits);
  const hasNone = memoryStorage === 0 && fileStorage === 0;
  return diagnose({
    code: "NA1606",
    problem: hasNone ? "must allow storage in memory or in files" : undefined,
    remedy: "Raise one of the two, or remove the object to disable JetStream.",
  });
}

/** A JWT has limits for all streams, or limits by tiers (JWT library, `OperatorLimits.Validate`). */
function flatLimitsDiagnostics(jetstream: JetStream): Diagnostic[] {
  const limits =
    jetstream.tiers === undefined ? [] : JETSTREAM_LIMITS.filter((limit) => jetstream[limit] !== undefined);
  const problem = "cannot be combined with `tiers`";
  const remedy = "Use limits for all streams, or limits by tiers.";
  return limits.flatMap((path) => diagnose({ code: "NA1607", path, problem, remedy }));
}

function trafficDiagnostics(traffic: string): Diagnostic[] {
  return diagnose({
    code: "NA1003",
    value: traffic,
    problem: traffic === "system" || traffic === "owner" ? undefined : 'must be "system" or "owner"',
    remedy: "Use one of these values.",
  });
}
