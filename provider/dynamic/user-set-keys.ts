import type { Diagnostic } from "../diagnostics/diagnostic";
import { isSetToken, type ExpiringToken } from "../jwt/set-jwts";
import { omitUndefined } from "../model/form/order";
import type { Rotation } from "../model/keys/rotation";
import {
  changedNames,
  formatIssued,
  issuedUsers,
  parseIssued,
  parseKey,
  planKeys,
  type IssuedUser,
  type KeyMaker,
  type SetKeys,
} from "../model/users/set-keys";
import { formatLines, parseLines, type SetText } from "../model/users/set-text";
import { parseUser, type SharedTerms } from "../model/users/set-users";
import { keyPairFromSeed } from "../nkeys/keys";
import { setKeyDeriver } from "../nkeys/set-seeds";
import { knownKeyDiagnostics } from "./checks/keys";
import { lostSetKeyDiagnostics, removedUsersDiagnostics } from "./checks/user-set";
import { nowInSeconds } from "./life-cycle/clock";
import { foldingExcept, withFolding, type Folded, type Folding } from "./life-cycle/folding";
import { isOtherVersion } from "./life-cycle/key-version";
import { hasChanged, toCheckFailures, withStateVersion, type LifeCycle } from "./life-cycle/life-cycle";
import { ifKnown, isUnknown, UNKNOWN } from "./life-cycle/unknown";
import { packText, unpackText } from "./state/packed-texts";

interface Inputs {
  /** The set's name. */
  name: string;
  role: string;
  /** Public key of the account. */
  account: string;
  /** Public key of the role. */
  signingKey: string;
  /** The users as the program declares them, one a line. */
  users: SetText;
  shared?: SharedTerms;
  /** Public key of the set's source; undefined if the program supplies all keys. */
  source?: string;
  /** Seed of the source. */
  root?: string;
  /** The seeds that the program supplies or has supplied, one a line, each with what identifies a supplied JWT. */
  given?: string;
  /** Version of the handed out seeds: those that the state has when it changes are dropped. */
  handedOut?: Rotation["version"];
  /** The largest number of users that an update may remove. Only `check` uses it. */
  maxRemovals?: number;
  /** The key of each user, one a line. Added by `check`, like the following. */
  keys?: SetText;
  /** Number of the last update that generated keys. */
  update?: number;
  /** Number of the first update whose keys the source generated. */
  since?: number;
}

type Content = Pick<Inputs, "users" | "shared" | "account" | "signingKey"> & { keys: SetText };

/** A state does not contain the seed of the source, which has a resource of its own. */
interface State extends Omit<Inputs, "root" | "keys" | "maxRemovals">, Content {
  /** When the JWTs were issued: see `formatIssued`. */
  issued: string;
}

const COMPARED = [
  "name",
  "role",
  "account",
  "signingKey",
  "users",
  "shared",
  "source",
  "given",
  "handedOut",
  "keys",
  "update",
  "since",
] as const satisfies readonly (keyof Inputs & keyof State)[];

type Visible = "users" | "keys" | "given";

/** The texts are lines, of which a preview shows those that change. */
const INPUTS = foldingExcept<Inputs, Visible | "root">(["users", "keys", "root", "given"]);

const PLAIN_STATE = foldingExcept<State, Visible | "issued">(["users", "keys", "given", "issued"]);

/** No preview shows the state, so that its texts are packed. */
const STATE: Folding<State, Folded<State, Visible | "issued">> = {
  fold: ({ users, keys, ...rest }) => PLAIN_STATE.fold({ ...rest, users: packText(users), keys: packText(keys) }),
  unfold(properties) {
    const { users, keys, ...rest } = PLAIN_STATE.unfold(properties);
    return { ...rest, users: unpackText(users), keys: unpackText(keys) };
  },
};

