import { ACCESS, type Access } from "../access/access";
import { diagnose, displayList, keyPath, type Diagnostic, type Finding } from "../../diagnostics/diagnostic";
import { getOwn } from "../form/order";
import type { Rotation } from "../keys/rotation";
import { stringShape } from "../form/shape";
import {
  expandTemplates,
  findEmptyLists,
  TemplateError,
  type AllowList,
  type TemplateValues,
} from "../access/templates";
import { term, Terms } from "../form/terms";
import type { UserTerms } from "./users";

/**
 * A role: the permissions and limits of all its users. A role is a scoped signing key of the account (JWT `signing_keys`).
 * A changed role takes effect on both servers with the update and requires no new credentials.
 *
 * @example
 * ```ts
 * { description: "Reads its own orders", permissions: { subscribe: { allow: ["orders.{{tag(tenant)}}.>"] } } }
 * ```
 */
export interface RoleTerms extends Access {
  /** Description for people. */
  readonly description?: string;
}

/** A role with its signing key. */
export interface Role extends RoleTerms {
  /** The public key (`A…`) that signs the JWTs of the role's users. Grants every holder of such a JWT the role. */
  readonly signingKey: string;
  /** Rotation of the signing key. */
  readonly rotation?: Rotation;
}

/** Shapes, checks and normal forms of the properties that programs declare for a role. */
export const ROLE = new Terms<RoleTerms>({ ...ACCESS.table, description: term(stringShape, () => []) });

/** The properties of an account that determine what its users may do. */
export interface AccountAccess {
  readonly name: string;
  readonly tags?: readonly string[];
  readonly users?: Readonly<Record<string, UserTerms>>;
  readonly roles?: Roles;
}

type Roles = Readonly<Record<string, RoleTerms>>;

/** Returns the permissions and limits of a user: those of its role, or its own. */
export function getAccess<R extends RoleTerms>(
  user: UserTerms,
  roles: Readonly<Record<string, R>> | undefined,
): Access {
  return user.role === undefined ? user : (getOwn(roles, user.role) ?? {});
}

/** Returns true if the JWT of a user is a credential by itself: the operator server accepts it without the seed. */
export function isBearer(user: UserTerms, roles: Roles | undefined): boolean {
  return getAccess(user, roles).bearer === true;
}

/** Returns the users with a role that the account does not declare; paths are relative to the account. */
export function missingRoleDiagnostics({
  users = {},
  roles = {},
}: Pick<AccountAccess, "users" | "roles">): Diagnostic[] {
  const names = Object.keys(roles);
  const list = names.length === 0 ? "it has no roles" : `its roles: ${displayList(names)}`;
  const problem = `is not a role of the account; ${list}`;
  const remedy = "Add the role to the account's `roles`, or correct the name.";
  return Object.entries(users)
    .filter(([, { role }]) => isMissing(roles, role))
    .flatMap(([name, { role }]) =>
      diagnose({ code: "NA1403", path: `${keyPath("users", name)}.role`, value: role, problem, remedy }),
    );
}

/**
 * Returns the users that cannot connect because of templates in their permissions; paths are relative to the account. The
 * users and roles must each be valid. Users with an unknown role are skipped.
 */
export function templateDiagnostics(account: AccountAccess): Diagnostic[] {
  return Object.entries(account.users ?? {})
    .filter(([, { role }]) => !isMissing(account.roles ?? {}, role))
    .flatMap(([name, user]) => {
      const reason = templateProblem(name, user, account);
      const problem = reason === undefined ? undefined : `cannot connect to the operator server: ${reason}`;
      const remedy = "Add the tag that the template refers to, or deny another subject.";
      return diagnose({ code: "NA1404", path: keyPath("users", name), problem, remedy });
    });
}

/** A list of a user's permissions of which no subject remains, because the templates in all of them have no value. */
interface EmptyList {
  readonly user: string;
  readonly list: AllowList;
  readonly subjects: readonly string[];
}

/** Returns the users that may publish or subscribe to nothing; paths are relative to the account, which must be valid. */
export function emptyListDiagnostics(account: AccountAccess): Diagnostic[] {
  return findEmptyListsOf(account).flatMap(({ user, list, subjects }) =>
    diagnose({ ...emptyListFinding(list, subjects, "it"), path: keyPath("users", user) }),
  );
}

/** Finds the lists without subjects of the users of an account, which must be valid. */
export function findEmptyListsOf(account: AccountAccess): EmptyList[] {
  return Object.entries(account.users ?? {}).flatMap(([name, user]) => {
    const { permissions = {} } = getAccess(user, account.roles);
    const lists = findEmptyLists(permissions, fillingOf(name, user, account));
    return lists.map((list) => ({ user: name, list, subjects: permissions[list]?.allow ?? [] }));
  });
}

/** Describes a list without subjects. @param users who have it, as the end of a sentence */
export function emptyListFinding(list: AllowList, subjects: readonly string[], users: string): Omit<Finding, "path"> {
  return {
    code: "NA1417",
    problem: `may ${list} to no subject: the templates in ${displayList(subjects)} have no valid value for ${users}`,
    remedy: "Add the tags that the templates refer to, or correct their keys.",
  };
}

function isMissing(roles: Roles, role: string | undefined): boolean {
  return role !== undefined && !Object.hasOwn(roles, role);
}

/** Stands for keys, which are not known yet. Every key is equally valid in a subject. */
const ANY_KEY = "A";

/** Why nats-server cannot expand the templates of a user's permissions, if so. */
function templateProblem(name: string, user: UserTerms, account: AccountAccess): string | undefined {
  const { permissions = {} } = getAccess(user, account.roles);
  try {
    expandTemplates(permissions, fillingOf(name, user, account));
    return undefined;
  } catch (error) {
    if (error instanceof TemplateError) {
      return error.message;
    }
    throw error;
  }
}

function fillingOf(name: string, { tags = [] }: UserTerms, account: AccountAccess): TemplateValues {
  return { name, publicKey: ANY_KEY, tags, account: getAccountFilling(account, ANY_KEY) };
}

/** Returns the values of an account for the templates in its users' permissions. */
export function getAccountFilling({ name, tags }: AccountAccess, publicKey: string): TemplateValues["account"] {
  return { name, publicKey, tags: tags ?? [] };
}
