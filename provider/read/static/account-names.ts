import type { Problem } from "../../diagnostics/unreadable";
import { display, displayList, keyPath } from "../../diagnostics/diagnostic";
import { getOwn, omitUndefined } from "../../model/form/order";
import { findMatchingExports } from "../../model/shares/grants";
import { getLocalPattern, getLocalSubject, OWN_KEY, type DeclaredImport } from "../../model/shares/imports";
import { ANY_REST, ANY_TOKEN, collide } from "../../model/subjects/subjects";
import type { Notes } from "../notes";
import type { StaticAccount } from "./account";
import { mapSubjects } from "./account-subjects";

/** The accounts of a configuration. */
interface Accounts {
  readonly accounts: Readonly<Record<string, StaticAccount>>;
  readonly systemAccount?: string;
}

/** Subjects with the name of an account, among those that a subject matches: the subject itself, or a part of it. */
export interface NamedSubject {
  readonly before: string;
  readonly name: string;
  readonly after: string;
  /** True for the subject itself; otherwise, the subject also matches others, and stays. */
  readonly isWhole: boolean;
  /** The parts before and after the name in the subject itself. */
  readonly around: readonly [before: string, after: string];
}

/** Finds the names of accounts in a subject, which a queue group can follow. */
export type NameFinder = (subject: string) => readonly NamedSubject[];

/** Returns the name that a subject itself contains. */
export function findWhole(find: NameFinder, subject: string): NamedSubject | undefined {
  return find(subject).find(({ isWhole }) => isWhole);
}

/** Where subjects contain the name of an account. */
interface Position {
  readonly pattern: readonly string[];
  /** The index of the name in the pattern, a `*`. */
  readonly index: number;
  /** Tokens in place of a name, in requests and events that concern all accounts. */
  readonly noNames?: readonly string[];
  /** True when the account has this position by an import. */
  readonly isImported?: boolean;
}

/** Subjects of the system account with the name of an account; the `*` before it is the domain of JetStream. */
const SYSTEM_POSITIONS: readonly Position[] = [
  ...positionsAfter("$SYS.ACCOUNT", ["CLIENT"]),
  ...positionsAfter("$SYS.REQ.ACCOUNT", ["PING", "NSUBS"]),
  ...positionsAfter("$SYS.SERVER.ACCOUNT"),
  { pattern: "$SYS.REQ.USER.*.INFO".split("."), index: 3 },
  ...["$JS.API", "$JS.*.API"].flatMap((api) =>
    ["PURGE", "STREAM.MOVE", "STREAM.CANCEL_MOVE"].flatMap((request) => positionsAfter(`${api}.ACCOUNT.${request}`)),
  ),
];

function positionsAfter(prefix: string, noNames: readonly string[] = []): Position[] {
  const tokens = prefix.split(".");
  return [[], [ANY_REST]].map((rest) => ({
    pattern: [...tokens, ANY_TOKEN, ...rest],
    index: tokens.length,
    noNames,
  }));
}

/**
 * Returns, for each account that subjects belong to, a function that finds names of accounts in them: where servers publish
 * events and answer requests about accounts (system account, and accounts that import from it), and at the position that an
 * export reserves for the importing account. Accounts that are named by their public key need no replacement, and are not
 * found.
 */
export function createNameFinders(all: Accounts): (holder: string) => NameFinder {
  const names = namesOf(all.accounts);
  const finders = new Map<string, NameFinder>();
  return (holder) => {
    const finder = finders.get(holder) ?? createFinder(names, holder, all);
    finders.set(holder, finder);
    return finder;
  };
}

function createFinder(names: readonly string[], holder: string, all: Accounts): NameFinder {
  const positions = [...ownPositions(holder, all), ...importedPositions(holder, all)];
  if (names.length === 0 || positions.length === 0) {
    return () => [];
  }
  const withNames = namedImports(holder, all, names);
  return (text) => {
    const [subject = ""] = text.split(" ", 1);
    const queue = text.slice(subject.length);
    const found = positions.flatMap((position) => {
      const named = findAt(subject, position, names);
      // An import with a name keeps its local subject, so the name stays there beside the key.
      const stays = position.isImported === true && withNames.some((local) => collide(local, subject));
      return named === undefined
        ? []
        : [
            {
              ...named,
              isWhole: named.isWhole && !stays,
              after: `${named.after}${queue}`,
              around: [named.around[0], `${named.around[1]}${queue}`] as const,
            },
          ];
    });
    const whole = found.find(({ isWhole }) => isWhole);
    return whole === undefined ? found : [whole];
  };
}

