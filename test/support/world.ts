import type { KeyPair } from "nkeys.js";
import type { Tokens } from "../../provider/config/operator";
import { activationClaims } from "../../provider/jwt/activation";
import { accountClaims, operatorClaims, scopedUserClaims } from "../../provider/jwt/claims";
import { formatCreds, signClaims } from "../../provider/jwt/sign";
import type { Permissions } from "../../provider/model/access/permissions";
import { normalizeAccount, type Account, type AccountDeclaration } from "../../provider/model/account/account";
import type { Model } from "../../provider/model/cluster/cluster";
import type { Authorization } from "../../provider/model/account/authorization";
import { findMatchingExports } from "../../provider/model/shares/grants";
import { resolveImportSubject, type Import } from "../../provider/model/shares/imports";
import type { OperatorInfo } from "../../provider/model/cluster/operator-info";
import { omitUndefined } from "../../provider/model/form/order";
import type { Role } from "../../provider/model/users/roles";
import { USER, type User, type UserTerms } from "../../provider/model/users/users";
import { CHECK_SUBJECTS, JETSTREAM_CHECK_SUBJECTS } from "../../provider/servers/system-subjects";
import { keyOf, pairOf, seedOf } from "./keys";

/** What a user logs in with. */
export interface Login {
  readonly publicKey: string;
  readonly seed: string;
  readonly jwt: string;
  readonly creds: string;
}

/** A model with everything that the components would make of it: all that two servers and their clients need. */
export interface World {
  readonly model: Model;
  readonly tokens: Tokens;
  /** Every user's login, by `account/user`. */
  readonly logins: Readonly<Record<string, Login>>;
}

/** When everything in the tests is signed: in the past, and the same in every run. */
export const ISSUED_AT = 1_760_000_000;

const OPERATOR = "KO";
const SYSTEM: AccountDeclaration = { name: "SYS", users: { sys: {} } };
/** The role of the system account whose key signs credentials for checks. */
export const CHECK_SIGNER = "SYS check";

/** Permissions of that role: requests about JetStream belong to them if an account uses it. */
function checkPermissions(declared: readonly AccountDeclaration[]) {
  const more = declared.some(({ jetstream }) => jetstream !== undefined) ? JETSTREAM_CHECK_SUBJECTS : [];
  return { publish: { allow: [...CHECK_SUBJECTS, ...more] }, subscribe: { allow: ["_INBOX.>"] } };
}

/**
 * Gives the declared accounts keys and tokens, as the components would. Names determine the keys.
 *
 * @param info what the operator tells tools and servers
 * @param remembered what the claims of accounts remember, by the accounts' names
 * @param declared the accounts; a system account SYS with a user `sys` is added where there is none
 */
export async function worldOf(
  declared: readonly AccountDeclaration[],
  remembered: Readonly<Record<string, Pick<Account, "previous" | "revoked">>> = {},
  info: OperatorInfo = {},
): Promise<World> {
  const all = declared.some(({ name }) => name === SYSTEM.name) ? declared : [SYSTEM, ...declared];
  const permissions = checkPermissions(declared);
  const accounts = all.map((account) => ({ ...accountOf(account, permissions), ...remembered[account.name] }));
  const systemAccount = keyOf("account", SYSTEM.name);
  const tokens = await Promise.all(
    accounts.map(async (account) => [account.publicKey, await accountToken(await activated(account, all))] as const),
  );
  const logins = await Promise.all(accounts.flatMap(loginsOf));
  return {
    model: { operator: OPERATOR, systemAccount, accounts },
    tokens: { operator: await operatorToken(systemAccount, info), accounts: Object.fromEntries(tokens) },
    logins: Object.fromEntries(logins),
  };
}

/** The login of a user, which must exist. */
export function loginOf({ logins }: World, user: string): Login {
  const login = logins[user];
  if (login === undefined) {
    throw new Error(`there is no user ${user}; users are ${Object.keys(logins).join(", ")}`);
  }
  return login;
}

/**
 * What verifies the cluster logs in with, on the operator server.
 *
 * @param expires seconds since 1970
 */
export async function checkCreds({ model }: World, expires?: number): Promise<string> {
  const user = { name: "check", publicKey: keyOf("user", "check"), account: model.systemAccount };
  const validity = { issuedAt: ISSUED_AT, ...(expires === undefined ? {} : { expires }) };
  const jwt = await signClaims(scopedUserClaims(user), pairOf("account", CHECK_SIGNER), validity);
  return formatCreds(jwt, seedOf("user", user.name));
}

