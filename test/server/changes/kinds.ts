import type { AccountDeclaration } from "../../../provider/model/account/account";
import type { Side } from "../../../provider/servers/places";
import { keyOf } from "../../support/keys";
import { ISSUED_AT } from "../../support/world";

/** The accounts of a program by name, without the system account. */
export type Accounts = Readonly<Record<string, Omit<AccountDeclaration, "name">>>;

/** Whom a server disconnects: how many clients of which user (`account/user`). */
export type Lost = Readonly<Record<string, number>>;

/** Fewest and most clients of account A that a server disconnects: which ones is chance. */
export type Some = readonly [fewest: number, most: number];

/** A kind of change, and whose clients each server disconnects for it. */
export interface Kind {
  readonly what: string;
  /** The accounts before. @default {@link USUAL} */
  readonly before?: Accounts;
  /** The accounts afterwards. @default as before */
  readonly after?: Accounts;
  /** Users whose JWTs are revoked afterwards, since they have left a role of A: the claims remember them. */
  readonly left?: readonly string[];
  /** The password of the routes afterwards. @default as before */
  readonly routePassword?: string;
  readonly disconnected: Readonly<Record<Side, { readonly words: string; readonly lost: Lost | Some }>>;
}

const plain = {};
const narrow = { permissions: { publish: { allow: ["news.a", "news.b"] } } };
const reads = { role: "reader" };
const other = {};

const A = {
  exports: [{ subject: "ask.>", type: "service" }],
  roles: { reader: { permissions: { subscribe: { allow: ["news.>", "_INBOX.>"] } } } },
  users: { plain, narrow, reads },
} satisfies Accounts[string];
const B = {
  imports: [{ account: "A", subject: "ask.>", type: "service" }],
  users: { other },
} satisfies Accounts[string];
const ALONE = { users: { other } } satisfies Accounts[string];

/** What is there before a change, unless it says otherwise. */
export const USUAL: Accounts = { A, B };

/** How many clients each user has on each server: 20 in all, 12 of account A and 8 of account B. */
export const CLIENTS = { "A/plain": 4, "A/narrow": 4, "A/reads": 4, "B/other": 8 } as const;

const NOBODY = { words: "nobody", lost: {} };

function onBoth(words: string, lost: Lost | Some): Kind["disconnected"] {
  return { static: { words, lost }, operator: { words, lost } };
}

function onOperator(words: string, lost: Lost): Kind["disconnected"] {
  return { static: NOBODY, operator: { words, lost } };
}

const nobody = onBoth(NOBODY.words, NOBODY.lost);

/** A, with other things in the place of some. */
const withA = (changes: Accounts[string]): Accounts => ({ A: { ...A, ...changes }, B });

const allowing = (...allow: string[]) => ({ permissions: { publish: { allow } } });
const theirs = "the user's clients";

/** Every kind of change, in the order of the documentation. */
export const KINDS: readonly Kind[] = [
  { what: "an account is added", after: { A, B, C: { users: { new: {} } } }, disconnected: nobody },
  { what: "an account is taken out", after: { A }, disconnected: onBoth("its clients", { "B/other": 8 }) },
  { what: "a user is added", after: withA({ users: { ...A.users, new: {} } }), disconnected: nobody },
  {
    what: "a user is taken out",
    after: withA({ users: { narrow, reads } }),
    disconnected: onBoth(theirs, { "A/plain": 4 }),
  },
  {
    what: "a user may do more",
    after: withA({ users: { ...A.users, narrow: allowing("news.>") } }),
    disconnected: onOperator(`${theirs}, who come back with the same credentials`, { "A/narrow": 4 }),
  },
  {
    what: "a user may do less",
    after: withA({ users: { ...A.users, narrow: allowing("news.a") } }),
    disconnected: onOperator(`${theirs}, who come back with the same credentials`, { "A/narrow": 4 }),
  },
  {
    what: "users without permissions may do more or less (`defaultPermissions`)",
    after: withA({ defaultPermissions: { publish: { deny: ["secret"] } } }),
    disconnected: nobody,
  },
  { what: "a role is added", after: withA({ roles: { ...A.roles, writer: {} } }), disconnected: nobody },
  {
    what: "a role may do more or less",
    after: withA({ roles: { reader: { permissions: { subscribe: { allow: ["_INBOX.>"] } } } } }),
    disconnected: onOperator("the clients of its users, who come back with the same credentials", { "A/reads": 4 }),
  },
  {
    what: "a user gets a role",
    after: withA({ users: { ...A.users, plain: { role: "reader" } } }),
    disconnected: onOperator(`${theirs}: they need the new credentials`, { "A/plain": 4 }),
  },
  {
    what: "a user leaves its role",
    after: withA({ users: { ...A.users, reads: {} } }),
    left: ["reads"],
    disconnected: onOperator(`${theirs}: they need the new credentials`, { "A/reads": 4 }),
  },
  {
    what: "a role is taken out, with its users",
    after: withA({ roles: {}, users: { plain, narrow } }),
    disconnected: onBoth("the clients of its users", { "A/reads": 4 }),
  },
  {
    what: "an export is added",
    after: withA({ exports: [...A.exports, { subject: "news.>", type: "stream" }] }),
    disconnected: nobody,
  },
  {
    what: "an export is taken out",
    before: { A, B: ALONE },
    after: { A: { ...A, exports: [] }, B: ALONE },
    disconnected: nobody,
  },
  { what: "an import is added", before: { A, B: ALONE }, after: { A, B }, disconnected: nobody },
  { what: "an import is taken out", after: { A, B: ALONE }, disconnected: nobody },
  {
    what: "limits are raised, or lowered to what is in use",
    before: withA({ limits: { connections: 40, subscriptions: 40, payload: 2000 } }),
    after: withA({ limits: { connections: 24, subscriptions: 80, payload: 1000 } }),
    disconnected: nobody,
  },
  {
    what: "`limits.connections` is lowered below the account's clients on both servers together",
    after: withA({ limits: { connections: 5 } }),
    disconnected: onBoth("as many of its clients as are too many, or more, up to all", [7, 12]),
  },
  {
    what: "a user's JWTs are revoked (`revocations`)",
    after: withA({ revocations: { [keyOf("user", "A/plain")]: ISSUED_AT } }),
    disconnected: onBoth(theirs, { "A/plain": 4 }),
  },
  {
    what: "all JWTs of an account are revoked",
    after: withA({ revocations: { "*": ISSUED_AT } }),
    disconnected: onBoth("the account's clients", { "A/plain": 4, "A/narrow": 4, "A/reads": 4 }),
  },
  {
    what: "descriptions, tags of accounts",
    after: withA({ tags: ["some"], description: "other" }),
    disconnected: nobody,
  },
  { what: "the routes' password", routePassword: "0d107d09f5bbe40cade3de5c71e9e9b7", disconnected: nobody },
];
