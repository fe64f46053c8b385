import { diagnose, display, displayList, keyPath, prefixPaths, type Diagnostic } from "../../diagnostics/diagnostic";
import { lifetimeDiagnostics, normalizeTime, type Lifetime } from "../keys/lifetime";
import { normalizeRotation, rotationDiagnostics, suppliedKeyDiagnostics, type Rotation } from "../keys/rotation";
import { emptyToUndefined, omitUndefined } from "../form/order";
import { anyValue, checkShape, isReservedKey, objectOf, optional, reservedKey, stringShape } from "../form/shape";
import { normalizeTags, TAGS, userTagsDiagnostics } from "../form/tags";
import { emptyListFinding, findEmptyListsOf, getAccess, templateDiagnostics, type AccountAccess } from "./roles";
import { areAlwaysExpandable, hasTemplates } from "../access/templates";
import { formatLines, parseLines, type SetText } from "./set-text";
import { nameDiagnostics, type UserTerms } from "./users";

/** A user of a set, apart from seeds. Its permissions and limits are those of the set's role. */
export interface SetUser extends Lifetime {
  /**
   * Values of the templates in permissions: `"tenant:blue"` is the value of `{{tag(tenant)}}`. Keys are in lower case. Part of
   * the user's JWT.
   *
   * @default none
   */
  readonly tags?: readonly string[];
  /**
   * Public key (`U…`) of a user whose seed is not managed here, for example because a device has generated it.
   *
   * @default the public key of `seed` or `creds`, or of a new key
   */
  readonly publicKey?: string;
  /**
   * Replaces the user's key: see {@link Rotation}.
   *
   * @default the rotation of the set
   */
  readonly rotation?: Rotation;
}

/** What all users of a set have in common, unless a user has a term of its own. */
export interface SharedTerms extends Lifetime {
  /** Rotation of the keys that are generated here. */
  readonly rotation?: Rotation;
}

/** Users by name. A map, because names can be those that every object inherits. */
export type SetUsers = ReadonlyMap<string, SetUser>;

const USER = objectOf<SetUser>({
  publicKey: optional(stringShape),
  tags: optional(TAGS),
  lifetime: anyValue,
  renewBefore: anyValue,
  expires: optional(stringShape),
  notBefore: optional(stringShape),
  rotation: anyValue,
});

/** Returns a user in normal form. It must be valid. */
function normalizeSetUser(user: SetUser): SetUser {
  const { tags, expires, notBefore, rotation } = user;
  return omitUndefined<SetUser>({
    ...user,
    tags: tags && normalizeTags(tags),
    expires: expires === undefined ? undefined : normalizeTime(expires),
    notBefore: notBefore === undefined ? undefined : normalizeTime(notBefore),
    rotation: rotation && normalizeRotation(rotation),
  });
}

/** Returns the terms of a set in normal form; undefined if there are none. They must be valid. */
export function normalizeShared(shared: SharedTerms): SharedTerms | undefined {
  return emptyToUndefined(normalizeSetUser(shared));
}

/** Formats valid users as one line each. */
export function formatUsers(users: SetUsers): SetText {
  const rest = ({ publicKey, tags, lifetime, renewBefore, expires, notBefore, rotation }: SetUser) => {
    // The order of the properties in a line never changes. The text has no undefined ones.
    const text = JSON.stringify({
      publicKey,
      tags: tags && normalizeTags(tags),
      lifetime,
      renewBefore,
      expires: expires === undefined ? undefined : normalizeTime(expires),
      notBefore: notBefore === undefined ? undefined : normalizeTime(notBefore),
      rotation: rotation && normalizeRotation(rotation),
    });
    return text === "{}" ? "" : text;
  };
  return formatLines(Array.from(users, ([name, user]) => [name, rest(user)] as const));
}

/** Reads the rest of a line of {@link formatUsers}. */
export function parseUser(rest: string | undefined): SetUser {
  return rest === undefined || rest === "" ? {} : (JSON.parse(rest) as SetUser);
}

/** The inverse of {@link formatUsers}. */
export function parseUsers(text: SetText): SetUsers {
  return new Map(Array.from(parseLines(text), ([name, rest]) => [name, parseUser(rest)]));
}

/** Returns the terms of a user with those of its set. */
export function withShared(user: SetUser, shared: SharedTerms | undefined): SetUser {
  if (shared === undefined) {
    return user;
  }
  // A lifetime determines the expiry as well, so that only one of the two applies.
  const { lifetime, renewBefore, expires, ...rest } = shared;
  const hasOwnEnd = user.lifetime !== undefined || user.expires !== undefined;
  const end = hasOwnEnd ? {} : omitUndefined<Lifetime>({ lifetime, renewBefore, expires });
  return { ...rest, ...end, ...user };
}

/** The account of a set, as far as its users depend on it. */
export interface SetAccount extends Omit<AccountAccess, "users"> {
  /** Names of the users of the account that are not in this set, each with what has it. */
  readonly others: ReadonlyMap<string, string>;
}

/** Finds problems with the users of a set; paths are relative to its arguments. */
export function setUsersDiagnostics(users: SetUsers, role: string, account: SetAccount): Diagnostic[] {
  const own: Diagnostic[] = [];
  for (const [name, user] of users) {
    const path = keyPath("users", name);
    own.push(
      ...nameDiagnostics(path, name),
      ...(isReservedKey(name) ? diagnose(reservedKey(name, "users")) : []),
      ...checkShape(path, USER, user, setUserDiagnostics),
    );
  }
  return [
    ...own,
    ...sameNameDiagnostics(users, account.others),
    ...similarNameDiagnostics(users, account.others),
    ...(own.length > 0 ? [] : setTemplateDiagnostics(users, role, account)),
  ];
}

