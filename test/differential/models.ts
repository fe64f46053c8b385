import fc from "fast-check";
import type { Access } from "../../provider/model/access/access";
import type { AccountTerms } from "../../provider/model/account/account-terms";
import { accountDiagnostics } from "../../provider/model/account/account-checks";
import type { AccountDeclaration } from "../../provider/model/account/account";
import { clusterDiagnostics } from "../../provider/model/cluster/cluster";
import type { Export } from "../../provider/model/shares/exports";
import type { DeclaredImport } from "../../provider/model/shares/imports";
import { omitUndefined } from "../../provider/model/form/order";
import type { Revocations } from "../../provider/model/keys/revocations";
import type { UserTerms } from "../../provider/model/users/users";
import {
  ACCOUNT_NAMES,
  exported,
  jetstream,
  mappings,
  FREE_PERMISSIONS,
  FREE_USER,
  permissionsOver,
  renamedTo,
  subject,
  wantedOf,
} from "../support/arbitraries";
import { keyOf } from "../support/keys";
import { ELSEWHERE } from "../support/logins";
import { ISSUED_AT } from "../support/world";
import { access, drawnUser, responses, tags, type DrawnUser } from "./users";
import { without } from "./repair";
import { diagnosticsOf } from "./validation";

/** An import, generated before the exports of other accounts are known. */
interface DrawnImport {
  /** Selects one of the exports of other accounts. */
  readonly choice: number;
  /** Imports part of an export that has wildcards. */
  readonly narrow: boolean;
  /** Local subject: 0 the exported one, 1 a different one, 2 a different one with wildcard references. */
  readonly naming: number;
  readonly prefix: string;
  /** Sets the properties that only streams, or only services, have. */
  readonly flag: boolean;
}

/** An account, generated before the exports of other accounts are known. */
interface DrawnAccount {
  readonly users: readonly DrawnUser[];
  readonly roles: readonly Access[];
  readonly exports: readonly Export[];
  readonly imports: readonly DrawnImport[];
  readonly terms: AccountTerms;
}

const drawnImport: fc.Arbitrary<DrawnImport> = fc.record({
  choice: fc.nat(100),
  narrow: fc.boolean(),
  naming: fc.nat(2),
  prefix: fc.constantFrom("local", "a", "x.y"),
  flag: fc.boolean(),
});

const limits = fc.record(
  {
    connections: fc.nat(4),
    subscriptions: fc.nat(4),
    payload: fc.constantFrom(0, 1, 10, 2_000_000),
    leafNodes: fc.nat(1),
    data: fc.constant("1KiB"),
    imports: fc.nat(3),
    exports: fc.nat(3),
    wildcardExports: fc.boolean(),
    disallowBearer: fc.boolean(),
  },
  { requiredKeys: [] },
);

/** Revocation times by user name: some revoke the user's current token, some only older ones. */
const revocations = fc
  .uniqueArray(fc.tuple(fc.constantFrom("*", "first", "second user", "stranger"), fc.boolean()), {
    selector: ([name]) => name,
    maxLength: 3,
  })
  .map((drawn) =>
    Object.fromEntries(drawn.map(([name, now]) => [name, name === "*" || !now ? ISSUED_AT - 1 : ISSUED_AT])),
  );

/** Account terms. Each is rare, since limits prevent most other trials. */
const terms: fc.Arbitrary<AccountTerms> = fc
  .record({
    limits: seldom(limits),
    jetstream: seldom(jetstream),
    mappings: seldom(mappings),
    trace: seldom(fc.record({ destination: fc.constant("traces"), sampling: fc.constantFrom(1, 100) })),
    defaultPermissions: seldom(permissionsOver(subject, subject, responses)),
    tags: seldom(tags),
    signingKeys: seldom(fc.constant([keyOf("account", ELSEWHERE)])),
    revocations: seldom(revocations),
    description: seldom(fc.constant("described")),
    infoUrl: seldom(fc.constant("https://example.org/account")),
  })
  .map((drawn) => omitUndefined<AccountTerms>(drawn));

function seldom<T>(what: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: what });
}

