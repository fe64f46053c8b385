import { ACCESS, type Access } from "../access/access";
import { diagnose, type Diagnostic } from "../../diagnostics/diagnostic";
import { lifetimeDiagnostics, normalizeTime, type Lifetime } from "../keys/lifetime";
import type { Rotation } from "../keys/rotation";
import { anyValue, checkShape, stringShape } from "../form/shape";
import { normalizeTags, TAGS, userTagsDiagnostics } from "../form/tags";
import { term, Terms } from "../form/terms";

/**
 * A user: its role, or its own permissions and limits; its tags; and the lifetime of its credentials.
 *
 * @example
 * ```ts
 * { role: "reader", tags: ["tenant:blue"] }
 * ```
 */
export interface UserTerms extends Access, Lifetime {
  /**
   * Role that determines what the user may do. Cannot be combined with permissions, limits or other restrictions.
   *
   * @default none: the user has its own permissions and limits
   */
  readonly role?: string;
  /**
   * Values of the templates in permissions: `"tenant:blue"` is the value of `{{tag(tenant)}}`. Keys are in lower case. Part of the
   * user's JWT.
   *
   * @default none
   */
  readonly tags?: readonly string[];
}

/** A user with its keys, as both servers are configured with it. */
export interface User extends UserTerms {
  /** The user's public key (`U…`), its identity on both servers. */
  readonly publicKey: string;
  /**
   * The public key (`A…`) that signed the user's JWT: the signing key of its role, or a key that signed no other JWT. The
   * account's JWT lists it with the user's permissions and limits as its scope.
   */
  readonly signingKey: string;
  /** When the user's JWT was issued, in Unix seconds. A revocation at this time or later applies to the JWT. */
  readonly issuedAt?: number;
  /** Rotation of the user's key. */
  readonly rotation?: Rotation;
}

/** The properties of a user that are not part of its account's JWT. */
export const NON_CLAIM_PROPERTIES = [
  "issuedAt",
  "rotation",
  "lifetime",
  "renewBefore",
  "expires",
  "notBefore",
] as const satisfies readonly (keyof User)[];

/** Users by name. */
export type Users = Readonly<Record<string, User>>;

/** Shapes, checks and normal forms of the properties that programs declare for a user. */
export const USER = new Terms<UserTerms>({
  ...ACCESS.table,
  role: term(stringShape, () => []),
  tags: term(TAGS, userTagsDiagnostics, normalizeTags),
  // The properties of a lifetime are checked together.
  lifetime: term(anyValue, () => []),
  renewBefore: term(anyValue, () => []),
  expires: term(stringShape, () => [], normalizeTime),
  notBefore: term(stringShape, () => [], normalizeTime),
});

/** Returns all problems with a user; paths are relative to the user. */
export function userDiagnostics(user: UserTerms): Diagnostic[] {
  return [...USER.diagnostics(user), ...lifetimeDiagnostics(user), ...besideRoleDiagnostics(user)];
}

function besideRoleDiagnostics(user: UserTerms): Diagnostic[] {
  const problem = "cannot be combined with `role`, which determines all permissions and limits of its users";
  const remedy = "Move the property to the role, or remove `role`.";
  return ACCESS.names
    .filter((name) => user.role !== undefined && user[name] !== undefined)
    .flatMap((path) => diagnose({ code: "NA1402", path, problem, remedy }));
}

/**
 * The maximum length of a name, in UTF-16 code units. A user's JWT contains its name, and must fit into the 4,096 bytes of
 * a client's CONNECT line even if every character takes the most bytes.
 */
const MAX_NAME_LENGTH = 255;

/** Returns the problem with the name of an operator, account, user or role. */
export function nameDiagnostics(path: string, name: string): Diagnostic[] {
  const remedy = `Use a name of 1 to ${MAX_NAME_LENGTH} characters.`;
  return checkShape(path, stringShape, name, (value) =>
    diagnose({ code: "NA1401", value, problem: nameProblem(value), remedy }),
  );
}

function nameProblem(name: string): string | undefined {
  if (name.trim() === "") {
    return "must not be empty or consist of white space";
  }
  return name.length > MAX_NAME_LENGTH ? `must be at most ${MAX_NAME_LENGTH} characters long` : undefined;
}
