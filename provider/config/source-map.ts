import { isShareType } from "../model/shares/exports";
import type { Entry } from "../language/parse";
import { Section } from "../language/section";
import { getPlaceholderKey } from "../nkeys/keys";
import { deployedEntries } from "./deployed";
import { accountOrigin, isAccountOrigin, shareOrigin, userOrigin } from "./origin-names";

/**
 * A part of a configuration with a line of its own, and the part of the program it comes from.
 *
 * Names of accounts and users are the comments above them, which the parser keeps: a state or a disk has only the text, and
 * names for an error message are not worth storing twice. An edited configuration without comments shows keys instead.
 */
interface Place {
  /** Outermost name first. */
  readonly origin: readonly string[];
  readonly key: string | undefined;
  /** Strings in it, except for those in other places. */
  readonly strings: readonly string[];
  /** First and last line, from 1. */
  readonly first: number;
  readonly last: number;
}

/** The maximum number of parts that an error lists: a subject that is used everywhere explains nothing. */
const MOST = 5;

/** The lists whose elements are named by their subjects. */
const SHARES: readonly string[] = ["exports", "imports"];

/**
 * Finds the parts of a program that a server's complaint about a configuration is about: by the line that it names, and by
 * the subjects and keys that it quotes.
 *
 * @param config the text of a configuration that this package rendered
 * @param file the name of its file in the complaint
 * @param words the complaint, line by line
 * @returns such as `account "B", user "test", permissions, publish, allow`; empty where the complaint names no part
 */
export function findOrigins(config: string, file: string, words: readonly string[]): string[] {
  const places = placesIn(config);
  const found = words.flatMap((line) => originsFor(line, file, places)).filter(isInAccount);
  return [...new Set(found.map((origin) => origin.join(", ")))].slice(0, MOST);
}

/**
 * The origin of each line of a configuration, as `RenderedConfig` has them; empty for lines without any.
 *
 * @param config the text of a configuration that this package rendered
 */
export function lineOrigins(config: string): (readonly string[])[] {
  const places = placesIn(config);
  return config.split("\n").map((_, index) => originOfLine(index + 1, places));
}

/** True for what comes from an account of the program, and not from the settings of the server. */
function isInAccount([root = ""]: readonly string[]): boolean {
  return isAccountOrigin(root);
}

function originsFor(line: string, file: string, places: readonly Place[]): (readonly string[])[] {
  const around = originOfLine(lineNumber(line, file), places);
  const mentions = [...line.matchAll(/"([^"]+)"|\b([A-Z2-7]{56})\b/g)].map(([, quoted, key]) => quoted ?? key ?? "");
  const inside = places.filter(({ origin }) => startsWith(origin, around));
  const closest =
    mentions.map((mention) => inside.filter(({ key }) => key === mention)).find((found) => found.length > 0) ??
    ofKind(
      line,
      inside.filter(({ strings }) => mentions.some((mention) => strings.includes(mention))),
    );
  return closest.length > 0 ? closest.map(({ origin }) => origin) : [around];
}

/** "Error adding service import" of a subject is not about permissions for that subject. */
function ofKind(line: string, places: readonly Place[]): readonly Place[] {
  const kinds = SHARES.filter((list) => line.includes(list.slice(0, -1)));
  const found = places.filter(({ origin }) => kinds.some((list) => origin.includes(list)));
  return found.length > 0 ? found : places;
}

/** The line that a complaint names, or undefined where it names none of the file. */
function lineNumber(words: string, file: string): number | undefined {
  const [, inFile, ofParser] = /(?:^|[\s/])([^\s/]+:\d+):\d+: |Parse error on line (\d+)/.exec(words) ?? [];
  const number = inFile?.startsWith(`${file}:`) === true ? inFile.slice(file.length + 1) : ofParser;
  return number === undefined ? undefined : Number(number);
}

function originOfLine(line: number | undefined, places: readonly Place[]): readonly string[] {
  // A place comes before the places in it, so the last one is the innermost.
  const place = line === undefined ? undefined : places.findLast(({ first, last }) => first <= line && line <= last);
  return place?.origin ?? [];
}

function startsWith(origin: readonly string[], start: readonly string[]): boolean {
  return start.every((name, index) => origin[index] === name);
}

