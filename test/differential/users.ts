import fc from "fast-check";
import type { Access } from "../../provider/model/access/access";
import type { Responses } from "../../provider/model/access/responses";
import { permissions, permissionsOver, subject } from "../support/arbitraries";
import { ALL_DAY } from "./reference/logins";
import { SOON } from "./trials/answers";

/** A user, generated before the roles of its account are known. */
export interface DrawnUser {
  readonly access: Access;
  /** Selects a role instead of the access, if the account has roles. */
  readonly role: number | undefined;
  readonly tags: readonly string[] | undefined;
}

/** Tags with one value, several values, a wildcard, and values that are not valid in a subject. */
export const tags = fc.uniqueArray(
  fc.constantFrom("team:blue", "team:red", "team:*", "team:a.b", "team:a b", "region:eu", "plain", "odd:{{name()}}"),
  { maxLength: 4 },
);

const template = fc.constantFrom(
  "{{name()}}",
  "{{subject()}}",
  "{{tag(team)}}",
  "{{tag(region)}}",
  "{{account-name()}}",
  "{{account-subject()}}",
  "{{account-tag(team)}}",
  "{{account-tag(odd)}}",
  "pre-{{tag(team)}}",
);

const templated = fc
  .tuple(fc.array(fc.constantFrom("a", "b", "*"), { maxLength: 1 }), fc.array(template, { minLength: 1, maxLength: 2 }))
  .chain(([before, templates]) =>
    fc.constantFrom([], ["x"], [">"]).map((after) => [...before, ...templates, ...after].join(".")),
  );

/** Response permissions that never expire, expire late, or expire too soon. */
export const responses: fc.Arbitrary<Responses> = fc.record(
  {
    max: fc.constantFrom<NonNullable<Responses["max"]>[]>(1, 2, 3, "unlimited"),
    expires: fc.constantFrom<NonNullable<Responses["expires"]>[]>("1h", 600, "never", SOON),
  },
  { requiredKeys: [] },
);

/** Permissions of a user, mostly without templates, sometimes with templates or responses. */
const userPermissions = fc.oneof(
  { weight: 3, arbitrary: permissions },
  { weight: 1, arbitrary: permissionsOver(subject, subject, responses) },
  { weight: 2, arbitrary: templatedPermissions() },
);

function templatedPermissions() {
  const some = fc.oneof({ weight: 2, arbitrary: templated }, { weight: 1, arbitrary: subject });
  return permissionsOver(some, some, responses);
}

/** Restrictions of a user's logins and usage. Rare, since most of them block a user. */
const restrictions: fc.Arbitrary<Access> = fc.record(
  {
    limits: fc.record(
      { subscriptions: fc.nat(4), payload: fc.constantFrom(0, 10, "1KiB"), data: fc.constantFrom(0, "1GiB") },
      { requiredKeys: [] },
    ),
    sourceNetworks: fc.uniqueArray(fc.constantFrom("127.0.0.0/8", "10.0.0.0/8", "127.0.0.1/32", "::1/128"), {
      minLength: 1,
      maxLength: 2,
    }),
    times: fc.record({
      ranges: fc.uniqueArray(fc.constantFrom(ALL_DAY, { start: "00:00:00", end: "00:00:01" }), {
        minLength: 1,
        maxLength: 2,
      }),
      zone: fc.constant("UTC"),
    }),
    connectionTypes: fc.uniqueArray(fc.constantFrom("STANDARD", "WEBSOCKET", "MQTT"), { minLength: 1 }),
    bearer: fc.boolean(),
    proxyRequired: fc.boolean(),
  },
  { requiredKeys: [] },
);

/** Access of a user or a role. */
export const access: fc.Arbitrary<Access> = fc
  .tuple(
    fc.option(userPermissions, { nil: undefined, freq: 6 }),
    fc.oneof({ weight: 5, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: restrictions }),
  )
  .map(([own, restricted]) => ({ ...restricted, ...(own === undefined ? {} : { permissions: own }) }));

/** A user with or without a role, with or without tags. */
export const drawnUser: fc.Arbitrary<DrawnUser> = fc.record({
  access,
  role: fc.option(fc.nat(10), { nil: undefined, freq: 3 }),
  tags: fc.option(tags, { nil: undefined }),
});
