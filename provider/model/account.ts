import { normalTerms, TERM_SHAPES, termsDiagnostics, type AccountTerms } from "./account-terms";
import type { Diagnostic } from "./diagnostics";
import { keyPath, shown, under } from "./diagnostics";
import { importsDiagnostics } from "./import-checks";
import { IMPORTS, normalImports, type DeclaredImport, type Import } from "./imports";
import { defined } from "./order";
import { PERMISSIONS, permissionsDiagnostics, type Permissions } from "./permissions";
import { anything, fits, mapOf, objectOf, optional, shaped, text, type Shape } from "./shape";
import { nameDiagnostics, normalHolders, type Users } from "./users";

/** An account as a program declares it, before any key exists: everything that can be checked in a first preview. */
export interface AccountDeclaration extends AccountTerms {
  readonly name: string;
  readonly imports?: readonly DeclaredImport[];
  /** The permissions of each user, by the user's name. */
  readonly users?: Readonly<Record<string, DeclaredUser>>;
}

/** A user as a program declares it. */
interface DeclaredUser {
  readonly permissions?: Permissions;
}

/** An account as both configurations say it: by keys. */
export interface Account extends AccountTerms {
  readonly name: string;
  /** The account's public key (`A…`): its name on both servers, since routes match accounts by name. */
  readonly publicKey: string;
  readonly imports?: readonly Import[];
  readonly users: Users;
  /**
   * Scoped signing keys that belong to no user of the program, by role. They have no meaning on the static server:
   * tokens signed by them are for the operator server alone.
   */
  readonly roles?: Readonly<Record<string, Role>>;
}

/** A scoped signing key: whoever's JWT it signed has exactly these permissions. */
export interface Role {
  /** The public key (`A…`) that signs. */
  readonly signingKey: string;
  readonly permissions?: Permissions;
}

/** The shape of each part of a declared account. */
const PARTS: Readonly<Record<keyof AccountDeclaration, Shape>> = {
  ...TERM_SHAPES,
  name: text,
  users: optional(mapOf(objectOf<DeclaredUser>({ permissions: optional(PERMISSIONS) }))),
  imports: optional(IMPORTS),
};

/** True when an account's parts are what the checks between accounts take them for. */
export function isWellFormed(account: AccountDeclaration): boolean {
  return fits(objectOf<AccountDeclaration>(PARTS), account);
}

/** All that is wrong with an account, seen alone; paths start at the account's arguments. */
export function accountDiagnostics({ name, users, imports, ...terms }: AccountDeclaration): Diagnostic[] {
  return [
    ...nameDiagnostics("name", name),
    ...shaped("users", optional(mapOf(anything)), users, (are) =>
      Object.entries(are ?? {}).flatMap(([user, declared]) => userDiagnostics(user, declared)),
    ),
    ...termsDiagnostics(terms),
    ...shaped("imports", PARTS.imports, imports, (are) => importsDiagnostics(name, are ?? [])),
  ];
}

/** Permissions have a shape of their own, which is looked at where they are. */
const USER: Shape = objectOf<DeclaredUser>({ permissions: anything });

function userDiagnostics(name: string, user: DeclaredUser): Diagnostic[] {
  const path = keyPath("", name);
  return [
    ...nameDiagnostics(path, name),
    ...shaped(path, USER, user, ({ permissions }) => under("permissions", permissionsDiagnostics(permissions))),
  ];
}

/** The account with every list in its stable order and everything left out that says nothing. */
export function normalAccount({ name, publicKey, users, roles, imports, ...terms }: Account): Account {
  return defined<Account>({
    name,
    publicKey,
    users: normalHolders(users),
    roles: normalRoles(roles),
    imports: normalImports(imports),
    ...normalTerms(terms),
  });
}

/** The same roles with normal permissions, or undefined when there are none. */
export function normalRoles(roles: Account["roles"]): Account["roles"] {
  const normal = normalHolders(roles);
  return Object.keys(normal).length === 0 ? undefined : normal;
}

/** Names that more than one of some things have. */
export function duplicateDiagnostics(path: string, names: readonly string[], what: string): Diagnostic[] {
  return names.flatMap((name, index) => {
    const first = names.indexOf(name);
    const problem = `is the name of ${path}[${first}] already; each ${what} has a name of its own`;
    return first === index
      ? []
      : [{ path: `${path}[${index}]`, value: shown(name), problem, remedy: "Rename one of them." }];
  });
}
