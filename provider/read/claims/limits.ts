import type { JetStream, JetStreamLimits, JetStreamTier } from "../../model/account/jetstream";
import type { AccountLimits } from "../../model/account/limits";
import { emptyToUndefined } from "../../model/form/order";
import { Fields } from "../fields";
import { readFields, readTerms, type TermReaders } from "../term-readers";
import { falseToUndefined, toLimit, zeroToUndefined } from "../values";

/** The value of a limit that a JWT does not contain, and its meaning for servers. */
export type AbsentLimit = typeof NO_LIMIT | typeof NOTHING;

/** Without a claim, a limit of a scope is unlimited (`NewUserScope`), and so is one of a user in version 1. */
export const NO_LIMIT = -1;

/** Without a claim, a limit of an account is zero, and so is one of a user in version 2. */
export const NOTHING = 0;

const LIMITS: TermReaders<AccountLimits> = {
  connections: (limits) => readLimit(limits, "conn"),
  leafNodes: (limits) => readLimit(limits, "leaf"),
  subscriptions: (limits) => readLimit(limits, "subs"),
  payload: (limits) => readLimit(limits, "payload"),
  data: (limits) => readAmount(limits, "data"),
  imports: (limits) => readLimit(limits, "imports"),
  exports: (limits) => readLimit(limits, "exports"),
  wildcardExports: (limits) => (limits.flag("wildcards") === true ? undefined : false),
  disallowBearer: (limits) => falseToUndefined(limits.flag("disallow_bearer")),
};

/** To servers, zero bytes of storage mean no storage; zero of anything else means no limit. */
const STREAM_LIMITS: TermReaders<JetStreamLimits> = {
  memoryStorage: (limits) => readAmount(limits, "mem_storage"),
  fileStorage: (limits) => readAmount(limits, "disk_storage"),
  streams: (limits) => zeroToUndefined(readAmount(limits, "streams")),
  consumers: (limits) => zeroToUndefined(readAmount(limits, "consumer")),
  maxAckPending: (limits) => zeroToUndefined(readAmount(limits, "max_ack_pending")),
  memoryMaxStreamBytes: (limits) => zeroToUndefined(readAmount(limits, "mem_max_stream_bytes")),
  fileMaxStreamBytes: (limits) => zeroToUndefined(readAmount(limits, "disk_max_stream_bytes")),
  maxBytesRequired: (limits) => falseToUndefined(limits.flag("max_bytes_required")),
};

/** The claims of an account, and the tiers among its limits. */
interface JetStreamClaims {
  readonly claims: Fields;
  readonly tiers: JetStream["tiers"];
}

const JETSTREAM: TermReaders<Omit<JetStream, keyof JetStreamLimits>, JetStreamClaims> = {
  tiers: ({ tiers }) => tiers,
  clusterTraffic: ({ claims }) => readClusterTraffic(claims),
};

/** Reads the limits of an account. */
export function readLimits(limits: Fields): AccountLimits | undefined {
  return emptyToUndefined(readTerms(LIMITS, limits));
}

/**
 * Reads JetStream of an account, which is on when the account has storage of either kind, or a tier.
 *
 * @param claims the claims of the account
 * @param limits its limits
 */
export function readJetStream(claims: Fields, limits: Fields): JetStream | undefined {
  const tiers = readTiers(limits);
  const flat = readTerms(STREAM_LIMITS, limits);
  const own = readTerms(JETSTREAM, { claims, tiers });
  // Beside tiers, servers ignore the limits of all streams.
  const hasStorage = (tiers === undefined ? [flat] : Object.values(tiers)).some(isStorage);
  return hasStorage ? { ...(tiers === undefined ? flat : {}), ...own } : undefined;
}

function isStorage({ memoryStorage, fileStorage }: JetStreamLimits): boolean {
  return memoryStorage !== 0 || fileStorage !== 0;
}

/** To servers, an account with another value is invalid. */
function readClusterTraffic(claims: Fields): JetStream["clusterTraffic"] {
  const path = claims.pathOf("cluster_traffic");
  const traffic = claims.text("cluster_traffic") ?? "system";
  if (traffic !== "system" && traffic !== "owner") {
    claims.notes.wrong("NA3014", path, "must be `system` or `owner`");
  }
  return traffic === "owner" ? "owner" : undefined;
}

function readTiers(limits: Fields): JetStream["tiers"] {
  const tiers = limits.members("tiered_limits").map(({ name, value, path }) => {
    if (name === "") {
      limits.notes.wrong("NA3014", path, "must have a name");
    }
    return [name as JetStreamTier, readFields(STREAM_LIMITS, new Fields(value, path, limits.notes))];
  });
  return tiers.length === 0 ? undefined : (Object.fromEntries(tiers) as JetStream["tiers"]);
}

/**
 * Reads a limit that servers compare with a number: -1 is unlimited. Any other negative number is exceeded by everything,
 * which no limit of a program is.
 */
export function readLimit(limits: Fields, name: string, absent: AbsentLimit = NOTHING): number | undefined {
  const path = limits.pathOf(name);
  const limit = limits.limit(name) ?? absent;
  if (limit < NO_LIMIT) {
    limits.notes.wrong("NA3014", path, "must be -1, which is unlimited, or at least 0");
  }
  return toLimit(limit);
}

/** Reads an amount of data, storage or streams, of which any negative number is unlimited. */
export function readAmount(limits: Fields, name: string, absent: AbsentLimit = NOTHING): number | undefined {
  return toLimit(limits.limit(name) ?? absent);
}
