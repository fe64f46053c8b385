import { normalTerms, type AccountTerms } from "./account-terms";
import { defined } from "../form/order";
import type { PreviousKey } from "../keys/previous";
import { normalImports, type DeclaredImport, type Import } from "../shares/imports";
import { ROLE, type Role, type RoleTerms } from "../users/roles";
import { USER, type Users, type UserTerms } from "../users/users";

/** An account as a program declares it, before any key exists: everything that can be checked in a first preview. */
export interface AccountDeclaration extends AccountTerms {
  readonly name: string;
  readonly imports?: readonly DeclaredImport[];
  /** What each user may do, by the user's name. */
  readonly users?: Readonly<Record<string, UserTerms>>;
  /** What the users of each role may do, by the role's name. */
  readonly roles?: Readonly<Record<string, RoleTerms>>;
}

/** An account as both configurations say it: by keys. */
export interface Account extends AccountTerms {
  readonly name: string;
  /** The account's public key (`A…`): its name on both servers, since routes match accounts by name. */
  readonly publicKey: string;
  readonly imports?: readonly Import[];
  readonly users: Users;
  /** The roles, by name, each with the key that signs the JWTs of its users. */
  readonly roles?: Readonly<Record<string, Role>>;
  /** Keys of users and roles that were replaced and still work. */
  readonly previous?: AccountPrevious;
  /** Users whose JWTs do not work any more, though the keys that signed them do. */
  readonly revoked?: AccountRevoked;
}

/** Keys of an account's users and roles that were replaced and still work, by the names of the users and roles. */
export interface AccountPrevious {
  readonly users?: Readonly<Record<string, readonly PreviousKey[]>>;
  readonly roles?: Readonly<Record<string, readonly PreviousKey[]>>;
}

/** A key that signed a JWT, and when that JWT ends, in seconds since 1970. */
export interface Signed {
  readonly signingKey: string;
  /** @default never */
  readonly expires?: number;
}

/** JWTs of a user that are no longer meant to work, though the keys that signed them are still listed. */
export interface Revoked {
  /** Those are revoked that were issued at this second or before. */
  readonly at: number;
  /** What signed them: once none of it counts any more, there is nothing left to revoke. */
  readonly by: readonly Signed[];
}

/** Users whose JWTs are revoked, by their public keys. */
export type AccountRevoked = Readonly<Record<string, Revoked>>;

/** The account with every list in its stable order and everything left out that says nothing. */
export function normalAccount({
  name,
  publicKey,
  users,
  roles,
  imports,
  previous,
  revoked,
  ...terms
}: Account): Account {
  return defined<Account>({
    name,
    publicKey,
    users: USER.normalByName(users),
    roles: normalRoles(roles),
    imports: normalImports(imports),
    previous,
    revoked,
    ...normalTerms(terms),
  });
}

/** The same roles with normal permissions, or undefined when there are none. */
export function normalRoles(roles: Account["roles"]): Account["roles"] {
  const normal = ROLE.normalByName(roles);
  return Object.keys(normal).length === 0 ? undefined : normal;
}