const drawnAccount: fc.Arbitrary<DrawnAccount> = fc.record({
  users: fc.array(drawnUser, { maxLength: 3 }),
  roles: fc.array(access, { maxLength: 2 }),
  exports: fc.array(exported, { maxLength: 4 }),
  imports: fc.array(drawnImport, { maxLength: 5 }),
  terms,
});

/** Number of times an invalid model is repaired before it is discarded. */
const TURNS = 4;

/** One name has a space, which subjects cannot contain, so that templates are filled in with valid and invalid tokens. */
const USERS = ["first", "second user", "third"];

/**
 * Valid models with a few accounts. Removes invalid parts instead of discarding the whole model. Shrinks part by part.
 */
export const models: fc.Arbitrary<AccountDeclaration[]> = fc
  .array(drawnAccount, { minLength: 1, maxLength: ACCOUNT_NAMES.length })
  .map((drawn) => repaired(drawn.map((account, index) => accountOf(account, ACCOUNT_NAMES[index] ?? "", drawn))))
  .filter((model) => diagnosticsOf(model).length === 0);

function accountOf(drawn: DrawnAccount, name: string, all: readonly DrawnAccount[]): AccountDeclaration {
  const roles = drawn.roles.map((role, index) => [`role ${index}`, role] as const);
  const users = drawn.users.map((user, index) => [USERS[index] ?? "", userOf(user, roles.length)] as const);
  const offers = all.flatMap(({ exports }, index) =>
    ACCOUNT_NAMES[index] === name ? [] : exports.map((entry) => ({ ...entry, account: ACCOUNT_NAMES[index] ?? "" })),
  );
  return {
    ...drawn.terms,
    ...(drawn.terms.revocations === undefined ? {} : { revocations: byKeys(drawn.terms.revocations, name) }),
    name,
    users: { [FREE_USER]: { permissions: FREE_PERMISSIONS }, ...Object.fromEntries(users) },
    roles: Object.fromEntries(roles),
    exports: drawn.exports,
    imports: drawn.imports.flatMap((entry) => importOf(entry, offers)),
  };
}

/** Returns revocations by the public keys of an account's users. */
function byKeys(drawn: Revocations, account: string): Revocations {
  const keyed = Object.entries(drawn).map(([user, moment]) => {
    return [user === "*" ? user : keyOf("user", `${account}/${user}`), moment] as const;
  });
  return Object.fromEntries(keyed);
}

function userOf({ access: own, role, tags: said }: DrawnUser, roles: number): UserTerms {
  return {
    ...(role === undefined || roles === 0 ? own : { role: `role ${role % roles}` }),
    ...(said === undefined ? {} : { tags: said }),
  };
}

function importOf(drawn: DrawnImport, offers: readonly (Export & { account: string })[]): DeclaredImport[] {
  const offer = offers[drawn.choice % Math.max(1, offers.length)];
  if (offer === undefined) {
    return [];
  }
  const wanted = wantedOf(offer, drawn.narrow);
  const flag = offer.type === "stream" ? { allowTrace: drawn.flag } : { share: drawn.flag };
  const terms = { account: offer.account, subject: wanted, type: offer.type, ...flag };
  const localSubject = renamedTo(wanted, drawn.prefix, drawn.naming === 2);
  return [drawn.naming === 0 ? terms : { ...terms, localSubject }];
}

/** Removes the invalid parts of a model. Repeats this, since removing one part can invalidate another. */
function repaired(model: readonly AccountDeclaration[]): AccountDeclaration[] {
  let current = [...model];
  for (let turn = 0; turn < TURNS && diagnosticsOf(current).length > 0; turn += 1) {
    const between = clusterDiagnostics(current);
    current = current.map((account, index) => {
      const place = new RegExp(`^accounts\\[${index}\\](\\(".*?"\\))?\\.`);
      const fromOutside = between.filter(({ path }) => place.test(path)).map(({ path }) => path.replace(place, ""));
      return without(account, [...accountDiagnostics(account).map(({ path }) => path), ...fromOutside]);
    });
  }
  return current;
}