/** Creates the handler of `UserSetKeys`. @param now returns the time in seconds since 1970 */
export function userSetKeysProvider(now: () => number): LifeCycle<Inputs, Folded<State, Visible | "issued">> {
  const lifeCycle: LifeCycle<Inputs, State> = {
    async check(olds: Partial<Inputs>, { maxRemovals, ...news }) {
      const failures = toCheckFailures([
        ...knownKeyDiagnostics("account", "account", news.account),
        ...knownKeyDiagnostics("signingKey", "account", news.signingKey),
      ]);
      if (failures.length > 0) {
        return { inputs: news, failures };
      }
      const inputs = await complete(olds, news, now());
      const removed = removedUsersDiagnostics(ifKnown(olds.users), ifKnown(news.users), maxRemovals);
      return { inputs, failures: toCheckFailures([...removed, ...findLostKeys(olds, inputs)]) };
    },

    diff(_id, olds, news) {
      const changes = hasChanged<Partial<Inputs>>(COMPARED, olds, news);
      return Promise.resolve({ changes, replaces: [], deleteBeforeReplace: false });
    },

    create(inputs) {
      return Promise.resolve({ id: inputs.name, outs: toState(undefined, inputs, now()) });
    },

    update(_id, olds, news) {
      return Promise.resolve({ outs: toState(olds, news, now()) });
    },
  };
  return withStateVersion(withFolding(lifeCycle, { inputs: INPUTS, state: STATE }));
}

/** The handler of `UserSetKeys`. */
export const provider = userSetKeysProvider(nowInSeconds);

/** Returns the inputs with the keys of the users, as far as a preview knows them. */
async function complete(olds: Partial<Inputs>, news: Inputs, now: number): Promise<Inputs> {
  const base = { ...news, ...rememberedNumbers(olds, news) };
  const before = isKnownSet(olds) ? olds : undefined;
  if (isUnknown(news.users) || (olds.users !== undefined && before === undefined)) {
    return omitUndefined<Inputs>({ ...base, keys: UNKNOWN });
  }
  if (before !== undefined && hasSameUsers(before, base)) {
    return omitUndefined<Inputs>({ ...base, given: before.given, keys: before.keys });
  }
  const lines = parseLines(ifKnown(news.given) ?? "");
  const { keys, update } = await planKeys(before, news, keyMaker(news, lines), now);
  if (keys === undefined || isUnknown(news.given)) {
    return omitUndefined<Inputs>({ ...base, keys: keys ?? UNKNOWN, update });
  }
  const kept = isHandedOut(olds, news) ? [] : keptSeeds(olds, news, lines, keys);
  const given = formatLines([...lines, ...kept]);
  return omitUndefined<Inputs>({ ...base, given: given === "" ? undefined : given, keys, update });
}

/** True when what determines the keys is the same, and time does not: then they stay, without a look at each user. */
function hasSameUsers(before: Inputs, news: Inputs): boolean {
  const hasLifetimes = news.shared?.lifetime !== undefined || news.users.includes('"lifetime"');
  return (
    !hasLifetimes &&
    (news.given === "" ? before.given === undefined : news.given === before.given) &&
    !hasChanged<Partial<Inputs>>(["users", "shared", "source", "handedOut"], before, news)
  );
}

/** Finds users whose public key is no longer supplied, as far as a preview knows their keys. */
function findLostKeys(olds: Partial<Inputs>, news: Inputs): Diagnostic[] {
  const isSame = olds.users === news.users && olds.keys === news.keys;
  return !isSame && isKnownSet(olds) && isKnownSet(news) && !isUnknown(news.given)
    ? lostSetKeyDiagnostics(olds, news, new Set(parseLines(news.given ?? "").keys()))
    : [];
}

/** Returns what a set remembers, apart from keys. */
function rememberedNumbers(olds: Partial<Inputs>, { source, handedOut }: Inputs): Partial<Inputs> {
  const update = olds.update ?? 0;
  const hasNewSource = olds.source !== undefined && source !== olds.source;
  return omitUndefined<Partial<Inputs>>({
    update,
    since: hasNewSource ? update + 1 : (olds.since ?? 1),
    handedOut: handedOut ?? olds.handedOut,
  });
}

/** True when the seeds that the state has were handed out, so that it must lose them. */
function isHandedOut(olds: Partial<Inputs>, { handedOut }: Inputs): boolean {
  const before = olds.handedOut === undefined ? undefined : String(olds.handedOut);
  return olds.users !== undefined && isOtherVersion(before, handedOut);
}

function isKnownSet(set: Partial<Inputs>): set is Inputs & Required<Pick<Inputs, "keys" | "update">> {
  return set.users !== undefined && set.keys !== undefined && !isUnknown(set.users) && !isUnknown(set.keys);
}

