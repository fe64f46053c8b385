import { ACCESS, type Access } from "../access/access";
import type { Diagnostic } from "../form/diagnostics";
import { shown } from "../form/diagnostics";
import { lifetimeDiagnostics, normalTime, type Lifetime } from "../keys/lifetime";
import type { Rotation } from "../keys/rotation";
import { anything, shaped, text } from "../form/shape";
import { normalTags, TAGS, userTagsDiagnostics } from "../form/tags";
import { term, Terms } from "../form/terms";

/**
 * What a program says of a user: what it may do, or the role that says so; and its tags.
 *
 * @example
 * ```ts
 * { role: "reader", tags: ["tenant:blue"] }
 * ```
 */
export interface UserTerms extends Access, Lifetime {
  /**
   * The role that says what the user may do. It says all of it: a user with a role has no permissions, limits or the like
   * of its own.
   *
   * @default none: the user has what it says itself
   */
  readonly role?: string;
  /**
   * What the templates in permissions find: `"tenant:blue"` is what `{{tag(tenant)}}` stands for. Lower case. They stand
   * in the user's JWT.
   *
   * @default none
   */
  readonly tags?: readonly string[];
}

/** A user as both servers know it: by its keys, with what it may do. */
export interface User extends UserTerms {
  /** The user's public key (`U…`): its identity on both servers. */
  readonly publicKey: string;
  /**
   * The public key (`A…`) that signed the user's JWT: its role's, or else one that signed no other JWT. Its scope in the
   * account's JWT says what the user may do.
   */
  readonly signingKey: string;
  /** When the user's JWT was issued, in seconds since 1970: a revocation concerns those that are no younger than itself. */
  readonly issuedAt?: number;
  /** How the user's key takes the place of the one before. */
  readonly rotation?: Rotation;
}

/** What is said of a user and stands in no JWT of its account. */
export const BESIDE_CLAIMS = [
  "issuedAt",
  "rotation",
  "lifetime",
  "renewBefore",
  "expires",
  "notBefore",
] as const satisfies readonly (keyof User)[];

/** Users by name. */
export type Users = Readonly<Record<string, User>>;

/** Everything that a program can say of a user. */
export const USER = new Terms<UserTerms>({
  ...ACCESS.table,
  role: term(text, () => []),
  tags: term(TAGS, userTagsDiagnostics, normalTags),
  // What is wrong with times and lengths of time is told of all of them together.
  lifetime: term(anything, () => []),
  renewBefore: term(anything, () => []),
  expires: term(text, () => [], normalTime),
  notBefore: term(text, () => [], normalTime),
});

/** All that is wrong with what a program says of a user; paths start at the user. */
export function userDiagnostics(user: UserTerms): Diagnostic[] {
  const own = ACCESS.names.filter((name) => user[name] !== undefined);
  const problem = "stands beside a role, which says all that its users may do";
  const remedy = "Write it in the role, or leave the role out.";
  return [
    ...USER.diagnostics(user),
    ...lifetimeDiagnostics(user),
    ...(user.role === undefined ? [] : own).map((path) => ({ path, problem, remedy })),
  ];
}

/**
 * The longest name. A user's name stands in its JWT, which must fit into the 4,096 bytes of a client's CONNECT line,
 * with each character at its longest.
 */
const LONGEST_NAME = 255;

/** Says what is wrong with a name of an operator, account, user or role; it is free text, and must say something. */
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