/** The places of a configuration, each before those in it. */
function placesIn(config: string): readonly Place[] {
  const lineOf = lineFinder(config);
  const read = (entries: readonly Entry[], around: Around): Content => {
    const contents = entries.map((entry): Content => {
      const first = lineOf(entry.start);
      const origin = originOf(entry, around);
      const { places, strings } = read(entry.entries, { keys: [...around.keys, entry.key], origin, line: first });
      const own = typeof entry.value === "string" ? [entry.value] : strings;
      return hasPlace(entry, first, around)
        ? { places: [{ origin, key: entry.key, strings: own, first, last: lineOf(entry.end) }, ...places], strings: [] }
        : { places, strings: own };
    });
    return { places: contents.flatMap(({ places }) => places), strings: contents.flatMap(({ strings }) => strings) };
  };
  return read(deployedEntries(config), { keys: [], origin: [], line: 0 }).places;
}

/** What entries are in: its keys from the top of the configuration, its origin, and its first line. */
interface Around {
  readonly keys: readonly (string | undefined)[];
  readonly origin: readonly string[];
  readonly line: number;
}

/** The places in some entries, and the strings in them that are in none of these places. */
interface Content {
  readonly places: readonly Place[];
  readonly strings: readonly string[];
}

/** An entry on the line of what it is in has no place of its own; neither has a string of a list. */
function hasPlace({ key, value }: Entry, first: number, around: Around): boolean {
  return first !== around.line && (key !== undefined || value instanceof Section);
}

/** The origin of an entry, as the renderer gives it to the lines of the entry. */
function originOf(entry: Entry, { keys, origin }: Around): readonly string[] {
  const [top = "", , list = ""] = keys;
  switch (keys.length) {
    case 0:
      return TRANSPARENT.includes(entry.key ?? "") ? origin : withKey(entry, origin);
    case 1:
      return ACCOUNTS.includes(top)
        ? [accountOrigin(entry.comments[0] ?? entry.key ?? "")]
        : calloutOrigin(entry, origin);
    case 2:
      return top === "accounts" && entry.key === "users" ? origin : withKey(entry, origin);
    case 3:
      return top === "accounts" ? elementOrigin(entry, list, origin) : withKey(entry, origin);
    default:
      return withKey(entry, origin);
  }
}

/** An element of a list has no name of its own. */
function withKey({ key }: Entry, origin: readonly string[]): readonly string[] {
  return key === undefined ? origin : [...origin, key];
}

function calloutOrigin(entry: Entry, origin: readonly string[]): readonly string[] {
  const [account] = entry.comments;
  return entry.key === "auth_callout" && account !== undefined
    ? [accountOrigin(account), "authorization"]
    : withKey(entry, origin);
}

/** The sections that have accounts as their entries. */
const ACCOUNTS: readonly string[] = ["accounts", "resolver_preload"];
/** Sections that the program has no name for. */
const TRANSPARENT: readonly string[] = [...ACCOUNTS, "authorization"];

/** The origin of a user, an export or an import. */
function elementOrigin(entry: Entry, list: string, origin: readonly string[]): readonly string[] {
  const { value, comments } = entry;
  if (entry.key !== undefined || !(value instanceof Section)) {
    return withKey(entry, origin);
  }
  if (list === "users") {
    const nkey = value.get("nkey");
    const name = comments[0] ?? (typeof nkey === "string" ? nkey : undefined);
    return name === undefined || nkey === NOBODY ? origin : [...origin, userOrigin(name)];
  }
  return SHARES.includes(list) ? [...origin, ...shareOrigins(value, comments[0])] : origin;
}

const NOBODY = getPlaceholderKey("user");

function shareOrigins(share: Section, comment: string | undefined): readonly string[] {
  return share.entries().flatMap(([type, value]) => {
    const subject = value instanceof Section ? value.get("subject") : value;
    return isShareType(type) && typeof subject === "string" ? [shareOrigin(type, subject, comment)] : [];
  });
}

/** A function that finds the line of an offset, from 1. */
function lineFinder(text: string): (offset: number) => number {
  const ends = [...text.matchAll(/\n/g)].map(({ index }) => index);
  return (offset) => {
    // The first line whose end is not before the offset.
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      [low, high] = (ends[middle] ?? 0) < offset ? [middle + 1, high] : [low, middle];
    }
    return low + 1;
  };
}
