import type { Account, AccountPrevious } from "../model/account/account";
import { ANY_ACCOUNT, type Authorization } from "../model/account/authorization";
import { getAuthorizationKeys } from "../model/account/authorization-users";
import type { MessageTrace } from "../model/account/trace";
import type { OperatorInfo } from "../model/cluster/operator-info";
import { getOwn, sortBy, sortEntries, sortUnique } from "../model/form/order";
import { parseTimestamp } from "../model/keys/revocations";
import type { MappedSubject, Mappings } from "../model/subjects/mappings";
import type { Role } from "../model/users/roles";
import type { User } from "../model/users/users";
import { claim, claimsOf, noClaim, type ClaimTable } from "./claim-table";
import { limitsClaim } from "./limits";
import { permissionsClaim, scopeClaim, type Scope } from "./scopes";
import { exportClaim, importClaim } from "./shares";
import { VERSION, type Claims } from "./sign";

/** What an operator's JWT contains. */
export interface OperatorTerms extends OperatorInfo {
  readonly name: string;
  readonly publicKey: string;
  /** Public keys (`O…`) that sign account JWTs in place of the operator's identity key. */
  readonly signingKeys: readonly string[];
  /** Public key of the system account. */
  readonly systemAccount: string;
}

const OPERATOR: ClaimTable<OperatorTerms> = {
  signingKeys: (keys) => ({ signing_keys: sortUnique(keys) }),
  // Always strict: servers reject what the identity key itself signed, so that it can stay offline.
  systemAccount: (key) => ({ system_account: key, strict_signing_key_usage: true }),
  accountServerUrl: claim("account_server_url"),
  serviceUrls: claim("operator_service_urls"),
  assertServerVersion: claim("assert_server_version"),
  tags: claim("tags"),
  // `name` and `sub` of the JWT.
  name: noClaim,
  publicKey: noClaim,
};

/** The claims of an operator. */
export function operatorClaims(terms: OperatorTerms): Claims {
  const nats = { ...claimsOf(OPERATOR, terms, undefined), type: "operator", version: VERSION };
  return { name: terms.name, sub: terms.publicKey, nats };
}

const ACCOUNT: ClaimTable<Account> = {
  imports: (imports, { publicKey }) => ({ imports: imports?.map((entry) => importClaim(entry, publicKey)) }),
  exports: (exports) => ({ exports: exports?.map(exportClaim) }),
  // Every limit is rendered: the server takes an absent limit for zero.
  limits: (_, account) => ({ limits: limitsClaim(account) }),
  // Its limits are among `limits`.
  jetstream: (jetstream) => ({ cluster_traffic: jetstream?.clusterTraffic }),
  signingKeys: (_, account) => ({ signing_keys: signingKeys(account) }),
  // `signing_keys` has their keys and scopes.
  users: noClaim,
  roles: noClaim,
  previous: noClaim,
  revocations: (_, account) => ({ revocations: userRevocations(account) }),
  // Among `revocations`.
  revoked: noClaim,
  defaultPermissions: claim("default_permissions", permissionsClaim),
  mappings: claim("mappings", mappingsClaim),
  trace: claim("trace", (trace: MessageTrace) => claimsOf(TRACE, trace, undefined)),
  authorization: (authorization, account) => ({
    authorization: authorization === undefined ? undefined : claimsOf(AUTHORIZATION, authorization, account),
  }),
  description: claim("description"),
  infoUrl: claim("info_url"),
  tags: claim("tags"),
  // `name` and `sub` of the JWT.
  name: noClaim,
  publicKey: noClaim,
};

const MAPPED_SUBJECT: ClaimTable<MappedSubject> = {
  subject: claim("subject"),
  weight: claim("weight"),
  cluster: claim("cluster"),
};

function mappingsClaim(mappings: Mappings): Record<string, unknown> {
  const entries = Object.entries(mappings).map(([source, destinations]) => [
    source,
    destinations.map((destination) => claimsOf(MAPPED_SUBJECT, destination, undefined)),
  ]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}

const TRACE: ClaimTable<MessageTrace> = {
  destination: claim("dest"),
  sampling: claim("sampling"),
};

/** Accounts are named by their public keys here. */
const AUTHORIZATION: ClaimTable<Authorization, Account> = {
  users: (_, _authorization, account) => ({ auth_users: getAuthorizationKeys(account) }),
  allowedAccounts: (allowed) => ({ allowed_accounts: allowed === ANY_ACCOUNT ? [ANY_ACCOUNT] : allowed }),
  xkey: claim("xkey"),
  // One of the account's `signing_keys`.
  issuer: noClaim,
};

/** The claims of an account. */
export function accountClaims(account: Account): Claims {
  const nats = { ...claimsOf(ACCOUNT, account, undefined), type: "account", version: VERSION };
  return { name: account.name, sub: account.publicKey, nats };
}

/**
 * The times up to which JWTs are revoked, in seconds since 1970, by the public keys of their users: revoked by the program, or
 * since a user left a role.
 */
function userRevocations({ revocations = {}, revoked = {} }: Account): Record<string, number> | undefined {
  const keys = sortUnique([...Object.keys(revocations), ...Object.keys(revoked)]);
  const entries = keys.map((key): [string, number] => {
    const moment = revocations[key];
    const declared = moment === undefined ? undefined : parseTimestamp(moment);
    return [key, Math.max(declared ?? 0, revoked[key]?.at ?? 0)];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/**
 * The keys that sign users. Scoped are one key of each role, one of each user without a role, and their replaced keys that
 * still work. Unscoped are the keys held elsewhere, and that of the authorization service.
 */
function signingKeys(account: Account): (Scope | string)[] | undefined {
  const { users, roles = {}, previous = {}, signingKeys: elsewhere = [], authorization } = account;
  const unscoped = sortUnique([...elsewhere, ...(authorization?.issuer === undefined ? [] : [authorization.issuer])]);
  const withoutRole = sortEntries(users).filter(([, { role }]) => role === undefined);
  const scopes = [
    ...withoutRole.flatMap(([name, user]) => scopesOf(name, user, previous.users)),
    ...sortEntries(roles).flatMap(([name, role]) => scopesOf(name, role, previous.roles)),
  ];
  const keys = [...unscoped, ...scopes];
  return keys.length === 0 ? undefined : sortBy(keys, (key) => (typeof key === "string" ? key : key.key));
}

/** One scope for each key of a role or user, those that were replaced included: all of them allow the same. */
function scopesOf(name: string, holder: Role | User, previous: AccountPrevious["users"]): Scope[] {
  const replaced = (getOwn(previous, name) ?? []).flatMap(({ signingKey }) => signingKey ?? []);
  return sortUnique([holder.signingKey, ...replaced]).map((signingKey) => scopeClaim(name, { ...holder, signingKey }));
}

/** What the JWT of a scoped user contains. Permissions and limits are in the scope of the key that signs it. */
export interface ScopedUser {
  readonly name: string;
  readonly publicKey: string;
  /** Public key of the user's account. */
  readonly account: string;
  /** Values for the templates in the scope. */
  readonly tags?: readonly string[];
}

const SCOPED_USER: ClaimTable<ScopedUser> = {
  account: claim("issuer_account"),
  tags: claim("tags"),
  // `name` and `sub` of the JWT.
  name: noClaim,
  publicKey: noClaim,
};

/** The claims of a scoped user. The server rejects such a user if its JWT carries permissions of its own. */
export function scopedUserClaims(user: ScopedUser): Claims {
  const nats = { ...claimsOf(SCOPED_USER, user, undefined), type: "user", version: VERSION };
  return { name: user.name, sub: user.publicKey, nats };
}
