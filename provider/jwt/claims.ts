import type { Account } from "../model/account/account";
import type { AccountPrevious } from "../model/account/account";
import { ANY_ACCOUNT } from "../model/account/authorization";
import { authorizationKeys } from "../model/account/authorization-users";
import { momentSeconds } from "../model/keys/revocations";
import type { OperatorInfo } from "../model/cluster/operator-info";
import type { Role } from "../model/users/roles";
import type { MessageTrace } from "../model/account/trace";
import type { User } from "../model/users/users";
import { VERSION, type Claims } from "./envelope";
import { limitsClaim } from "./limits";
import { exportClaim, importClaim } from "./shares";
import { defined, own, sortedBy, sortedEntries, sortedSet } from "../model/form/order";
import { permissionsClaim, scopeClaim, type Scope } from "./scopes";

/** What an operator's token says. */
export interface OperatorTerms extends OperatorInfo {
  readonly name: string;
  readonly publicKey: string;
  /** Public keys (`O…`) that sign accounts in the operator's place. */
  readonly signingKeys: readonly string[];
  /** The public key of the system account. */
  readonly systemAccount: string;
}

/**
 * The claims of an operator. Signing keys are always strict: what the identity keys themselves signed is not accepted,
 * so these keys can be put away.
 */
export function operatorClaims({ name, publicKey, signingKeys, systemAccount, ...info }: OperatorTerms): Claims {
  const nats = defined<Record<string, unknown>>({
    signing_keys: sortedSet(signingKeys),
    system_account: systemAccount,
    strict_signing_key_usage: true,
    account_server_url: info.accountServerUrl,
    operator_service_urls: info.serviceUrls,
    assert_server_version: info.assertServerVersion,
    tags: info.tags,
    type: "operator",
    version: VERSION,
  });
  return { name, sub: publicKey, nats };
}

/** The claims of an account. Every limit is written: to the server an absent limit is zero. */
export function accountClaims(account: Account): Claims {
  const nats = defined<Record<string, unknown>>({
    imports: account.imports?.map((entry) => importClaim(entry, account.publicKey)),
    exports: account.exports?.map(exportClaim),
    limits: limitsClaim(account),
    cluster_traffic: account.jetstream?.clusterTraffic,
    signing_keys: signingKeys(account),
    revocations: userRevocationsClaim(account),
    default_permissions:
      account.defaultPermissions === undefined ? undefined : permissionsClaim(account.defaultPermissions),
    mappings: account.mappings,
    trace: account.trace === undefined ? undefined : traceClaim(account.trace),
    authorization: authorizationClaim(account),
    description: account.description,
    info_url: account.infoUrl,
    tags: account.tags,
    type: "account",
    version: VERSION,
  });
  return { name: account.name, sub: account.publicKey, nats };
}

function traceClaim({ destination, sampling }: MessageTrace): Record<string, unknown> {
  return defined<Record<string, unknown>>({ dest: destination, sampling });
}

/** Accounts stand here by their keys. */
function authorizationClaim(account: Account): Record<string, unknown> | undefined {
  if (account.authorization === undefined) {
    return undefined;
  }
  const { allowedAccounts, xkey } = account.authorization;
  return defined<Record<string, unknown>>({
    auth_users: authorizationKeys(account),
    allowed_accounts: allowedAccounts === ANY_ACCOUNT ? [ANY_ACCOUNT] : allowedAccounts,
    xkey,
  });
}

/** When whose JWTs were revoked, by their public keys: by the program, or since they left a role. */
function userRevocationsClaim({ revocations = {}, revoked = {} }: Account): Record<string, number> | undefined {
  const keys = sortedSet([...Object.keys(revocations), ...Object.keys(revoked)]);
  const entries = keys.map((key): [string, number] => {
    const moment = revocations[key];
    const given = moment === undefined ? undefined : momentSeconds(moment);
    return [key, Math.max(given ?? 0, revoked[key]?.at ?? 0)];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/**
 * The keys that sign users: with a scope one a role, and one a user without a role, and those that were replaced and still
 * work; without a scope those that are kept elsewhere, and that of the service that decides about clients.
 */
function signingKeys(account: Account): (Scope | string)[] | undefined {
  const { users, roles = {}, previous = {}, signingKeys: elsewhere = [], authorization } = account;
  const plain = sortedSet([...elsewhere, ...(authorization?.issuer === undefined ? [] : [authorization.issuer])]);
  const alone = sortedEntries(users).filter(([, { role }]) => role === undefined);
  const scopes = [
    ...alone.flatMap(([name, user]) => scopesOf(name, user, previous.users)),
    ...sortedEntries(roles).flatMap(([name, role]) => scopesOf(name, role, previous.roles)),
  ];
  const keys = [...plain, ...scopes];
  return keys.length === 0 ? undefined : sortedBy(keys, (key) => (typeof key === "string" ? key : key.key));
}

/** What a role, or a user, may do is the same whichever of its keys signed, before a rotation and after it. */
function scopesOf(name: string, holder: Role | User, previous: AccountPrevious["users"]): Scope[] {
  const before = (own(previous, name) ?? []).flatMap(({ signingKey }) => signingKey ?? []);
  return sortedSet([holder.signingKey, ...before]).map((signingKey) => scopeClaim(name, { ...holder, signingKey }));
}

/** What a user's token says: who it is and whose. What it may do stands in the scope of the key that signed it. */
export interface UserTerms {
  readonly name: string;
  readonly publicKey: string;
  /** The public key of the user's account. */
  readonly account: string;
  /** What the templates in the scope of the key that signs find. */
  readonly tags?: readonly string[];
}

/** The claims of a user whose permissions are its signing key's. The server refuses such a user if it carries its own. */
export function scopedUserClaims({ name, publicKey, account, tags }: UserTerms): Claims {
  const nats = defined<Record<string, unknown>>({ issuer_account: account, tags, type: "user", version: VERSION });
  return { name, sub: publicKey, nats };
}
