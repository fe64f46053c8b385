import type { AccountDeclaration } from "../../../provider/model/account/account";
import type { ServerSettings } from "../../../provider/model/cluster/server-settings";
import { keyOf } from "../../support/keys";
import type { Side } from "../../support/sides";
import { ISSUED_AT } from "../../support/world";

/** Accounts of a program by name, without the system account. */
export type Accounts = Readonly<Record<string, Omit<AccountDeclaration, "name">>>;

/** Number of disconnected clients by user (`account/user`). */
export type Lost = Readonly<Record<string, number>>;

/** Fewest and most clients of account A that a server disconnects. Which ones is nondeterministic. */
export type Some = readonly [fewest: number, most: number];

/** A kind of change, and the clients that each server disconnects for it. */
export interface Kind {
  readonly what: string;
  /** The accounts before. @default {@link USUAL} */
  readonly before?: Accounts;
  /** The accounts afterwards. @default as before */
  readonly after?: Accounts;
  /** Users whose JWTs are revoked afterwards, because they left a role of A. */
  readonly left?: readonly string[];
  /** The settings of both servers afterwards. @default none */
  readonly settings?: ServerSettings;
  /** The route password afterwards. @default as before */
  readonly routePassword?: string;
  /** What happens to streams, in words. @default they are kept */
  readonly streams?: string;
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

/** Default accounts before a change. */
export const USUAL: Accounts = { A, B };

/** Number of clients of each user on each server: 20 in total, 12 of account A and 8 of account B. */
export const CLIENTS = { "A/plain": 4, "A/narrow": 4, "A/reads": 4, "B/other": 8 } as const;

const NONE = { words: "none", lost: {} };

function onBoth(words: string, lost: Lost | Some): Kind["disconnected"] {
  return { static: { words, lost }, operator: { words, lost } };
}

function onOperator(words: string, lost: Lost): Kind["disconnected"] {
  return { static: NONE, operator: { words, lost } };
}

const none = onBoth(NONE.words, NONE.lost);

/** Returns the usual accounts, with some properties of A replaced. */
const withA = (changes: Accounts[string]): Accounts => ({ A: { ...A, ...changes }, B });

const allowing = (...allow: string[]) => ({ permissions: { publish: { allow } } });
const theirs = "the user's clients";

/** Every kind of change, in the order of the documentation. */
export const KINDS: readonly Kind[] = [
  { what: "an account is added", after: { A, B, C: { users: { new: {} } } }, disconnected: none },
  {
    what: "an account is removed",
    after: { A },
    streams: "refused if it has streams, unless `discardStreams` lists the account: its streams are then deleted",
    disconnected: onBoth("its clients", { "B/other": 8 }),
  },
  { what: "a user is added", after: withA({ users: { ...A.users, new: {} } }), disconnected: none },
  {
    what: "a user is removed",
    after: withA({ users: { narrow, reads } }),
    disconnected: onBoth(theirs, { "A/plain": 4 }),
  },
  {
    what: "a user's permissions are extended",
    after: withA({ users: { ...A.users, narrow: allowing("news.>") } }),
    disconnected: onOperator(`${theirs}, which reconnect with the same credentials`, { "A/narrow": 4 }),
  },
  {
    what: "a user's permissions are reduced",
    after: withA({ users: { ...A.users, narrow: allowing("news.a") } }),
    disconnected: onOperator(`${theirs}, which reconnect with the same credentials`, { "A/narrow": 4 }),
  },
  {
    what: "the default permissions change (`defaultPermissions`)",
    after: withA({ defaultPermissions: { publish: { deny: ["secret"] } } }),
    disconnected: none,
  },
  { what: "a role is added", after: withA({ roles: { ...A.roles, writer: {} } }), disconnected: none },
  {
    what: "a role's permissions change",
    after: withA({ roles: { reader: { permissions: { subscribe: { allow: ["_INBOX.>"] } } } } }),
    disconnected: onOperator("the clients of its users, which reconnect with the same credentials", { "A/reads": 4 }),
  },
  {
    what: "a user joins a role",
    after: withA({ users: { ...A.users, plain: { role: "reader" } } }),
    disconnected: onOperator(`${theirs}, which need the new credentials`, { "A/plain": 4 }),
  },
  {
    what: "a user leaves its role",
    after: withA({ users: { ...A.users, reads: {} } }),
    left: ["reads"],
    disconnected: onOperator(`${theirs}, which need the new credentials`, { "A/reads": 4 }),
  },
  {
    what: "a user or role becomes a bearer (`bearer`)",
    after: withA({ roles: { reader: { ...A.roles.reader, bearer: true } } }),
    left: ["reads"],
    disconnected: onOperator(`${theirs}, which need the new credentials`, { "A/reads": 4 }),
  },
  {
    what: "a role and its users are removed",
    after: withA({ roles: {}, users: { plain, narrow } }),
    disconnected: onBoth("the clients of its users", { "A/reads": 4 }),
  },
  {
    what: "an export is added",
    after: withA({ exports: [...A.exports, { subject: "news.>", type: "stream" }] }),
    disconnected: none,
  },
  {
    what: "an export is removed",
    before: { A, B: ALONE },
    after: { A: { ...A, exports: [] }, B: ALONE },
    disconnected: none,
  },
  { what: "an import is added", before: { A, B: ALONE }, after: { A, B }, disconnected: none },
  { what: "an import is removed", after: { A, B: ALONE }, disconnected: none },
  {
    what: "limits are raised, or lowered to the current usage",
    before: withA({ limits: { connections: 40, subscriptions: 40, payload: 2000 } }),
    after: withA({ limits: { connections: 24, subscriptions: 80, payload: 1000 } }),
    disconnected: none,
  },
  {
    what: "`limits.connections` is lowered below the account's clients on both servers combined",
    after: withA({ limits: { connections: 5 } }),
    disconnected: onBoth("at least the clients above the limit, at most all clients of the account", [7, 12]),
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
    what: "an account's description or tags change",
    after: withA({ tags: ["some"], description: "other" }),
    disconnected: none,
  },
  {
    what: "settings that are [reloaded](settings.md) change, such as `maxPayload`",
    settings: { maxPayload: 2 ** 21, maxConnections: 1_000, pingInterval: "30s", serverTags: ["a"], debug: true },
    disconnected: none,
  },
  { what: "the route password changes", routePassword: "0d107d09f5bbe40cade3de5c71e9e9b7", disconnected: none },
];
