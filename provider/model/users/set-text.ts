/**
 * The text of a set: one line for each user, sorted, with an end of line each, so that a diff shows changed users only. A line
 * begins with the name; the rest depends on the text.
 */
export type SetText = string;

/** Names that need no quotes. */
const PLAIN = /^[\w.@:+=/-]+$/;
const QUOTED = /^"(?:[^"\\]|\\.)*"/;

/** Formats a text from the rest of each line by name. */
export function formatLines(lines: Iterable<readonly [name: string, rest: string]>): SetText {
  const texts = Array.from(lines, ([name, rest]) => {
    const first = PLAIN.test(name) ? name : JSON.stringify(name);
    return rest === "" ? `${first}\n` : `${first} ${rest}\n`;
  });
  return texts.sort().join("");
}

/**
 * Returns the rest of each line by name.
 *
 * @throws SyntaxError when a line does not begin with a name
 */
export function parseLines(text: SetText): Map<string, string> {
  const lines = new Map<string, string>();
  for (const line of text.split("\n").slice(0, -1)) {
    const quoted = line.startsWith('"') ? QUOTED.exec(line)?.[0] : undefined;
    const space = line.indexOf(" ");
    const first = quoted ?? (space < 0 ? line : line.slice(0, space));
    lines.set(quoted === undefined ? first : (JSON.parse(quoted) as string), line.slice(first.length + 1));
  }
  return lines;
}