function setUserDiagnostics(user: SetUser): Diagnostic[] {
  const { tags = [], rotation, publicKey } = user;
  return [
    ...prefixPaths("tags", userTagsDiagnostics(tags)),
    ...lifetimeDiagnostics(user),
    ...prefixPaths("rotation", [
      ...rotationDiagnostics(rotation),
      ...(publicKey === undefined ? [] : suppliedKeyDiagnostics(rotation)),
    ]),
  ];
}

/** Finds problems with the terms that a set has for all users; paths are relative to its arguments. */
export function sharedDiagnostics(shared: SharedTerms): Diagnostic[] {
  return [...lifetimeDiagnostics(shared), ...prefixPaths("rotation", rotationDiagnostics(shared.rotation))];
}

function sameNameDiagnostics(users: SetUsers, others: SetAccount["others"]): Diagnostic[] {
  return [...users.keys()].flatMap((name) => {
    const other = others.get(name);
    const problem = `is already the name of a user in ${other ?? ""}`;
    const remedy = "Remove the user from one of them. To move it with its key, supply its `creds`.";
    return other === undefined ? [] : diagnose({ code: "NA1902", path: keyPath("users", name), problem, remedy });
  });
}

/** Names that look alike are one name to most people and to some file systems. */
function similarNameDiagnostics(users: SetUsers, others: SetAccount["others"]): Diagnostic[] {
  const firsts = new Map(Array.from(others.keys(), (name) => [name.normalize("NFC"), name]));
  return [...users.keys()].flatMap((name) => {
    const normal = name.normalize("NFC");
    const first = firsts.get(normal);
    firsts.set(normal, first ?? name);
    if (first === undefined || first === name) {
      return [];
    }
    return diagnose({
      code: "NA1903",
      path: keyPath("users", name),
      problem: `differs from ${display(first)} in Unicode normalization only; both look like ${display(normal)}`,
      remedy: "Remove one of the two, or rename it.",
    });
  });
}

/** The users must be well-formed. Most roles have no templates, or only some that every user can do without. */
function setTemplateDiagnostics(users: SetUsers, role: string, account: Omit<AccountAccess, "users">): Diagnostic[] {
  const { permissions = {} } = getAccess({ role }, account.roles);
  let most = Math.max(1, account.tags?.length ?? 0);
  for (const { tags = [] } of users.values()) {
    most = Math.max(most, tags.length);
  }
  if (areAlwaysExpandable(permissions, most)) {
    return [];
  }
  return templateDiagnostics({ ...account, users: withRole(users, role) });
}

/**
 * Finds the users of a set that may publish or subscribe to nothing, because the templates of the role have no value; paths are relative
 * to the arguments of the set, which must be valid.
 */
export function setEmptyListDiagnostics(
  users: SetUsers,
  role: string,
  account: Omit<AccountAccess, "users">,
): Diagnostic[] {
  const { publish, subscribe } = getAccess({ role }, account.roles).permissions ?? {};
  const hasAny = [publish, subscribe].some((subjects) => hasTemplates(subjects?.allow ?? []));
  const found = hasAny ? findEmptyListsOf({ ...account, users: withRole(users, role) }) : [];
  return (["publish", "subscribe"] as const).flatMap((list) => {
    const concerned = found.filter((one) => one.list === list);
    const names = displayList(concerned.map(({ user }) => user));
    const { code, problem, remedy } = emptyListFinding(list, concerned[0]?.subjects ?? [], names);
    const count = concerned.length === 1 ? "1 user" : `${concerned.length.toLocaleString("en")} users`;
    return diagnose({
      code,
      path: "users",
      problem: concerned.length === 0 ? undefined : `has ${count} who ${problem}`,
      remedy,
    });
  });
}

function withRole(users: SetUsers, role: string): Record<string, UserTerms> {
  return Object.fromEntries(Array.from(users, ([name, { tags = [] }]) => [name, { role, tags }]));
}

/** Finds keys that the program supplies for two users of a set. @param supplied public keys by name */
export function repeatedKeyDiagnostics(supplied: ReadonlyMap<string, string>): Diagnostic[] {
  const byKey = new Map<string, string[]>();
  for (const [name, key] of supplied) {
    byKey.set(key, [...(byKey.get(key) ?? []), name]);
  }
  return Array.from(byKey).flatMap(([key, names]) =>
    diagnose({
      code: "NA1710",
      path: keyPath("users", names[1] ?? ""),
      value: key,
      problem: names.length === 1 ? undefined : `is the key of several users: ${displayList(names)}`,
      remedy: "Use a different key for each user, or remove the argument to generate one.",
    }),
  );
}

/** The maximum number of problems of a set that are listed. */
const MAX_PROBLEMS = 20;

/** Shortens a long list of problems with the users of a set to the first ones and a count. */
export function shortenDiagnostics(found: readonly Diagnostic[]): Diagnostic[] {
  const more = found.length - MAX_PROBLEMS;
  return [
    ...found.slice(0, MAX_PROBLEMS),
    ...diagnose({
      code: "NA1904",
      path: "users",
      problem: more > 0 ? `has ${more.toLocaleString("en")} more problems` : undefined,
      remedy: "Correct the ones above first: many problems often have one cause.",
    }),
  ];
}

/** Returns the names in a text. */
export function namesOf(text: SetText): string[] {
  return [...parseLines(text).keys()];
}
