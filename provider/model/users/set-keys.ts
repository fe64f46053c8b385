import { parseSeconds } from "../form/quantities";
import { formatTime, getExpiry, type CurrentLifetime } from "../keys/lifetime";
import { omitUndefined } from "../form/order";
import { parseUser, withShared, type SetUser, type SharedTerms } from "./set-users";
import { formatLines, parseLines, type SetText } from "./set-text";
import { USER, type User } from "./users";

/** The key of a user of a set. */
export interface SetKey {
  readonly publicKey: string;
  /** Number of the update that generated the key; undefined for a key that the program supplied. */
  readonly made?: number;
  /** Version of the key, if its rotation names one. */
  readonly version?: string;
  /** When the user's creds expire, in UTC. */
  readonly expires?: string;
}

/** The users of a set and their keys, as configurations and the claims of the account need them. */
export interface SetKeys {
  /** The set's role. */
  readonly role: string;
  /** Public key (`A…`) of the role. */
  readonly signingKey: string;
  /** The users as the program declares them, one a line. */
  readonly users: SetText;
  /** Their public keys, one a line. */
  readonly keys: SetText;
  /** What all users have in common, unless a user has a term of its own. */
  readonly shared?: SharedTerms | undefined;
  /** When JWTs were issued, as text. Undefined if that is not needed, or not known yet. */
  readonly issued?: string | undefined;
}

/** Formats keys by name: the public key, then what else is known of it, which is the number of an update in most cases. */
export function formatKeys(keys: Iterable<readonly [string, SetKey]>): SetText {
  return formatLines(Array.from(keys, ([name, key]) => [name, formatKey(key)] as const));
}

function formatKey({ publicKey, ...rest }: SetKey): string {
  const { made, ...others } = rest;
  const more = Object.keys(others).length === 0 ? `${made ?? ""}` : JSON.stringify(rest);
  return more === "" ? publicKey : `${publicKey} ${more}`;
}

/** Reads the rest of a line of {@link formatKeys}. */
export function parseKey(rest: string): SetKey {
  const [publicKey = ""] = rest.split(" ", 1);
  const more = rest.slice(publicKey.length + 1);
  if (more === "") {
    return { publicKey };
  }
  return more.startsWith("{")
    ? { publicKey, ...(JSON.parse(more) as Omit<SetKey, "publicKey">) }
    : { publicKey, made: Number(more) };
}

/** What determines the keys of a set. */
export interface KeySource {
  readonly users: SetText;
  readonly shared?: SharedTerms | undefined;
}

/** The keys of a set, and the number of the last update that generated some. */
export interface PlannedKeys {
  /** Undefined if a preview does not know a new key. */
  readonly keys: SetText | undefined;
  readonly update: number;
}

/** How the keys of a set come about. */
export interface KeyMaker {
  /** Returns the public key that the program supplies for a user; undefined if it supplies none. */
  supplied(name: string, user: SetUser): string | undefined;
  /** Returns when the JWT expires that the program supplies with a key, in Unix seconds; undefined for none. */
  suppliedEnd(name: string): number | undefined;
  /** Returns the public keys to generate, by name; undefined if they are not known yet. */
  derive(names: readonly string[], update: number): Promise<ReadonlyMap<string, string> | undefined>;
}

/**
 * Returns the keys of the users of a set: those that the program supplies, the present ones, and new ones for the others.
 *
 * @param before the set as of the last update; undefined if it is new
 * @param now Unix seconds
 */
export async function planKeys(
  before: (KeySource & { readonly keys: SetText; readonly update: number }) | undefined,
  after: KeySource,
  maker: KeyMaker,
  now: number,
): Promise<PlannedKeys> {
  const present = presentKeys(before);
  const parse = memoizedUsers();
  /** The lines of users that stay the same: most, if they are many. */
  const same: [string, string][] = [];
  const planned = new Map<string, PlannedKey>();
  for (const [name, rest] of parseLines(after.users)) {
    const user = parse(rest);
    const terms = withShared(user, after.shared);
    const supplied = maker.supplied(name, user);
    const line = present.keys.get(name);
    if (line !== undefined && supplied === undefined && hasSameTerms(present, name, rest, after, terms)) {
      same.push([name, line]);
    } else {
      const old = line === undefined ? undefined : parseKey(line);
      const { lifetime } = withShared(parse(present.users.get(name) ?? ""), before?.shared);
      const end = supplied === undefined ? undefined : maker.suppliedEnd(name);
      planned.set(name, planKey(old, lifetime, { supplied, end, terms, update: present.next }, now));
    }
  }
  const missing = Array.from(planned).flatMap(([name, { publicKey }]) => (publicKey === undefined ? [name] : []));
  const derived = missing.length === 0 ? new Map<string, string>() : await maker.derive(missing, present.next);
  const lines = Array.from(planned, ([name, key]): [string, string] => {
    const complete = omitUndefined<SetKey>({ ...key, publicKey: key.publicKey ?? derived?.get(name) });
    return [name, formatKey(complete)];
  });
  return {
    keys: derived === undefined ? undefined : formatLines([...same, ...lines]),
    update: missing.length === 0 ? present.next - 1 : present.next,
  };
}