/** Returns how the keys of a set come about. @param lines the seeds that the program supplies, by name */
function keyMaker({ root, given }: Inputs, lines: ReadonlyMap<string, string>): KeyMaker {
  return {
    supplied(name, { publicKey }) {
      const line = lines.get(name);
      return publicKey ?? (line === undefined ? undefined : publicKeyOf(line));
    },
    suppliedEnd: (name) => tokenOf(lines.get(name))?.exp,
    derive(names, update) {
      if (isUnknown(given) || root === undefined || isUnknown(root)) {
        return Promise.resolve(undefined);
      }
      const derive = setKeyDeriver(root);
      return Promise.resolve(new Map(names.map((name) => [name, derive.publicKey(name, update)])));
    },
  };
}

function publicKeyOf(line: string): string {
  const [seed = ""] = line.split(" ", 1);
  return keyPairFromSeed("user", seed).getPublicKey();
}

/** Returns the seeds that the program supplied earlier, of users whose keys are the same and have no other source. */
function keptSeeds(
  olds: Partial<Inputs>,
  news: Inputs,
  given: ReadonlyMap<string, string>,
  keys: SetText,
): [string, string][] {
  const before = parseLines(olds.given ?? "");
  if (before.size === 0) {
    return [];
  }
  const [oldKeys, newKeys, users] = [olds.keys ?? "", keys, news.users].map(parseLines);
  const isKept = ([name]: [string, string]) => {
    const [old, current] = [oldKeys?.get(name), newKeys?.get(name)];
    return (
      !given.has(name) &&
      old !== undefined &&
      current !== undefined &&
      parseKey(old).publicKey === parseKey(current).publicKey &&
      parseUser(users?.get(name)).publicKey === undefined
    );
  };
  return [...before].filter(isKept);
}

/** Returns the state of a set. */
function toState(olds: State | undefined, news: Inputs, now: number): State {
  const content = { ...news, keys: news.keys ?? "" };
  const { root: _root, ...state } = { ...content, issued: formatIssued(issueTimes(olds, content, now)) };
  return omitUndefined<State>(state);
}

/** Returns when the JWTs were issued. Those with the same content and signer keep their times. */
function issueTimes(olds: State | undefined, news: Inputs & Content, now: number): Map<string, number> {
  const given = parseLines(news.given ?? "");
  if (olds === undefined || olds.account !== news.account || olds.signingKey !== news.signingKey) {
    return issueNew(olds, issuedUsers(news), given, news, now);
  }
  const issuedAt = parseIssued(olds.issued);
  const times = new Map(Array.from(parseLines(news.keys).keys(), (name) => [name, issuedAt(name)] as const));
  const changed = changedNames(withoutTimes(olds), withoutTimes(news));
  const before = issuedUsers(olds, changed);
  const users = [...issuedUsers(news, changed)].filter(
    ([name, user]) => JSON.stringify(before.get(name)) !== JSON.stringify(user),
  );
  issueNew(olds, users, given, news, now).forEach((time, name) => times.set(name, time));
  return times;
}

/** Returns when new JWTs are issued. */
function issueNew(
  olds: State | undefined,
  users: Iterable<readonly [string, IssuedUser]>,
  given: ReadonlyMap<string, string>,
  news: Inputs,
  now: number,
): Map<string, number> {
  const before = parseLines(olds?.keys ?? "");
  const issuedAt = olds === undefined ? () => 0 : parseIssued(olds.issued);
  const times = Array.from(users, ([name, user]): [string, number] => {
    const time = before.has(name) ? issuedAt(name) : 0;
    // Revocations have a resolution of one second: a new JWT must be younger than the one that it replaces.
    return [name, suppliedTime(name, user, given.get(name), news) ?? Math.max(now, time + 1)];
  });
  return new Map(times);
}

/** Returns a set for a comparison of its users, apart from when their JWTs were issued. */
function withoutTimes({ role, signingKey, users, keys, shared }: Omit<SetKeys, "issued">): SetKeys {
  return { role, signingKey, users, keys, shared };
}

/** Returns when the JWT that the program supplies was issued, if it is the one that would be signed. */
function suppliedTime(
  name: string,
  user: IssuedUser,
  line: string | undefined,
  { account, signingKey }: Inputs,
): number | undefined {
  const token = tokenOf(line);
  return token !== undefined && isSetToken(token, { ...user, name, account }, signingKey) ? token.iat : undefined;
}

/** Returns what identifies the JWT that the program supplies in a line; undefined for a seed alone. */
function tokenOf(line = ""): ExpiringToken | undefined {
  const text = line.slice(line.indexOf(" ") + 1);
  return text.startsWith("{") ? (JSON.parse(text) as ExpiringToken) : undefined;
}
