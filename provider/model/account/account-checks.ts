import type { AccountDeclaration } from "./account";
import { TERM_SHAPES, termsDiagnostics } from "./account-terms";
import { authorizationUserDiagnostics } from "./authorization-users";
import { limitUseDiagnostics } from "./limit-use";
import type { Diagnostic } from "../form/diagnostics";
import { keyPath } from "../form/diagnostics";
import { anything, fits, mapOf, objectOf, optional, shaped, text, type Shape } from "../form/shape";
import { importsDiagnostics } from "../shares/import-checks";
import { IMPORTS } from "../shares/imports";
import { missingRoleDiagnostics, ROLE, templateDiagnostics, type RoleTerms } from "../users/roles";
import { nameDiagnostics, USER, userDiagnostics, type UserTerms } from "../users/users";

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
    ...(fits(PARTS.users, users) && fits(PARTS.roles, roles) ? missingRoleDiagnostics(account) : []),
    // What is wrong with one of them would be said again of the users of a role; tags are looked at with the terms.
    ...(holders.length === 0 && fits(PARTS.tags, account.tags) ? templateDiagnostics(account) : []),
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
