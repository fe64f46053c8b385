import type { AccountDeclaration, ListedAccount } from "./account";
import { TERM_SHAPES, termsDiagnostics } from "./account-terms";
import { authorizationUserDiagnostics } from "./authorization-users";
import { limitUseDiagnostics } from "./limit-use";
import type { Diagnostic } from "../../diagnostics/diagnostic";
import { keyPath } from "../../diagnostics/diagnostic";
import { anyValue, hasShape, mapOf, objectOf, optional, checkShape, stringShape, type Shape } from "../form/shape";
import { importsDiagnostics } from "../shares/import-checks";
import { IMPORTS } from "../shares/imports";
import { missingRoleDiagnostics, ROLE, templateDiagnostics, type RoleTerms } from "../users/roles";
import { nameDiagnostics, USER, userDiagnostics, type UserTerms } from "../users/users";

/** The shape of each part of a declared account. */
const PARTS: Readonly<Record<keyof AccountDeclaration, Shape>> = {
  ...TERM_SHAPES,
  name: stringShape,
  users: optional(mapOf(USER.shape)),
  roles: optional(mapOf(ROLE.shape)),
  imports: optional(IMPORTS),
};

const LISTED = objectOf<ListedAccount>({ ...PARTS, path: optional(stringShape), sets: anyValue });

/** Returns whether the parts of an account have the shapes that checks between accounts rely on. */
export function isWellFormed(account: ListedAccount): boolean {
  return hasShape(LISTED, account);
}

/** Returns whether a part of an account has its shape. */
export function hasPart(account: ListedAccount, part: keyof AccountDeclaration): boolean {
  return hasShape(PARTS[part], account[part]);
}

/** The value of each key has a shape of its own, which is checked with it. */
const USER_KEYS: Shape = objectOf<UserTerms>(USER.each(() => anyValue));
const ROLE_KEYS: Shape = objectOf<RoleTerms>(ROLE.each(() => anyValue));

/** Finds problems within an account; paths are relative to its arguments. */
export function accountDiagnostics(account: AccountDeclaration): Diagnostic[] {
  const { name, users, roles, imports, ...terms } = account;
  const holders = [
    ...holdersDiagnostics("users", USER_KEYS, users, userDiagnostics),
    ...holdersDiagnostics("roles", ROLE_KEYS, roles, (role) => ROLE.diagnostics(role)),
  ];
  return [
    ...nameDiagnostics("name", name),
    ...holders,
    ...(hasShape(PARTS.users, users) && hasShape(PARTS.roles, roles) ? missingRoleDiagnostics(account) : []),
    // Otherwise, a problem of a role would be repeated for each of its users. Tags are checked with the terms.
    ...(holders.length === 0 && hasShape(PARTS.tags, account.tags) ? templateDiagnostics(account) : []),
    ...termsDiagnostics(terms),
    ...checkShape("imports", PARTS.imports, imports, (list) => importsDiagnostics(name, list ?? [])),
    ...(isWellFormed(account) ? [...limitUseDiagnostics(account), ...authorizationUserDiagnostics(account)] : []),
  ];
}

/** Finds problems with users or roles; paths are relative to the account's arguments. */
export function holdersDiagnostics<T>(
  path: string,
  shape: Shape,
  holders: Readonly<Record<string, T>> | undefined,
  diagnostics: (holder: T) => Diagnostic[],
): Diagnostic[] {
  return checkShape(path, optional(mapOf(anyValue)), holders, (named = {}) =>
    Object.entries(named).flatMap(([name, holder]) => {
      const at = keyPath("", name);
      return [...nameDiagnostics(at, name), ...checkShape(at, shape, holder, diagnostics)];
    }),
  );
}
