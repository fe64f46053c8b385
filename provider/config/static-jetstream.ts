import type { JetStream, JetStreamLimits } from "../model/account/jetstream";
import { block, settings, type Lines } from "./syntax";

/** How the static side says that something is not limited. */
const UNLIMITED = -1;

/**
 * JetStream of an account. Every limit is written: what holds without is another thing on each side. Tiers have no words
 * here, so that they limit nothing.
 */
export function jetstreamLines(jetstream: JetStream | undefined): Lines {
  if (jetstream === undefined) {
    return [];
  }
  const limits: JetStreamLimits = jetstream.tiers === undefined ? jetstream : {};
  return block(
    "jetstream",
    settings({
      max_memory: limits.memoryStorage ?? UNLIMITED,
      max_file: limits.fileStorage ?? UNLIMITED,
      max_streams: limits.streams ?? UNLIMITED,
      max_consumers: limits.consumers ?? UNLIMITED,
      max_ack_pending: limits.maxAckPending ?? UNLIMITED,
      memory_max_stream_bytes: limits.memoryMaxStreamBytes ?? UNLIMITED,
      store_max_stream_bytes: limits.fileMaxStreamBytes ?? UNLIMITED,
      max_bytes_required: limits.maxBytesRequired ?? false,
      cluster_traffic: jetstream.clusterTraffic,
    }),
  );
}
