import type { JetStream, JetStreamLimits } from "../model/account/jetstream";
import type { Members, Parts } from "./claims";
import { joinSome } from "./prose";

/** The limits of streams. */
const LIMITS: Members<JetStreamLimits>["members"] = {
  memoryStorage: { parity: { class: "E", static: "jetstream.max_memory", operator: "limits.mem_storage" } },
  fileStorage: { parity: { class: "E", static: "jetstream.max_file", operator: "limits.disk_storage" } },
  streams: { parity: { class: "E", static: "jetstream.max_streams", operator: "limits.streams" } },
  consumers: { parity: { class: "E", static: "jetstream.max_consumers", operator: "limits.consumer" } },
  maxAckPending: { parity: { class: "E", static: "jetstream.max_ack_pending", operator: "limits.max_ack_pending" } },
  memoryMaxStreamBytes: {
    parity: {
      class: "E",
      static: "jetstream.memory_max_stream_bytes",
      operator: "limits.mem_max_stream_bytes",
    },
  },
  fileMaxStreamBytes: {
    parity: { class: "E", static: "jetstream.store_max_stream_bytes", operator: "limits.disk_max_stream_bytes" },
  },
  maxBytesRequired: {
    parity: { class: "E", static: "jetstream.max_bytes_required", operator: "limits.max_bytes_required" },
    default: false,
  },
};

/** The claims of one tier. */
const TIER: Parts<JetStreamLimits> = {
  memoryStorage: "mem_storage",
  fileStorage: "disk_storage",
  streams: "streams",
  consumers: "consumer",
  maxAckPending: "max_ack_pending",
  memoryMaxStreamBytes: "mem_max_stream_bytes",
  fileMaxStreamBytes: "disk_max_stream_bytes",
  maxBytesRequired: "max_bytes_required",
};

/** JetStream of an account. */
export const JETSTREAM: Members<JetStream> = {
  self: { parity: { class: "E", static: "jetstream", operator: "limits.mem_storage, limits.disk_storage" } },
  members: {
    ...LIMITS,
    tiers: {
      parity: {
        class: "N",
        operator: "limits.tiered_limits",
        severity: "security",
        example: { R1: { fileStorage: "1GiB" } },
        consequence: (tiers, owner) =>
          `${owner} has limits per tier (${joinSome(Object.keys(tiers), "and")}), and the static server has none: which server leads JetStream's meta group is nondeterministic, and while the static server does, clients of both servers create streams and consumers without limits; a stream that it leads grows without limits`,
      },
      parts: { R1: TIER, R2: TIER, R3: TIER, R4: TIER, R5: TIER },
    },
    clusterTraffic: {
      parity: { class: "E", static: "jetstream.cluster_traffic", operator: "cluster_traffic" },
      older: [
        {
          since: ["2.11.12", "2.12.4", "2.14.0"],
          parity: {
            class: "N",
            operator: "cluster_traffic",
            severity: "unusable",
            example: "owner",
            consequence: (_, owner) =>
              `the static server ignores it: streams of ${owner} with several replicas have no leader, and store nothing`,
          },
        },
      ],
      default: "system",
    },
  },
};
