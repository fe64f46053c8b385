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

/** Anything that is not there as often as it is. */
function perhaps<T extends object>(all: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<Partial<T>> {
  return fc.record(all, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>;
}

const count = fc.oneof(fc.constant(0), fc.nat(), fc.constant(2 ** 31 - 1));
const time = fc
  .tuple(fc.nat(23), fc.nat(59), fc.nat(59))
  .map((parts) => parts.map((n) => String(n).padStart(2, "0")).join(":"));
/** What is not the default, which tokens need not say. */
const responses = perhaps<NonNullable<NonNullable<Access["permissions"]>["responses"]>>({
  max: fc.oneof(fc.integer({ min: 2, max: 2 ** 31 - 1 }), fc.constant("unlimited" as const)),
  expires: fc.constantFrom("1ns", "1500ms", "5s", "1h30m", "100d", "never", 7),
});

/** What one may do, with everything that there is to say. */
export const access: fc.Arbitrary<Access> = perhaps<Access>({
  permissions: fc
    .tuple(permissions, fc.option(responses))
    .map(([own, resp]) => ({ ...own, ...(resp && { responses: resp }) })),
  limits: perhaps({
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
/** A name that is not the subject, as which it would say nothing. */
const ownName = name.map((text) => `the ${text}`);
const info = { description: name, infoUrl: fc.constant("https://example.com/") };

const role = fc
  .tuple(access, perhaps({ description: name }), fc.nat())
  .map(([own, said, key]): Role => ({ ...own, ...said, signingKey: keyOf("account", `role ${key}`) }));

const shared: fc.Arbitrary<Export> = fc
  .tuple(
    exported,
    perhaps({ name: ownName, ...info }),
    fc.dictionary(fc.constantFrom("*", keyOf("account", "B")), count),
  )
  .map(([entry, said, revoked]) => ({ ...entry, ...said, ...(entry.importers && { revocations: revoked }) }));

const imported: fc.Arbitrary<Import> = fc
  .tuple(
    subject,
    subject,
    perhaps({ name: ownName, token: fc.constant("a token") }),
    fc.constantFrom("stream", "service"),
    fc.boolean(),
    fc.boolean(),
  )
  .map(([from, local, said, type, hasLocal, extra]): Import => {
    const more = type === "service" ? { share: extra } : { allowTrace: extra };
    return {
      account: keyOf("account", "exporter"),
      subject: from,
      type,
      ...(hasLocal ? { localSubject: local } : {}),
      ...said,
      ...more,
    };
  });

/** Accounts and users by their keys; the token does not say which of the signing keys is the service's. */
const authorization = fc
  .tuple(
    fc.uniqueArray(
      fc.constantFrom("1", "2").map((key) => keyOf("user", key)),
      { minLength: 1 },
    ),
    perhaps({
      allowedAccounts: fc.oneof(fc.constant("*" as const), fc.uniqueArray(fc.constantFrom(keyOf("account", "B")))),
      xkey: fc.constant("XBDDX2XPWUWGRVHQRWGLHFXH23OTZTX4Q3PUT3SRRY6IJGEUB2UB5H6W"),
    }),
  )
  .map(([users, more]): Authorization => ({ users, ...more }));

/** An account that says everything that there is to say, valid or not, without users. */
export const wholeAccount: fc.Arbitrary<Account> = fc
  .tuple(
    name,
    perhaps<Omit<Account, "name" | "publicKey" | "users">>({
      roles: fc.dictionary(name, role, { maxKeys: 4 }),
      exports: fc.array(shared, { maxLength: 4 }),
      imports: fc.array(imported, { maxLength: 4 }),
      defaultPermissions: permissions,
      signingKeys: fc.uniqueArray(fc.constantFrom("1", "2", "3").map((key) => keyOf("account", key))),
      tags: fc.uniqueArray(fc.constantFrom("a", "b:c", "ü")),
      limits: perhaps({
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
