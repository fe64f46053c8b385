import { normalizeTerms, type AccountTerms } from "./account-terms";
import { omitUndefined } from "../form/order";
import type { PreviousKey } from "../keys/previous-keys";
import { normalizeImports, type DeclaredImport, type Import } from "../shares/imports";
import { ROLE, type Role, type RoleTerms } from "../users/roles";
import { USER, type Users, type UserTerms } from "../users/users";

/** An account as a program declares it, without keys: everything that a first preview can check. */
export interface AccountDeclaration extends AccountTerms {
  readonly name: string;
  readonly imports?: readonly DeclaredImport[];
  /** Users by name. */
  readonly users?: Readonly<Record<string, UserTerms>>;
  /** Roles by name. */
  readonly roles?: Readonly<Record<string, RoleTerms>>;
}

/** A set of users of an account, as far as an account depends on it before any key exists. */
export interface DeclaredSet {
  readonly role: string;
  /** Number of users. */
  readonly count: number;
  /** The lifetimes of creds; undefined if no user has one, as for the following times. */
  readonly lifetime?: readonly string[];
  /** The times at which creds expire. */
  readonly expires?: readonly string[];
  /** The times from which creds are valid. */
  readonly notBefore?: readonly string[];
}

/** An account as a program declares it, with its sets. */
export interface CompleteDeclaration extends AccountDeclaration {
  /** Sets of users by name. Each set checks its users. */
  readonly sets?: Readonly<Record<string, DeclaredSet>>;
}

/** An account in the arguments of a cluster. */
export interface ListedAccount extends CompleteDeclaration {
  /**
   * Its path in the arguments, which list an account once or more, and the system account only if the program wants to.
   *
   * @default its position among the accounts
   */
  readonly path?: string;
}

/** An account with its keys, as both configurations are rendered from it. */
export interface Account extends AccountTerms {
  readonly name: string;
  /** Public key (`A…`). The account's name on both servers, since routes match accounts by name. */
  readonly publicKey: string;
  readonly imports?: readonly Import[];
  readonly users: Users;
  /** Roles by name, each with the key that signs the JWTs of its users. */
  readonly roles?: Readonly<Record<string, Role>>;
  /** Replaced keys of users and roles that are still valid. */
  readonly previous?: AccountPrevious;
  /** Users whose JWTs are revoked while the keys that signed them are still valid. */
  readonly revoked?: AccountRevoked;
}

/** Replaced keys of an account's users and roles that are still valid, by the names of the users and roles. */
export interface AccountPrevious {
  /** Previous keys of users. */
  readonly users?: Readonly<Record<string, readonly PreviousKey[]>>;
  /** Previous keys of roles. */
  readonly roles?: Readonly<Record<string, readonly PreviousKey[]>>;
}

/** The key that signed a JWT, and the expiry of the JWT in Unix seconds. */
export interface Signature {
  /** Public key (`A…`) that signed. */
  readonly signingKey: string;
  /** @default never expires */
  readonly expires?: number;
}

/** Revocation of a user's JWTs, whose signing keys are still listed by the account. */
export interface Revoked {
  /** JWTs that were issued at this time or before are revoked, in Unix seconds. */
  readonly at: number;
  /** The signatures that the revocation is for. When none of them is valid, the revocation ends. */
  readonly by: readonly Signature[];
}

/** Revocations of users, by public key. */
export type AccountRevoked = Readonly<Record<string, Revoked>>;

/** Returns the account in normal form: lists in a stable order, and nothing that has no effect. */
export function normalizeAccount({
  name,
  publicKey,
  users,
  roles,
  imports,
  previous,
  revoked,
  ...terms
}: Account): Account {
  return omitUndefined<Account>({
    name,
    publicKey,
    users: USER.normalizeByName(users),
    roles: normalizeRoles(roles),
    imports: normalizeImports(imports),
    previous,
    revoked,
    ...normalizeTerms(terms),
  });
}

/** Returns the roles in normal form, or undefined when there are none. */
export function normalizeRoles(roles: Account["roles"]): Account["roles"] {
  const normal = ROLE.normalizeByName(roles);
  return Object.keys(normal).length === 0 ? undefined : normal;
}
