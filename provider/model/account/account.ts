import { normalTerms, TERM_SHAPES, termsDiagnostics, type AccountTerms } from "./account-terms";
import { authorizationUserDiagnostics } from "./authorization";
import type { AccountPrevious } from "./account-previous";
import type { AccountRevoked } from "./account-revoked";
import type { Diagnostic } from "../form/diagnostics";
import { keyPath, shown } from "../form/diagnostics";
import { importsDiagnostics } from "../shares/import-checks";
import { limitUseDiagnostics } from "./limit-use";
import { IMPORTS, normalImports, type DeclaredImport, type Import } from "../shares/imports";
import { defined, firstIndexes } from "../form/order";
import { ROLE, roleBookDiagnostics, type Role, type RoleTerms } from "../users/roles";
import { anything, fits, mapOf, objectOf, optional, shaped, text, type Shape } from "../form/shape";
import { nameDiagnostics, USER, userDiagnostics, type Users, type UserTerms } from "../users/users";

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

/** The shape of each part of a declared account. */
const PARTS: Readonly<Record<keyof AccountDeclaration, Shape>> = {
  ...TERM_SHAPES,
  name: text,
  users: optional(mapOf(USER.shape)),
  roles: optional(mapOf(ROLE.shape)),
  imports: optional(IMPORTS),
};

/** True when an account's parts are what the checks between accounts take them for. */
export function isWellFormed(account: AccountDeclaration): boolean {
  return fits(objectOf<AccountDeclaration>(PARTS), account);
}

/** What stands at each key has a shape of its own, which is looked at where it stands. */
const USER_KEYS: Shape = objectOf<UserTerms>(USER.each(() => anything));
const ROLE_KEYS: Shape = objectOf<RoleTerms>(ROLE.each(() => anything));

/** All that is wrong with an account, seen alone; paths start at the account's arguments. */
export function accountDiagnostics(account: AccountDeclaration): Diagnostic[] {
  const { name, users, roles, imports, ...terms } = account;
  const holders = [
    ...holdersDiagnostics("users", USER_KEYS, users, userDiagnostics),
    ...holdersDiagnostics("roles", ROLE_KEYS, roles, (role) => ROLE.diagnostics(role)),
  ];
  return [
    ...nameDiagnostics("name", name),
    ...holders,
    // What is wrong with one of them would be said again of the users of a role; tags are looked at with the terms.
    ...(holders.length === 0 && fits(PARTS.tags, account.tags) ? roleBookDiagnostics(account) : []),
    ...termsDiagnostics(terms),
    ...shaped("imports", PARTS.imports, imports, (are) => importsDiagnostics(name, are ?? [])),
    ...(isWellFormed(account) ? [...limitUseDiagnostics(account), ...authorizationUserDiagnostics(account)] : []),
  ];
}

/** What is wrong with users or roles, by their names; paths start at the account's arguments. */
export function holdersDiagnostics<T>(
  path: string,
  shape: Shape,
  holders: Readonly<Record<string, T>> | undefined,
  diagnostics: (holder: T) => Diagnostic[],
): Diagnostic[] {
  return shaped(path, optional(mapOf(anything)), holders, (are = {}) =>
    Object.entries(are).flatMap(([name, holder]) => {
      const at = keyPath("", name);
      return [...nameDiagnostics(at, name), ...shaped(at, shape, holder, diagnostics)];
    }),
  );
}

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

/** Names that more than one of some things have. */
export function duplicateDiagnostics(path: string, names: readonly string[], what: string): Diagnostic[] {
  const firsts = firstIndexes(names);
  return names.flatMap((name, index) => {
    const first = firsts.get(name) ?? index;
    const problem = `is the name of ${path}[${first}] already; each ${what} has a name of its own`;
    return first === index
      ? []
      : [{ path: `${path}[${index}]`, value: shown(name), problem, remedy: "Rename one of them." }];
  });
}
