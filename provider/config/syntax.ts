/** Lines of a configuration, without their ends. */
export type Lines = readonly string[];

/** A list stands on one line up to this width. */
const LINE_WIDTH = 100;

/** The escapes that nats-server's configuration language has, apart from `\xNN`. */
const ESCAPES: Readonly<Record<string, string>> = { "\t": "\\t", "\n": "\\n", "\r": "\\r", '"': '\\"', "\\": "\\\\" };

/**
 * A text as a quoted string: inside it the server reads no comment, variable, keyword or bracket.
 */
export function quote(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what has to be written otherwise
  const escaped = text.replace(/[\u0000-\u001f\u007f"\\]/g, (char) => ESCAPES[char] ?? hexEscape(char));
  return `"${escaped}"`;
}

function hexEscape(char: string): string {
  return `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`;
}

/**
 * A text as a key. Keys stand in quotes of either kind and have no escapes, so that a text with both kinds of quotes is no
 * key.
 */
export function quotedKey(text: string): string {
  return text.includes('"') ? `'${text}'` : `"${text}"`;
}

/** A text as a comment. A comment ends with its line, so a text with line ends or other oddities is shown quoted. */
export function comment(text: string): string {
  return `# ${/^[\p{L}\p{N}\p{P}\p{S}\p{M} ]*$/u.test(text) ? text : quote(text)}`;
}

/** One setting. Numbers and booleans stand bare, texts quoted. */
export function setting(key: string, value: string | number | boolean): string {
  return `${key}: ${typeof value === "string" ? quote(value) : String(value)}`;
}

/** The settings of those values that are defined. */
export function settings(values: Readonly<Record<string, string | number | boolean | undefined>>): string[] {
  return Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [setting(key, value)]));
}

/** A block in braces; one without content disappears. */
export function block(key: string, body: Lines): string[] {
  return body.length === 0 ? [] : [`${key} {`, ...indented(body), "}"];
}

/** A list of blocks or of one-line maps; one without elements disappears. */
export function list(key: string, elements: Lines): string[] {
  return elements.length === 0 ? [] : [`${key}: [`, ...indented(elements), "]"];
}

/** A list of texts, on one line when it fits. */
export function texts(key: string, values: readonly string[] | undefined): string[] {
  if (values === undefined) {
    return [];
  }
  const quoted = values.map(quote);
  const line = `${key}: [${quoted.join(", ")}]`;
  return line.length <= LINE_WIDTH ? [line] : list(key, quoted);
}

/** A map on one line. */
export function inline(parts: readonly string[]): string {
  return `{ ${parts.join(", ")} }`;
}

/** Sections with an empty line between them, as a file. */
export function file(sections: readonly Lines[]): string {
  const present = sections.filter((section) => section.length > 0);
  return `${present.map((section) => section.join("\n")).join("\n\n")}\n`;
}

/** Lines one level further in. */
export function indented(lines: Lines): string[] {
  return lines.map((line) => (line === "" ? "" : `  ${line}`));
}
