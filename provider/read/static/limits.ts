import type { JetStream } from "../../model/account/jetstream";
import type { AccountLimits } from "../../model/account/limits";
import { defined, unlessEmpty } from "../../model/form/order";
import { Fields } from "../fields";
import { limitOf, onlyTrue, unlessZero } from "../values";

/** Reads the limits of an account. */
export function readLimits(limits: Fields | undefined): AccountLimits | undefined {
  if (limits === undefined) {
    return undefined;
  }
  const limit = (...names: string[]) => limitOf(limits.limit(...names) ?? -1);
  const read = defined<AccountLimits>({
    connections: limit("max_connections", "max_conn"),
    leafNodes: limit("max_leafnodes", "max_leafs"),
    subscriptions: limit("max_subscriptions", "max_subs"),
    payload: limit("max_payload", "max_pay"),
  });
  limits.leaveOutUnknown();
  return unlessEmpty(read);
}

/** Reads JetStream of an account: a section, or a word that switches it on or off. */
export function readJetStream(account: Fields): JetStream | undefined {
  const path = account.pathOf("jetstream");
  const value = account.take("jetstream");
  if (typeof value === "boolean" || typeof value === "string") {
    return isOn(value, path, account) ? {} : undefined;
  }
  return value === undefined ? undefined : readSection(new Fields(value, path, account.notes));
}

function isOn(value: boolean | string, path: string, account: Fields): boolean {
  if (typeof value === "string" && !/^(en|dis)abled?$/i.test(value)) {
    account.notes.wrong(path, 'is neither "enabled" nor "disabled"');
  }
  return value === true || (typeof value === "string" && value.toLowerCase().startsWith("en"));
}

function readSection(section: Fields): JetStream {
  const storage = (...names: string[]) => limitOf(section.limit(...names) ?? -1);
  const limit = (...names: string[]) => unlessZero(storage(...names));
  const read = defined<JetStream>({
    memoryStorage: storage("max_memory", "max_mem", "mem", "memory"),
    fileStorage: storage("max_store", "max_file", "max_disk", "store", "disk"),
    streams: limit("max_streams", "streams"),
    consumers: limit("max_consumers", "consumers"),
    maxAckPending: limit("max_ack_pending"),
    memoryMaxStreamBytes: limit("mem_max_stream_bytes", "memory_max_stream_bytes"),
    fileMaxStreamBytes: limit("disk_max_stream_bytes", "store_max_stream_bytes"),
    maxBytesRequired: onlyTrue(section.flag("max_bytes_required", "max_stream_bytes", "max_bytes")),
    clusterTraffic: section.text("cluster_traffic") === "owner" ? "owner" : undefined,
  });
  section.leaveOutUnknown();
  return read;
}