/** The positions in subjects that an account itself has. */
function ownPositions(holder: string, { accounts, systemAccount }: Accounts): readonly Position[] {
  const reserved = (getOwn(accounts, holder)?.exports ?? []).flatMap(({ subject, accountTokenPosition }) =>
    accountTokenPosition === undefined ? [] : [{ pattern: subject.split("."), index: accountTokenPosition - 1 }],
  );
  return holder === systemAccount ? [...SYSTEM_POSITIONS, ...reserved] : reserved;
}

/** The positions in local subjects of imports from the system account that have a wildcard in place of a name. */
function importedPositions(holder: string, { accounts, systemAccount }: Accounts): readonly Position[] {
  const imports = systemAccount === undefined ? [] : (getOwn(accounts, holder)?.imports ?? []);
  return imports
    .filter(({ account }) => account === systemAccount)
    .flatMap((entry) => SYSTEM_POSITIONS.flatMap((position) => toLocal(position, entry) ?? []));
}

/** The local subjects of imports from the system account with a name. */
function namedImports(holder: string, { accounts, systemAccount }: Accounts, names: readonly string[]): string[] {
  return (getOwn(accounts, holder)?.imports ?? [])
    .filter(
      ({ account, subject }) =>
        account === systemAccount &&
        SYSTEM_POSITIONS.some((position) => findAt(subject, position, names) !== undefined),
    )
    .map(getLocalPattern);
}

/** Returns a position in the local subject of an import; undefined if the import has no wildcard there. */
function toLocal({ pattern, index, noNames = [] }: Position, entry: DeclaredImport): Position | undefined {
  const tokens = entry.subject.split(".");
  const common = intersect(tokens, pattern);
  const end = tokens.at(-1) === ANY_REST ? tokens.length - 1 : tokens.length;
  if (common === undefined || (index < end && tokens[index] !== ANY_TOKEN)) {
    return undefined;
  }
  const wildcards = tokens.flatMap((token, at) => (token === ANY_TOKEN ? [at] : []));
  let next = 0;
  const sources = getLocalSubject(entry)
    .split(".")
    .flatMap((token): { readonly token: string; readonly at?: number }[] => {
      if (token === ANY_REST) {
        return common.slice(end).map((rest, offset) => ({ token: rest, at: end + offset }));
      }
      const reference = /^\$[1-9]\d*$/.test(token) ? Number(token.slice(1)) - 1 : undefined;
      const at = wildcards[token === ANY_TOKEN ? next++ : (reference ?? -1)];
      return [at === undefined ? { token } : { token: common[at] ?? token, at }];
    });
  const local = sources.findIndex(({ at }) => at === index);
  return local < 0
    ? undefined
    : { pattern: sources.map(({ token }) => token), index: local, noNames, isImported: true };
}

/** Finds the longest name at a position. Names can contain dots. */
function findAt(
  subject: string,
  { pattern, index, noNames = [] }: Position,
  names: readonly string[],
): NamedSubject | undefined {
  const tokens = subject.split(".");
  const head = intersect(tokens.slice(0, index), pattern.slice(0, index));
  const rest = tokens.slice(index).join(".");
  const [name] = names
    .filter((known) => !noNames.includes(known) && (rest === known || rest.startsWith(`${known}.`)))
    .toSorted((a, b) => b.length - a.length);
  if (head === undefined || name === undefined || head.length !== index) {
    return undefined;
  }
  const around = [subject.slice(0, subject.length - rest.length), rest.slice(name.length)] as const;
  const tail = intersect(rest === name ? [] : rest.slice(name.length + 1).split("."), pattern.slice(index + 1));
  if (tail === undefined) {
    return undefined;
  }
  const before = head.map((token) => `${token}.`).join("");
  const after = tail.map((token) => `.${token}`).join("");
  return { before, name, after, around, isWhole: `${before}${name}${after}` === subject };
}

/** Returns the pattern of the subjects that match two patterns; undefined if there are none. */
function intersect(one: readonly string[], other: readonly string[]): readonly string[] | undefined {
  const [[a, ...restOfOne], [b, ...restOfOther]] = [one, other];
  if (a === undefined || b === undefined) {
    return a === b ? [] : undefined;
  }
  if (a === ANY_REST || b === ANY_REST) {
    return a === ANY_REST ? other : one;
  }
  if (a !== b && a !== ANY_TOKEN && b !== ANY_TOKEN) {
    return undefined;
  }
  const rest = intersect(restOfOne, restOfOther);
  return rest && [a === ANY_TOKEN ? b : a, ...rest];
}

/**
 * Notes what contains names of accounts and is used by clients, and lets accounts import what concerns them by their key:
 * under the same local subject as before, so that their clients notice nothing.
 */
