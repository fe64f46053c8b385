import type { JetStream } from "../../model/account/jetstream";
import type { AccountLimits } from "../../model/account/limits";
import { emptyToUndefined } from "../../model/form/order";
import { Fields } from "../fields";
import type { Notes } from "../notes";
import { readFields, type Absent, type TermReaders } from "../term-readers";
import { falseToUndefined, toLimit, zeroToUndefined } from "../values";

const JWT_ONLY: Absent = { absent: "nats-server has this limit in JWTs only" };

const LIMITS: TermReaders<AccountLimits> = {
  connections: (limits) => readLimit(limits, "max_connections", "max_conn"),
  leafNodes: (limits) => readLimit(limits, "max_leafnodes", "max_leafs"),
  subscriptions: (limits) => readLimit(limits, "max_subscriptions", "max_subs"),
  payload: (limits) => readLimit(limits, "max_payload", "max_pay"),
  data: JWT_ONLY,
  imports: JWT_ONLY,
  exports: JWT_ONLY,
  wildcardExports: JWT_ONLY,
  disallowBearer: JWT_ONLY,
};

/** To servers, zero bytes of storage mean no storage; zero of anything else means no limit. */
const JETSTREAM: TermReaders<JetStream> = {
  memoryStorage: (section) => readLimit(section, "max_memory", "max_mem", "mem", "memory"),
  fileStorage: (section) => readLimit(section, "max_store", "max_file", "max_disk", "store", "disk"),
  streams: (section) => zeroToUndefined(readLimit(section, "max_streams", "streams")),
  consumers: (section) => zeroToUndefined(readLimit(section, "max_consumers", "consumers")),
  maxAckPending: (section) => zeroToUndefined(readLimit(section, "max_ack_pending")),
  memoryMaxStreamBytes: (section) =>
    zeroToUndefined(readLimit(section, "mem_max_stream_bytes", "memory_max_stream_bytes")),
  fileMaxStreamBytes: (section) =>
    zeroToUndefined(readLimit(section, "disk_max_stream_bytes", "store_max_stream_bytes")),
  maxBytesRequired: (section) => falseToUndefined(section.flag("max_bytes_required", "max_stream_bytes", "max_bytes")),
  clusterTraffic: (section) => (section.text("cluster_traffic") === "owner" ? "owner" : undefined),
  tiers: { absent: "a static configuration has one set of limits for all streams of an account" },
};

/** Reads the limits of an account. */
export function readLimits(limits: Fields | undefined): AccountLimits | undefined {
  return limits === undefined ? undefined : emptyToUndefined(readFields(LIMITS, limits));
}

/** Reads JetStream of an account: a block of limits, or a value that switches it on or off. */
export function readJetStream(account: Fields): JetStream | undefined {
  const path = account.pathOf("jetstream");
  const value = account.take("jetstream");
  if (typeof value === "boolean" || typeof value === "string") {
    return readSwitch(value, path, account.notes) ? {} : undefined;
  }
  return value === undefined ? undefined : readFields(JETSTREAM, new Fields(value, path, account.notes));
}

/** Reads a value that switches JetStream on or off. */
export function readSwitch(value: boolean | string, path: string, notes: Notes): boolean {
  if (typeof value === "string" && !/^(en|dis)abled?$/i.test(value)) {
    notes.wrong("NA3014", path, 'must be "enabled" or "disabled"');
  }
  return value === true || (typeof value === "string" && value.toLowerCase().startsWith("en"));
}

/** Reads a limit by any of its names. */
function readLimit(fields: Fields, ...names: string[]): number | undefined {
  return toLimit(fields.limit(...names) ?? -1);
}
