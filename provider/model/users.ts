import type { Diagnostic } from "./diagnostics";
import { shown } from "./diagnostics";
import { defined, sortedEntries } from "./order";
import { normalPermissions, type Permissions } from "./permissions";
import { shaped, text } from "./shape";

/** A user as both servers know it: by its keys, with what it may do. */
export interface User {
  /** The user's public key (`U…`): its identity on both servers. */
  readonly publicKey: string;
  /** The public key (`A…`) that signed the user's JWT; its scope in the account's JWT holds the permissions. */
  readonly signingKey: string;
  /**
   * What the user may publish and subscribe to.
   *
   * @default everything in its account
   */
  readonly permissions?: Permissions;
}

/** Users by name. */
export type Users = Readonly<Record<string, User>>;

/**
 * The longest name. A user's name stands in its JWT, which must fit into the 4,096 bytes of a client's CONNECT line,
 * with each character at its longest.
 */
const LONGEST_NAME = 255;

/** Says what is wrong with a name of an operator, account or user; it is free text, and must say something. */
export function nameDiagnostics(path: string, name: string): Diagnostic[] {
  return shaped(path, text, name, (is) => {
    const problem = nameProblem(is);
    return problem === undefined ? [] : [{ path: "", value: shown(is), problem, remedy: "Write a name." }];
  });
}

function nameProblem(name: string): string | undefined {
  if (name.trim() === "") {
    return "is empty; a name says who it is";
  }
  if (!name.isWellFormed()) {
    return "is not valid Unicode; a name is written as UTF-8";
  }
  return name.length > LONGEST_NAME ? `is longer than ${LONGEST_NAME} characters` : undefined;
}

/** The same users or roles with normal permissions, in the order of their names. */
export function normalHolders<T extends Pick<User, "permissions">>(
  holders: Readonly<Record<string, T>> | undefined,
): Record<string, T> {
  return Object.fromEntries(sortedEntries(holders ?? {}).map(([name, holder]) => [name, normalHolder(holder)]));
}

/** The same user or role with normal permissions. */
export function normalHolder<T extends Pick<User, "permissions">>(holder: T): T {
  return defined<T>({ ...holder, permissions: normalPermissions(holder.permissions) });
}
