import fc from "fast-check";
import type { Access } from "../../provider/model/access/access";
import type { Account } from "../../provider/model/account/account";
import type { Authorization } from "../../provider/model/account/authorization";
import { CONNECTION_TYPES } from "../../provider/model/access/connection-types";
import type { Export } from "../../provider/model/shares/exports";
import type { Import } from "../../provider/model/shares/imports";
import type { Role } from "../../provider/model/users/roles";
import { exported, hostileText, jetstream, mappings, permissions, subject } from "../support/arbitraries";
import { keyOf } from "../support/keys";

/** An object of which each property is optional. */
function optional<T extends object>(all: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<Partial<T>> {
  return fc.record(all, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>;
}

const count = fc.oneof(fc.constant(0), fc.nat(), fc.constant(2 ** 31 - 1));
const time = fc
  .tuple(fc.nat(23), fc.nat(59), fc.nat(59))
  .map((parts) => parts.map((n) => String(n).padStart(2, "0")).join(":"));
/** Response permissions other than the default, which JWTs can omit. */
const responses = optional<NonNullable<NonNullable<Access["permissions"]>["responses"]>>({
  max: fc.oneof(fc.integer({ min: 2, max: 2 ** 31 - 1 }), fc.constant("unlimited" as const)),
  expires: fc.constantFrom("1ns", "1500ms", "5s", "1h30m", "100d", "never", 7),
});

/** Access with every term. */
export const access: fc.Arbitrary<Access> = optional<Access>({
  permissions: fc
    .tuple(permissions, fc.option(responses))
    .map(([own, resp]) => ({ ...own, ...(resp && { responses: resp }) })),
  limits: optional({
    subscriptions: count,
    payload: fc.oneof(count, fc.constant("1KiB")),
    data: fc.constantFrom(0, "1GiB", 2 ** 53 - 1),
  }),
  sourceNetworks: fc.uniqueArray(fc.constantFrom("10.0.0.0/8", "127.0.0.1/32", "fe80::/10"), { minLength: 1 }),
  times: fc
    .tuple(
      fc.array(fc.record({ start: time, end: time }), { minLength: 1, maxLength: 3 }),
      fc.option(fc.constantFrom("UTC", "Europe/Berlin")),
    )
    .map(([ranges, zone]) => ({ ranges, ...(zone === null ? {} : { zone }) })),
  connectionTypes: fc.uniqueArray(fc.constantFrom(...CONNECTION_TYPES), { minLength: 1 }),
  bearer: fc.boolean(),
  proxyRequired: fc.boolean(),
});

const name = hostileText.filter((text) => text.isWellFormed() && text.trim() !== "");
/** A name that differs from the subject, which is the default. */
const ownName = name.map((text) => `the ${text}`);
const info = { description: name, infoUrl: fc.constant("https://example.com/") };

/** Roles with a signing key each. */
const roles = fc
  .dictionary(name, fc.tuple(access, optional({ description: name })), { maxKeys: 4 })
  .map((drawn) =>
    Object.fromEntries(
      Object.entries(drawn).map(([called, [own, terms]], index): [string, Role] => [
        called,
        { ...own, ...terms, signingKey: keyOf("account", `role ${index}`) },
      ]),
    ),
  );

const shared: fc.Arbitrary<Export> = fc
  .tuple(
    exported,
    optional({ name: ownName, ...info }),
    fc.dictionary(fc.constantFrom("*", keyOf("account", "B")), count),
  )
  .map(([entry, terms, revoked]) => ({ ...entry, ...terms, ...(entry.importers && { revocations: revoked }) }));

const imported: fc.Arbitrary<Import> = fc
  .tuple(
    subject,
    subject,
    optional({ name: ownName, token: fc.constant("a token") }),
    fc.constantFrom("stream", "service"),
    fc.boolean(),
    fc.boolean(),
  )
  .map(([from, local, terms, type, hasLocal, extra]): Import => {
    const more = type === "service" ? { share: extra } : { allowTrace: extra };
    return {
      account: keyOf("account", "exporter"),
      subject: from,
      type,
      ...(hasLocal ? { localSubject: local } : {}),
      ...terms,
      ...more,
    };
  });

/** Accounts and users by their keys. The JWT does not tell which signing key is the service's. */
const authorization = fc
  .tuple(
    fc.uniqueArray(
      fc.constantFrom("1", "2").map((key) => keyOf("user", key)),
      { minLength: 1 },
    ),
    optional({
      allowedAccounts: fc.oneof(fc.constant("*" as const), fc.uniqueArray(fc.constantFrom(keyOf("account", "B")))),
      xkey: fc.constant("XBDDX2XPWUWGRVHQRWGLHFXH23OTZTX4Q3PUT3SRRY6IJGEUB2UB5H6W"),
    }),
  )
  .map(([users, more]): Authorization => ({ users, ...more }));

/** An account with every term, valid or not, without users. */
export const wholeAccount: fc.Arbitrary<Account> = fc
  .tuple(
    name,
    optional<Omit<Account, "name" | "publicKey" | "users">>({
      roles,
      exports: fc.array(shared, { maxLength: 4 }),
      imports: fc.array(imported, { maxLength: 4 }),
      defaultPermissions: permissions,
      signingKeys: fc.uniqueArray(fc.constantFrom("1", "2", "3").map((key) => keyOf("account", key))),
      tags: fc.uniqueArray(fc.constantFrom("a", "b:c", "ü")),
      limits: optional({
        connections: count,
        leafNodes: count,
        subscriptions: count,
        payload: count,
        data: count,
        imports: count,
        exports: count,
        wildcardExports: fc.boolean(),
        disallowBearer: fc.boolean(),
      }),
      jetstream,
      mappings,
      trace: fc.record({ destination: subject }),
      authorization,
      ...info,
    }),
  )
  .map(([own, rest]): Account => ({ name: own, publicKey: keyOf("account", "whole"), users: {}, ...rest }));
