import type { CodeTable } from "./code";

/** Differences between the static and the operator server. */
export const PARITY_CODES = {
  NA2001: {
    title: "Security gap between the servers",
    cause:
      "One of the two servers cannot enforce the claim, or cannot enforce it at all times, so a user can do more on it than on the other server. For example, a static configuration has no source networks. docs/parity.md lists every claim.",
    remedy:
      "Remove the claim, accept it by name in `parity.accept` with a reason, or set `parity.mode` to `lenient` to get a warning instead.",
  },
  NA2002: {
    title: "Unused acceptance",
    cause:
      "An entry of `parity.accept` matches no security gap: its name is misspelled, the claim is gone, or both servers enforce it. A stale entry could accept a future claim unnoticed.",
    remedy: "Correct the name, or remove the entry.",
  },
  NA2003: {
    title: "Acceptance without a reason",
    cause: "An entry of `parity.accept` has an empty reason. The report shows why each security gap is acceptable.",
    remedy: "Explain why the security gap is acceptable.",
  },
  NA2015: {
    title: "Claim that the servers' version does not support",
    cause:
      "The effect of some claims depends on the version of nats-server. The servers of the cluster run a version with which the claim does not work: for example, before 2.11.12, 2.12.4 and 2.14.0, a static configuration ignores the account that carries the replication traffic, so streams with several replicas have no leader. docs/parity.md lists the versions.",
    remedy: "Use a newer nats-server (`image`, or `binary` of the target), or remove the claim.",
  },
  NA2016: {
    title: "Claim that depends on an unknown version",
    cause:
      "The effect of the claim depends on the version of nats-server, and the version is not known before the servers run: the name of the image does not state one, as `nats:2.15.2` does. This is a warning.",
    remedy: "Check the version that the image contains, or use a tag that states it.",
  },
  NA2017: {
    title: "Settings that differ between the modes",
    cause:
      "A limit or a timeout of the static servers differs from that of the operator servers, so a client can be accepted, refused or disconnected by one of them only. This is a warning, because it may be intended.",
    remedy: "Set it in `settings` of the cluster, instead of `settings` of single servers.",
  },
} as const satisfies CodeTable;
