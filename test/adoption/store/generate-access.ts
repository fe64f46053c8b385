import fc from "fast-check";
import { permissionsOver, subject } from "../../support/arbitraries";
import { seldom } from "../generate";
import { UNLIMITED } from "./tokens";

const queued = fc.tuple(subject, fc.constantFrom("q", "other")).map((parts) => parts.join(" "));
const subscribable = fc.oneof({ weight: 4, arbitrary: subject }, { weight: 1, arbitrary: queued });

/** Response permissions as in JWTs: zero stands for the default, a negative number for unlimited. */
const responses = fc.record({
  max: fc.constantFrom(0, 1, 2, -1),
  ttl: fc.constantFrom(0, 3_600e9, -1),
});

/** Permissions as in JWTs; empty lists and objects are what nsc writes for none. */
const permissions = fc
  .tuple(permissionsOver(subject, subscribable), seldom(responses))
  .map(([{ publish, subscribe }, resp]): Record<string, unknown> => ({
    ...(publish === undefined ? {} : { pub: publish }),
    ...(subscribe === undefined ? {} : { sub: subscribe }),
    ...(resp === undefined ? {} : { resp }),
  }));

const limit = fc.constantFrom(0, 1, 2, 3, -1, null);

/** Limits of a user; null is absent. */
const limits = fc.record(
  { subs: limit, payload: fc.constantFrom(0, 1, 10, 1024, -1, null), data: fc.constantFrom(0, 100, -1, null) },
  { requiredKeys: [] },
);

/** What restricts where, when and how a user logs in. */
const restrictions = fc.record(
  {
    src: fc.constantFrom<unknown[]>(
      ["127.0.0.0/8"],
      ["10.0.0.0/8"],
      ["10.0.0.0/8", "127.0.0.1/32"],
      "127.0.0.0/8,::1/128",
    ),
    times: fc.constantFrom(
      [{ start: "00:00:00", end: "23:59:59" }],
      [{ start: "00:00:00", end: "00:00:01" }],
      [
        { start: "00:00:00", end: "00:00:01" },
        { start: "00:00:00", end: "23:59:59" },
      ],
    ),
    times_location: fc.constantFrom("UTC", "Europe/Berlin"),
    bearer_token: fc.boolean(),
    allowed_connection_types: fc.constantFrom(
      ["STANDARD"],
      ["WEBSOCKET"],
      ["STANDARD", "MQTT"],
      ["standard"],
      ["STANDARD", "UNHEARD_OF"],
    ),
  },
  { requiredKeys: [] },
);

/** Permissions, limits and restrictions of a user. */
export const accessClaims: fc.Arbitrary<Record<string, unknown>> = fc
  .tuple(seldom(permissions, 1), seldom(limits, 4), seldom(restrictions, 4))
  .map((parts) => Object.assign({}, UNLIMITED, ...parts.map((part) => part ?? {})) as Record<string, unknown>);

/** The template of a role. Tools other than nsc leave out limits. */
export const template: fc.Arbitrary<Record<string, unknown>> = fc
  .tuple(seldom(permissions, 1), fc.oneof(limits, fc.constant(UNLIMITED)), seldom(restrictions, 4), fc.boolean())
  .map(([own, limited, restricted, complete]) =>
    withoutNulls({ ...(complete ? UNLIMITED : {}), ...own, ...limited, ...restricted }),
  );

function withoutNulls(claims: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== null));
}

/** The claims of a user with the scope of a signing key. */
export function SCOPED(claims: Record<string, unknown>): Record<string, unknown> {
  return claims.tags === undefined ? {} : { tags: claims.tags };
}

/** The claims of a user that may do everything. */
export const FREE_CLAIMS = { ...UNLIMITED, pub: { allow: [">"] }, sub: { allow: [">"] } };

const bytes = fc.constantFrom(-1, 1_048_576, 0);

/** Limits of JetStream, as in JWTs. */
export const jetstreamLimits = fc.record({
  mem_storage: bytes,
  disk_storage: bytes,
  streams: fc.constantFrom(-1, 0, 2),
  consumer: fc.constantFrom(-1, 0, 2),
  max_ack_pending: fc.constantFrom(-1, 0),
  mem_max_stream_bytes: fc.constantFrom(-1, 0),
  disk_max_stream_bytes: fc.constantFrom(-1, 0),
});
