import { ACCESS, type Access } from "../access/access";
import { keyPath, shown, shownList, type Diagnostic } from "../form/diagnostics";
import { own } from "../form/order";
import type { Permissions } from "../access/permissions";
import type { Rotation } from "../keys/rotation";
import { text } from "../form/shape";
import { filledIn, Unfillable, type Filling } from "../access/templates";
import { term, Terms } from "../form/terms";
import type { UserTerms } from "./users";

/**
 * What a program says of a role: what all its users may do. A role is a scoped signing key of the account (JWT
 * `signing_keys`): a change of it is in force on both servers when the update is done, and needs no new credentials.
 *
 * @example
 * ```ts
 * { description: "Reads its own orders", permissions: { subscribe: { allow: ["orders.{{tag(tenant)}}.>"] } } }
 * ```
 */
export interface RoleTerms extends Access {
  /** What the role is, for people. */
  readonly description?: string;
}

/** A role as configurations say it: with the key that signs its users' JWTs. */
export interface Role extends RoleTerms {
  /** The public key (`A…`) that signs: whoever's JWT it signed may do exactly what the role says. */
  readonly signingKey: string;
  /** How the role's key takes the place of the one before. */
  readonly rotation?: Rotation;
}

/** Everything that a program can say of a role. */
export const ROLE = new Terms<RoleTerms>({ ...ACCESS.table, description: term(text, () => []) });

/** Users and roles of an account, and whose they are. */
export interface RoleBook {
  readonly name: string;
  readonly tags?: readonly string[];
  readonly users?: Readonly<Record<string, UserTerms>>;
  readonly roles?: Readonly<Record<string, RoleTerms>>;
}

/** What a user may do: what its role says, or the user itself. */
export function accessOf<R extends RoleTerms>(user: UserTerms, roles: Readonly<Record<string, R>> | undefined): Access {
  return user.role === undefined ? user : (own(roles, user.role) ?? {});
}

/** Users of roles that an account does not have; paths start at the account's arguments. */
export function missingRoleDiagnostics({ users = {}, roles = {} }: Pick<RoleBook, "users" | "roles">): Diagnostic[] {
  return Object.entries(users).flatMap(([name, { role }]) =>
    isMissing(roles, role) ? [missingRole(`${keyPath("users", name)}.role`, role, roles)] : [],
  );
}

/**
 * Users whom templates in permissions keep out, in an account whose users and roles are valid alone; paths start at the
 * account's arguments.
 */
export function templateDiagnostics(account: RoleBook): Diagnostic[] {
  return Object.entries(account.users ?? {}).flatMap(([name, user]) =>
    isMissing(account.roles ?? {}, user.role) ? [] : fillingDiagnostics(keyPath("users", name), name, user, account),
  );
}

/** True for the name of a role that is not there. */
function isMissing(roles: Readonly<Record<string, RoleTerms>>, role: string | undefined): role is string {
  return role !== undefined && !Object.hasOwn(roles, role);
}

function missingRole(path: string, role: string, roles: Readonly<Record<string, RoleTerms>>): Diagnostic {
  const names = Object.keys(roles);
  const offer = names.length === 0 ? "it has none" : `its roles are ${shownList(names)}`;
  const problem = `is no role of the account; ${offer}`;
  return { path, value: shown(role), problem, remedy: "Add it to the account's `roles`, or correct the name." };
}

/** Keys are not known yet, and every key is as good a subject as another. */
const SOME_KEY = "A";

function fillingDiagnostics(path: string, name: string, user: UserTerms, account: RoleBook): Diagnostic[] {
  const { permissions } = accessOf(user, account.roles);
  const filling = { name, publicKey: SOME_KEY, tags: user.tags ?? [], account: accountFilling(account, SOME_KEY) };
  const problem = permissions === undefined ? undefined : unfillableProblem(permissions, filling);
  const remedy = "Give the user or the account what the template asks for, or deny something else.";
  return problem === undefined
    ? []
    : [{ path, problem: `could not log in to the operator server: ${problem}`, remedy }];
}

/** What an account is to the templates in its users' permissions. */
export function accountFilling({ name, tags }: RoleBook, publicKey: string): Filling["account"] {
  return { name, publicKey, tags: tags ?? [] };
}

function unfillableProblem(permissions: Permissions, filling: Filling): string | undefined {
  try {
    filledIn(permissions, filling);
    return undefined;
  } catch (error) {
    if (error instanceof Unfillable) {
      return error.message;
    }
    throw error;
  }
}