export function nameSubjects(all: Accounts, notes: Notes): Readonly<Record<string, StaticAccount>> {
  const finderOf = createNameFinders(all);
  for (const holder of Object.keys(all.accounts)) {
    noteSubjects(holder, all, finderOf(holder), notes);
  }
  noteSystemUsers(all, notes);
  noteImportedNames(all, notes);
  const own = Object.entries(all.accounts).map(([importer, account]): [string, StaticAccount] => [
    importer,
    omitUndefined<StaticAccount>({
      ...account,
      imports: account.imports?.map((entry) => toOwnKey(importer, entry, all, finderOf(entry.account))),
    }),
  ]);
  return Object.fromEntries(own);
}

const REMEDY = "In clients that use such a subject, replace the name of the account by its public key.";

function noteSubjects(holder: string, all: Accounts, find: NameFinder, notes: Notes): void {
  const found = new Map<string, string>();
  const note = (subject: string) => {
    const [first] = find(subject);
    if (first !== undefined) {
      found.set(subject, first.name);
    }
  };
  const account = getOwn(all.accounts, holder);
  mapSubjects(account ?? { users: [] }, (subject) => {
    note(subject);
    return [subject];
  });
  account?.imports
    ?.map(getLocalSubject)
    .filter((local) => findWhole(find, local))
    .forEach(note);
  importedSubjects(holder, all).forEach(note);
  for (const [subject, name] of found) {
    const problem = `contains the name of account ${display(name)}, and is adopted with its public key`;
    notes.leaveOut({
      code: "NA3066",
      path: keyPath("accounts", holder),
      value: display(subject),
      problem,
      remedy: REMEDY,
    });
  }
}

/**
 * The subjects that other accounts import from an account, and that its clients use as well: not those of the system account,
 * where servers themselves publish and answer.
 */
function importedSubjects(holder: string, { accounts, systemAccount }: Accounts): readonly string[] {
  const subjects = Object.values(accounts)
    .flatMap(({ imports = [] }) => imports)
    .filter(({ account }) => account === holder)
    .map(({ subject }) => subject);
  const isOfServers = (subject: string) =>
    SYSTEM_POSITIONS.some(({ pattern }) => intersect(subject.split("."), pattern) !== undefined);
  return holder === systemAccount ? subjects.filter((subject) => !isOfServers(subject)) : subjects;
}

/** Notes that clients can use subjects of the system account with names: its own users, and those of its mappings. */
function noteSystemUsers({ accounts, systemAccount }: Accounts, notes: Notes): void {
  const { users = [], mappings } = getOwn(accounts, systemAccount ?? "") ?? {};
  const names = namesOf(accounts);
  if (systemAccount !== undefined && (users.length > 0 || mappings !== undefined) && names.length > 0) {
    const example = `$SYS.ACCOUNT.${names[0] ?? ""}.CONNECT`;
    notes.leaveOut({ ...namesProblem(example, names), path: keyPath("accounts", systemAccount) });
  }
}

/** Notes that clients can use names in the local subjects of imports from the system account. */
function noteImportedNames(all: Accounts, notes: Notes): void {
  const names = namesOf(all.accounts);
  for (const [holder, { users }] of Object.entries(all.accounts)) {
    const [position] = importedPositions(holder, all);
    if (position !== undefined && users.length > 0 && names.length > 0) {
      const example = position.pattern.with(position.index, names[0] ?? "").join(".");
      notes.leaveOut({ ...namesProblem(example, names), path: keyPath("accounts", holder) });
    }
  }
}

/** The names of accounts that are not public keys. */
function namesOf(accounts: Accounts["accounts"]): readonly string[] {
  return Object.entries(accounts)
    .filter(([name, { publicKey }]) => name !== publicKey)
    .map(([name]) => name);
}

function namesProblem(example: string, names: readonly string[]): Problem {
  const problem = `permits names of accounts in subjects, such as ${display(example)}; the new servers use the public keys of ${displayList(names)}`;
  return { code: "NA3066", problem, remedy: REMEDY };
}

function toOwnKey(importer: string, entry: DeclaredImport, all: Accounts, find: NameFinder): DeclaredImport {
  const found = findWhole(find, entry.subject);
  if (found?.name !== importer) {
    return entry;
  }
  const subject = `${found.before}${OWN_KEY}${found.after}`;
  const exports = getOwn(all.accounts, entry.account)?.exports ?? [];
  const isExported = findMatchingExports({ subject, type: entry.type }, exports).length > 0;
  return isExported ? { ...entry, subject, localSubject: getLocalSubject(entry) } : entry;
}
