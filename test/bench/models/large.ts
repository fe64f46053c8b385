import { Codec } from "nkeys.js/lib/codec";
import { Prefix } from "nkeys.js/lib/nkeys";
import { accountClaims, scopedUserClaims } from "../../../provider/jwt/claims";
import type { Claims } from "../../../provider/jwt/sign";
import { normalizeAccount, type Account, type AccountDeclaration } from "../../../provider/model/account/account";
import type { Model } from "../../../provider/model/cluster/cluster";

/** Size of a model. */
export interface Sizes {
  readonly accounts: number;
  readonly users: number;
}

/** A model in three forms: as declared by a program, with keys, and as claims. */
export interface LargeModel {
  readonly declared: readonly AccountDeclaration[];
  readonly model: Model;
  readonly claims: readonly Claims[];
}

const PREFIXES = { account: Prefix.Account, user: Prefix.User };

/** Returns a public key without a seed, derived from a number. */
function keyOf(kind: keyof typeof PREFIXES, number: number): string {
  const bytes = new Uint8Array(32);
  new DataView(bytes.buffer).setUint32(0, number);
  return new TextDecoder().decode(Codec.encode(PREFIXES[kind], bytes));
}

function declare(index: number, { accounts, users }: Sizes): AccountDeclaration {
  const before = (index + accounts - 1) % accounts;
  const own = Array.from({ length: users / accounts }, (_, user): [string, object] => [
    `user ${user}`,
    user % 2 === 0
      ? { role: "reader", tags: [`team:${user}`] }
      : { permissions: { publish: { allow: ["a.>", "b.*"], deny: ["a.secret"] }, subscribe: { allow: ["_INBOX.>"] } } },
  ]);
  return {
    name: `account ${index}`,
    limits: { connections: 100 },
    exports: [
      { subject: `service.${index}.>`, type: "service" },
      { subject: `stream.${index}.*`, type: "stream", importers: [`account ${(index + 1) % accounts}`] },
    ],
    imports: [{ account: `account ${before}`, subject: `service.${before}.>`, type: "service" }],
    roles: { reader: { permissions: { subscribe: { allow: ["orders.{{subject()}}.>", "team.{{tag(team)}}.>"] } } } },
    users: Object.fromEntries(own),
  };
}

function keyed({ users = {}, roles = {}, ...declared }: AccountDeclaration, index: number, sizes: Sizes): Account {
  const first = index * (sizes.users / sizes.accounts);
  const ofUsers = Object.entries(users).map(([name, user], at) => {
    const keys = {
      publicKey: keyOf("user", first + at),
      signingKey: keyOf("account", 2 * sizes.accounts + first + at),
    };
    return [name, { ...user, ...keys }] as const;
  });
  const signingKey = keyOf("account", sizes.accounts + index);
  return {
    ...declared,
    publicKey: keyOf("account", index),
    imports: (declared.imports ?? []).map((entry) => ({
      ...entry,
      account: keyOf("account", Number(entry.account.slice("account ".length))),
    })),
    roles: Object.fromEntries(Object.entries(roles).map(([name, role]) => [name, { ...role, signingKey }])),
    users: Object.fromEntries(ofUsers),
  };
}

/** Returns a model with many accounts, each importing from the previous one, and many users, half of them with a role. */
export function largeModel(sizes: Sizes): LargeModel {
  const declared = Array.from({ length: sizes.accounts }, (_, index) => declare(index, sizes));
  const accounts = declared.map((account, index) => keyed(account, index, sizes));
  return {
    declared,
    model: { operator: "operator", systemAccount: keyOf("account", 0), accounts },
    claims: accounts.flatMap(claimsOf),
  };
}

/** The claims of an account and of its users. */
export function claimsOf(account: Account): Claims[] {
  const users = Object.entries(account.users).map(([name, { publicKey, tags = [] }]) =>
    scopedUserClaims({ name, publicKey, account: account.publicKey, tags }),
  );
  return [accountClaims(normalizeAccount(account)), ...users];
}
