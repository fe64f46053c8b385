import { quote } from "./syntax";

/** A line of a configuration, and the names of all that it stands in, from the outside to itself. */
interface Place {
  readonly text: string;
  readonly path: readonly string[];
}

/** No more parts than these are told: one that is used everywhere explains nothing. */
const MOST = 5;

/** The blocks whose entries the program has names for, which stand in a comment above each. */
const NAMED: Readonly<Record<string, string>> = { accounts: "account", resolver_preload: "account", users: "user" };
/** The lists whose entries are known by what they say. */
const LISTS: readonly string[] = ["exports", "imports"];

/**
 * Which parts of a program the words come from that a server says of a configuration: by the line that it names, and by
 * the subjects and keys that it quotes.
 *
 * @param config a text that this package has rendered
 * @param file the name by which the words call it
 * @param words what the server said, a line each
 * @returns such as `account "B", user "test", permissions, publish, allow`; nothing where the words tell nothing
 */
export function originsOf(config: string, file: string, words: readonly string[]): string[] {
  const places = placesIn(config);
  const found = words.flatMap((line) => pathsFor(line, file, places)).filter(isOfProgram);
  return [...new Set(found.map(written))].slice(0, MOST);
}

/** A path in words, without the lists whose entries say what they are. */
function written(path: readonly string[]): string {
  return path.filter((name, index) => !(name in NAMED) || (index > 0 && index === path.length - 1)).join(", ");
}

/** Within a named part: what stands outside of all accounts is no account's. */
function isOfProgram([root = "", ...rest]: readonly string[]): boolean {
  return root in NAMED && rest.length > 0;
}

function pathsFor(line: string, file: string, places: readonly Place[]): (readonly string[])[] {
  const around = namedLine(line, file, places);
  const mentions = [...line.matchAll(/"([^"]+)"|\b([A-Z2-7]{56})\b/g)].map(([, quoted, key]) => quoted ?? key ?? "");
  const inside = places.filter(({ path }) => startsWith(path, around));
  const closest =
    mentions.map((mention) => inside.filter(({ text }) => defines(text, mention))).find((found) => found.length > 0) ??
    ofKind(
      line,
      inside.filter(({ text }) => mentions.some((mention) => text.includes(quote(mention)))),
    );
  return closest.length > 0 ? closest.map(({ path }) => path) : [around];
}

/** "Error adding service import" of a subject is not about permissions that name the subject, too. */
function ofKind(line: string, places: readonly Place[]): readonly Place[] {
  const kinds = LISTS.filter((list) => line.includes(list.slice(0, -1)));
  const found = places.filter(({ path }) => kinds.some((list) => path.includes(list)));
  return found.length > 0 ? found : places;
}

/** The place of the line that some words name; everything where they name none. */
function namedLine(words: string, file: string, places: readonly Place[]): readonly string[] {
  const [, inFile, ofParser] = /(?:^|[\s/])([^\s/]+:\d+):\d+: |Parse error on line (\d+)/.exec(words) ?? [];
  const number = inFile?.startsWith(`${file}:`) === true ? inFile.slice(file.length + 1) : ofParser;
  return number === undefined ? [] : (places[Number(number) - 1]?.path ?? []);
}

function startsWith(path: readonly string[], start: readonly string[]): boolean {
  return start.every((name, index) => path[index] === name);
}

/** True for the line with which the block of a key begins. */
function defines(text: string, key: string): boolean {
  return text.startsWith(`${key} `) || text.startsWith(`${key}:`);
}

/** Every line's place, by its indentation. */
function placesIn(config: string): Place[] {
  const above: { readonly depth: number; readonly name: string }[] = [];
  let comment: string | undefined;
  return config.split("\n").map((line) => {
    const text = line.trimStart();
    const depth = line.length - text.length;
    while ((above.at(-1)?.depth ?? -1) >= depth) {
      above.pop();
    }
    const around = above.map(({ name }) => name);
    if (text.startsWith("# ")) {
      comment = text.slice(2);
      return { text: "", path: around };
    }
    const name = nameOf(text, around.at(-1), comment);
    comment = undefined;
    if (name === undefined) {
      return { text, path: around };
    }
    above.push({ depth, name });
    return { text, path: [...around, name] };
  });
}

/** How the program calls what a line is or begins, or undefined when it only ends something. */
function nameOf(text: string, around: string | undefined, comment: string | undefined): string | undefined {
  const kind = NAMED[around ?? ""];
  if (kind !== undefined && comment !== undefined) {
    return `${kind} ${comment.startsWith('"') ? comment : JSON.stringify(comment)}`;
  }
  if (around !== undefined && LISTS.includes(around) && text.startsWith("{")) {
    return comment === undefined ? text : `${text} ${comment}`;
  }
  return /^(\w+)(?::| \{)/.exec(text)?.[1];
}
