import type { CodeTable } from "./code";

/** What a static configuration cannot keep when it is adopted, and what must be accepted. */
export const STATIC_CODES = {
  NA3060: {
    title: "Operator mode instead of a static configuration",
    cause:
      "The file configures a server that trusts an operator: accounts and users are in JWTs, not in the file. `readStaticConfig` reads servers with `accounts` and `authorization`.",
    remedy: "Read the operator's nsc store with `readNscStore`.",
  },
  NA3061: {
    title: "nkey of two users",
    cause:
      "nats-server identifies a user by its nkey alone, so an nkey belongs to one user of one account. A server does not start with such a configuration.",
    remedy: "Remove one of the two users, or generate a different nkey for it.",
  },
  NA3062: {
    title: "Undefined account in a configuration",
    cause:
      "The configuration refers to an account that its `accounts` block does not define. A server does not start with such a configuration.",
    remedy: "Correct the name, or add the account to `accounts`.",
  },
  NA3063: {
    title: "Security gap of an adoption",
    cause:
      "The existing server restricts clients in a way that the new servers cannot: for example, its auth callout service logs in with a password, so the callout is not adopted, and users log in without being checked by the service.",
    remedy: "Remove the cause in the configuration, or accept the gap in `accept`, with a reason.",
  },
  NA3064: {
    title: "Acceptance without a security gap",
    cause:
      "An entry of `accept` matches no security gap of the configuration. It could hide a gap that appears later under this name.",
    remedy: "Correct the path, or remove the entry.",
  },
  NA3065: {
    title: "Acceptance without a reason",
    cause: "An entry of `accept` has an empty reason, so nobody can judge later whether the gap is still acceptable.",
    remedy: "Explain why the security gap is acceptable.",
  },
  NA3066: {
    title: "Account identified by name",
    cause:
      "Subjects of the system account, subjects with an account token, and responses of an auth callout service contain the name of an account. The operator server identifies accounts by public key, and so does the static server next to it. Subjects in the configuration are adopted with the public key; clients are not changed.",
    remedy: "Replace the name by the public key in the clients that use it.",
  },
  NA3067: {
    title: "TLS not adopted",
    cause:
      "The existing server uses TLS. Its certificates are not adopted, so the new servers have no TLS until the program has certificates for them.",
    remedy:
      "Set `tls` of the cluster, with certificates for the new servers, before clients connect to them. docs/tls.md has a complete program.",
  },
  NA3068: {
    title: "Streams not adopted",
    cause:
      "JetStream stores streams, and with them key-value buckets, object stores and consumers, under the name of the account. The new servers identify the account by its public key and have storage of their own, so they start without streams.",
    remedy:
      "Copy the streams before you move the clients, for example with `nats account backup --consumers` and `nats account restore`.",
  },
  NA3072: {
    title: "Destination without messages",
    cause:
      "A destination of a mapping has a weight of 0. In a static configuration, it gets no messages; in JWTs, 0 stands for 100. It is left out. If the destination is the source itself, the existing server drops messages beyond the other weights; if it is the only destination of its cluster, the existing server leaves the messages there at the source. The new servers do neither.",
    remedy: "Remove the destination, give it a weight, or accept the difference in `accept`, with a reason.",
  },
  NA3073: {
    title: "Difference between a store and a configuration",
    cause:
      "An account or user is both in the nsc store and in the static configuration, and its limits, permissions, exports or imports differ. Both new servers use those of the store.",
    remedy: "Make both the same, or change the account or user in the program.",
  },
  NA3074: {
    title: "Restriction that a store does not have",
    cause:
      "An account or user is both in the nsc store and in the static configuration, which can permit less than the store. Both new servers use the store, so clients of the static server could get more access.",
    remedy: "Make both the same, or accept the security gap in `accept`, with a reason.",
  },
  NA3075: {
    title: "Conflict between a store and a configuration",
    cause:
      "Accounts and users with the same public key in the nsc store and in the static configuration are the same. Different ones have the same name, a user belongs to different accounts, or the system account of one is an ordinary account of the other.",
    remedy: "Set another name in `names`, or correct one of the two.",
  },
  NA3076: {
    title: "Account or user that a store does not admit",
    cause:
      "The static configuration has an account or user that is in the nsc store too, but is not adopted from it: the operator server rejects it, for example because it is revoked or expired, or the store does not express it. The program would sign new JWTs and so admit it on both servers. It is left out, also on the static server.",
    remedy: "Restore the account or user in the store, or add it to the program.",
  },
  NA3077: {
    title: "Account or user of one source",
    cause:
      "An account or user is in the nsc store or in the static configuration only. The program has it, so the servers of both modes admit it.",
    remedy: "No action is needed. If this is not intended, remove it from the program.",
  },
  NA3078: {
    title: "Import that a store does not permit",
    cause:
      "An account that only the static configuration has imports from an account that is also in the nsc store. The exports come from the store, which does not export the subject to the importing account.",
    remedy: "Add or correct the export in the store, or add the import and its export to the program.",
  },
} as const satisfies CodeTable;
