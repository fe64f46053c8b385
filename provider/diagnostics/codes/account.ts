import type { CodeTable } from "./code";

/** Terms of accounts: limits, JetStream, tracing and authorization services. */
export const ACCOUNT_CODES = {
  NA1601: {
    title: "No user for the authorization service",
    cause:
      "Servers ask the authorization service about every client, except for the users in `authorization.users` (JWT `auth_users`). If none of them is a user of the account, the service itself cannot log in.",
    remedy: "Add the name of the user that the service logs in as.",
  },
  NA1602: {
    title: "Unknown user of the authorization service",
    cause:
      "`authorization.users` contains a name that is not a user of the account, and that is not a public key of a user either.",
    remedy: "Correct the name, or use the public key (`U…`) of a user whose JWT is issued elsewhere.",
  },
  NA1603: {
    title: "Wildcard beside named accounts",
    cause:
      "The JWT library (`ExternalAuthorization.Validate`) accepts `*` for any account only if it is the single element of `allowed_accounts`.",
    remedy: 'Use `allowedAccounts: "*"`, or a list of accounts without it.',
  },
  NA1604: {
    title: "Account limit exceeded",
    cause:
      "An account has more exports or imports than its own limits allow, or wildcards or bearer users that they exclude. The JWT library (`Account.Validate`) rejects such an account JWT; static configuration has no such limits.",
    remedy: "Remove the export, import, wildcard or `bearer`, or raise the limit.",
  },
  NA1605: {
    title: "JetStream limit of zero",
    cause:
      "nats-server treats zero as unlimited for numbers of streams, consumers and unacknowledged messages, and for the size of a stream. The limit would allow everything instead of nothing.",
    remedy: "Use 1 or more, or remove the property to set no limit.",
  },
  NA1606: {
    title: "JetStream without storage",
    cause:
      "JetStream is disabled in operator mode when neither memory nor file storage is allowed, but enabled in static mode. An account without streams has no `jetstream` at all.",
    remedy: "Raise one of the two limits, or remove the object to disable JetStream.",
  },
  NA1607: {
    title: "JetStream limits with tiers",
    cause:
      "An account JWT has limits for all streams or limits by tiers, never both (JWT library, `OperatorLimits.Validate`).",
    remedy: "Move the limit into a tier, or remove `tiers`.",
  },
  NA1608: {
    title: "Unknown JetStream tier",
    cause:
      "nats-server applies the limits of a tier to streams with that number of replicas. Streams have 1 to 5 replicas.",
    remedy: "Use a tier from R1 to R5.",
  },
  NA1609: {
    title: "JetStream without a tier",
    cause:
      "The JWT library omits an empty set of tiers from the JSON. The JWT would disable JetStream instead of limiting it by tiers.",
    remedy: "Add a tier, or remove `tiers`.",
  },
  NA1610: {
    title: "Wildcard in a trace destination",
    cause: "Servers publish traces, and messages cannot be published to a subject with wildcards.",
    remedy: "Use a subject without wildcards, such as `traces`.",
  },
} as const satisfies CodeTable;