/** @param permissions of the role that signs credentials for checks */
function accountOf({ users, roles, imports, ...terms }: AccountDeclaration, permissions: Permissions): Account {
  const { name, authorization } = terms;
  const check = { signingKey: keyOf("account", CHECK_SIGNER), permissions };
  return omitUndefined<Account>({
    ...terms,
    publicKey: keyOf("account", name),
    users: mapped(users, (user, own) => ({ ...own, ...userKeys(name, user, own) })),
    roles: {
      ...mapped(roles, (role, own): Role => ({ ...own, signingKey: keyOf("account", roleLabel(name, role)) })),
      ...(name === SYSTEM.name ? { check } : {}),
    },
    imports: imports?.map((entry) => ({ ...entry, account: keyOf("account", entry.account) })),
    authorization: authorization && authorizationByKeys(name, authorization),
  });
}

/** What the key is made from with which the service of an account signs. */
export function serviceLabel(account: string): string {
  return `${account} service`;
}

function authorizationByKeys(account: string, { allowedAccounts, ...said }: Authorization): Authorization {
  const isList = typeof allowedAccounts === "object";
  return omitUndefined<Authorization>({
    issuer: keyOf("account", serviceLabel(account)),
    ...said,
    allowedAccounts: isList ? allowedAccounts.map((name) => keyOf("account", name)) : allowedAccounts,
  });
}

function mapped<T, R>(record: Readonly<Record<string, T>> | undefined, change: (key: string, value: T) => R) {
  return Object.fromEntries(Object.entries(record ?? {}).map(([key, value]) => [key, change(key, value)]));
}

function userKeys(account: string, user: string, own: UserTerms): Pick<User, "publicKey" | "signingKey" | "issuedAt"> {
  const signingKey = keyOf("account", signerLabel(account, user, own));
  return { publicKey: keyOf("user", `${account}/${user}`), signingKey, issuedAt: ISSUED_AT };
}

/** What the key of a role is made from. */
export function roleLabel(account: string, role: string): string {
  return `${account} role ${role}`;
}

/** What the key that signs a user's JWT is made from: its role, or else the user. */
function signerLabel(account: string, user: string, { role }: UserTerms): string {
  return role === undefined ? `${account}/${user}` : roleLabel(account, role);
}

function loginsOf({ name: account, publicKey, users }: Account): Promise<[string, Login]>[] {
  return Object.entries(users).map(async ([user, own]): Promise<[string, Login]> => {
    const label = `${account}/${user}`;
    const { tags = [] } = USER.normalize(own);
    const claims = scopedUserClaims({ name: user, publicKey: own.publicKey, account: publicKey, tags });
    const jwt = await sign(claims, pairOf("account", signerLabel(account, user, own)));
    const seed = seedOf("user", label);
    return [label, { publicKey: claims.sub, seed, jwt, creds: formatCreds(jwt, seed) }];
  });
}

/** The account with the activations that its imports of private exports need. */
async function activated(account: Account, all: readonly AccountDeclaration[]): Promise<Account> {
  const imports = (account.imports ?? []).map(async (entry): Promise<Import> => {
    const exporter = all.find(({ name }) => keyOf("account", name) === entry.account);
    const [offer] = findMatchingExports(entry, exporter?.exports ?? []);
    if (exporter === undefined || offer?.importers?.includes(account.name) !== true) {
      return entry;
    }
    const subject = resolveImportSubject(entry, account.publicKey);
    const terms = { exporter: entry.account, importer: account.publicKey, subject, type: entry.type };
    return { ...entry, token: await sign(activationClaims(terms, entry.account), pairOf("account", exporter.name)) };
  });
  return { ...account, imports: await Promise.all(imports) };
}

function accountToken(account: Account): Promise<string> {
  return sign(accountClaims(normalizeAccount(account)), pairOf("operator", `${OPERATOR} signing`));
}

function operatorToken(systemAccount: string, info: OperatorInfo): Promise<string> {
  const identity = pairOf("operator", OPERATOR);
  const signingKeys = [keyOf("operator", `${OPERATOR} signing`)];
  return sign(
    operatorClaims({ name: OPERATOR, publicKey: identity.getPublicKey(), signingKeys, systemAccount, ...info }),
    identity,
  );
}

function sign(claims: Parameters<typeof signClaims>[0], issuer: KeyPair): Promise<string> {
  return signClaims(claims, issuer, { issuedAt: ISSUED_AT });
}
