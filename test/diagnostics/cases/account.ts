import type { AccountDeclaration } from "../../../provider/model/account/account";
import { accountDiagnostics } from "../../../provider/model/account/account-checks";
import type { DiagnosticCase } from "./case";

/** An invalid account, with any value in place of its terms. */
function inAccount(terms: { readonly [Key in keyof AccountDeclaration]?: unknown }) {
  return () => accountDiagnostics({ name: "A", ...terms } as AccountDeclaration);
}

const users = { service: {} };
const stream = (subject: string) => ({ subject, type: "stream" as const });

const AUTHORIZATION: readonly DiagnosticCase[] = [
  {
    name: "an authorization service without users",
    codes: ["NA1601"],
    find: inAccount({ users, authorization: { users: [] } }),
  },
  {
    name: "an unknown user of an authorization service",
    codes: ["NA1602"],
    find: inAccount({ users, authorization: { users: ["service", "stranger"] } }),
  },
  {
    name: "a user of an authorization service in an account without users",
    codes: ["NA1602"],
    find: inAccount({ users: {}, authorization: { users: ["stranger"] } }),
  },
  {
    name: "any account among the allowed accounts of an authorization service",
    codes: ["NA1603"],
    find: inAccount({ users, authorization: { users: ["service"], allowedAccounts: ["B", "*"] } }),
  },
  {
    name: "an invalid curve key of an authorization service",
    codes: ["NA1302"],
    find: inAccount({ users, authorization: { users: ["service"], xkey: `SX${"A".repeat(56)}` } }),
  },
];

const LIMITS: readonly DiagnosticCase[] = [
  {
    name: "an account that exceeds its own limits",
    codes: ["NA1604", "NA1604", "NA1604", "NA1604", "NA1604"],
    find: inAccount({
      limits: { imports: 0, exports: 1, wildcardExports: false, disallowBearer: true },
      exports: [stream("a"), stream("b.*")],
      imports: [{ account: "B", ...stream("c") }],
      roles: { "a role": { bearer: true } },
      users: { u: { bearer: true }, v: { role: "a role" } },
    }),
  },
];

const JETSTREAM: readonly DiagnosticCase[] = [
  { name: "a JetStream limit of zero", codes: ["NA1605"], find: inAccount({ jetstream: { streams: 0 } }) },
  {
    name: "JetStream and a tier without storage",
    codes: ["NA1606", "NA1606"],
    find: () => [
      ...inAccount({ jetstream: { memoryStorage: 0, fileStorage: "0B" } })(),
      ...inAccount({ jetstream: { tiers: { R1: { memoryStorage: 0, fileStorage: 0 } } } })(),
    ],
  },
  {
    name: "a JetStream limit beside tiers",
    codes: ["NA1607"],
    find: inAccount({ jetstream: { tiers: { R1: {} }, streams: 1 } }),
  },
  { name: "an unknown JetStream tier", codes: ["NA1608"], find: inAccount({ jetstream: { tiers: { R6: {} } } }) },
  { name: "JetStream with an empty set of tiers", codes: ["NA1609"], find: inAccount({ jetstream: { tiers: {} } }) },
  {
    name: "an unknown account for JetStream traffic",
    codes: ["NA1003"],
    find: inAccount({ jetstream: { clusterTraffic: "mine" } }),
  },
];

const TRACE: readonly DiagnosticCase[] = [
  {
    name: "a trace destination with a wildcard",
    codes: ["NA1610"],
    find: inAccount({ trace: { destination: "a.*" } }),
  },
  { name: "an invalid trace destination", codes: ["NA1101"], find: inAccount({ trace: { destination: "a b" } }) },
  {
    name: "a trace sampling above 100",
    codes: ["NA1008"],
    find: inAccount({ trace: { destination: "a", sampling: 101 } }),
  },
];

/** Inputs that produce each code of the area. */
export const ACCOUNT_CASES: readonly DiagnosticCase[] = [...AUTHORIZATION, ...LIMITS, ...JETSTREAM, ...TRACE];