/** A set as of the last update. */
interface PresentKeys {
  readonly keys: ReadonlyMap<string, string>;
  readonly users: ReadonlyMap<string, string>;
  readonly shared: string | undefined;
  /** Number of the next update that generates keys. */
  readonly next: number;
}

function presentKeys(before: Parameters<typeof planKeys>[0]): PresentKeys {
  const { keys = "", users = "", shared, update = 0 } = before ?? {};
  return { keys: parseLines(keys), users: parseLines(users), shared: JSON.stringify(shared), next: update + 1 };
}

/** Returns whether the terms of a user are those of the last update, and the time does not matter to them. */
function hasSameTerms(
  { users, shared }: PresentKeys,
  name: string,
  rest: string,
  after: KeySource,
  { lifetime }: SetUser,
): boolean {
  return lifetime === undefined && rest === users.get(name) && shared === JSON.stringify(after.shared);
}

/** What the key of a user results from. */
interface KeyTerms {
  readonly supplied: string | undefined;
  /** When the supplied JWT expires, in Unix seconds. */
  readonly end: number | undefined;
  readonly terms: SetUser;
  readonly update: number;
}

function planKey(
  old: SetKey | undefined,
  lifetime: SetUser["lifetime"],
  { supplied, end, terms, update }: KeyTerms,
  now: number,
): PlannedKey {
  const key = currentKey(old, supplied, terms);
  const made = key ?? omitUndefined<PlannedKey>({ made: update, version: versionOf(terms) });
  const isSame = old?.publicKey === made.publicKey;
  const expires = getExpiry(isSame ? heldLifetime(old, lifetime) : suppliedLifetime(end, terms, now), terms, now);
  return omitUndefined<PlannedKey>({ ...made, expires });
}

/** Returns a function that parses each text once: many users have the same terms. */
function memoizedUsers(): (rest: string) => SetUser {
  const parsed = new Map<string, SetUser>();
  return (rest) => {
    let user = parsed.get(rest);
    if (user === undefined) {
      user = parseUser(rest);
      parsed.set(rest, user);
    }
    return user;
  };
}

/** A key that may still have to be generated. */
type PlannedKey = Partial<SetKey>;

/** Returns the lifetime of the creds of a key that stays. */
function heldLifetime(old: SetKey | undefined, lifetime: SetUser["lifetime"]): CurrentLifetime {
  return omitUndefined<CurrentLifetime>({ lifetime, expires: old?.expires });
}

/** Returns the lifetime of supplied creds, unless they would be valid for longer than new ones. */
function suppliedLifetime(end: number | undefined, { lifetime }: SetUser, now: number): CurrentLifetime {
  const seconds = lifetime === undefined ? undefined : parseSeconds(lifetime);
  return end === undefined || seconds === undefined || !(end <= now + seconds)
    ? {}
    : omitUndefined<CurrentLifetime>({ lifetime, expires: formatTime(end) });
}

function versionOf({ rotation }: SetUser): string | undefined {
  return rotation?.version === undefined ? undefined : String(rotation.version);
}

/** Returns the key that a user has without a new one: a supplied one, or the present one; undefined if it needs a new one. */
function currentKey(old: SetKey | undefined, supplied: string | undefined, terms: SetUser): SetKey | undefined {
  const version = versionOf(terms);
  if (supplied !== undefined) {
    // The version at which a key is supplied generates no other one when the program no longer supplies it.
    return omitUndefined<SetKey>({ publicKey: supplied, version });
  }
  return version === undefined || version === old?.version ? old : undefined;
}

/** Times of issue by name, in Unix seconds. */
export type IssueTimes = ReadonlyMap<string, number>;

/**
 * Formats the times at which the JWTs of a set were issued: the most frequent one alone on the first line, then a line for
 * each user with another one.
 */
export function formatIssued(times: IssueTimes): string {
  const counts = new Map<number, number>();
  for (const time of times.values()) {
    counts.set(time, (counts.get(time) ?? 0) + 1);
  }
  const [most] = [...counts].reduce((best, one) => (one[1] > best[1] ? one : best), [0, 0]);
  const others = formatLines(Array.from(times).flatMap(([name, time]) => (time === most ? [] : [[name, `${time}`]])));
  return `${most}\n${others}`;
}

/** Returns a function that finds the time of issue of a user, in a text of {@link formatIssued}. */
export function parseIssued(text: string): (name: string) => number {
  const end = text.indexOf("\n");
  const most = Number(text.slice(0, end));
  const others = parseLines(text.slice(end + 1));
  return (name) => Number(others.get(name) ?? most);
}

/** Returns the users of a set with their keys. @param names those to return; all by default */
export function usersOfSet(set: SetKeys, names?: ReadonlySet<string>): Record<string, User> {
  const { role, signingKey, shared } = set;
  const issuedAt = set.issued === undefined ? undefined : parseIssued(set.issued);
  const keys = parseLines(set.keys);
  const parse = memoizedUsers();
  const users: [string, User][] = [];
  for (const [name, rest] of parseLines(set.users)) {
    const line = keys.get(name);
    if (line !== undefined && names?.has(name) !== false) {
      const { publicKey, expires } = parseKey(line);
      const { tags, notBefore, rotation } = withShared(parse(rest), shared);
      const time = issuedAt?.(name);
      users.push([
        name,
        // The terms in texts are in normal form.
        USER.markNormal(
          omitUndefined<User>({ publicKey, signingKey, role, tags, notBefore, expires, rotation, issuedAt: time }),
        ),
      ]);
    }
  }
  return Object.fromEntries(users);
}

/** What a user's JWT contains. A change of any part requires a new signature. */
export interface IssuedUser {
  readonly publicKey: string;
  readonly tags?: readonly string[];
  readonly expires?: string;
  readonly notBefore?: string;
}

/**
 * Returns what the JWT of each user contains, apart from the parts that all have in common.
 *
 * @param names those to return; all by default
 */
export function issuedUsers(
  set: Pick<SetKeys, "users" | "keys" | "shared">,
  names?: ReadonlySet<string>,
): Map<string, IssuedUser> {
  const all = usersOfSet({ ...set, role: "", signingKey: "", issued: undefined }, names);
  return new Map(
    Object.entries(all).map(([name, { publicKey, tags, expires, notBefore }]) => [
      name,
      omitUndefined<IssuedUser>({ publicKey, tags, expires, notBefore }),
    ]),
  );
}

/** Returns the names of the users that differ between two sets. */
export function changedNames(before: SetKeys | undefined, after: SetKeys | undefined): Set<string> {
  const [olds, news] = [before, after].map(comparedUsers);
  const names = new Set([...(olds?.keys.keys() ?? []), ...(news?.keys.keys() ?? [])]);
  if (olds === undefined || news === undefined || olds.common !== news.common) {
    return names;
  }
  return new Set(
    [...names].filter(
      (name) =>
        olds.keys.get(name) !== news.keys.get(name) ||
        olds.users.get(name) !== news.users.get(name) ||
        olds.issuedAt(name) !== news.issuedAt(name),
    ),
  );
}

/** The parts of a set that are compared: a user has changed if one of them has. */
interface ComparedSet {
  readonly keys: ReadonlyMap<string, string>;
  readonly users: ReadonlyMap<string, string>;
  readonly issuedAt: (name: string) => number | undefined;
  /** What all users have in common. */
  readonly common: string;
}

function comparedUsers(set: SetKeys | undefined): ComparedSet | undefined {
  return (
    set && {
      keys: parseLines(set.keys),
      users: parseLines(set.users),
      issuedAt: set.issued === undefined ? () => undefined : parseIssued(set.issued),
      common: JSON.stringify([set.role, set.signingKey, set.shared]),
    }
  );
}
