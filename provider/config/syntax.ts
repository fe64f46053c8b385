/** The escapes of nats-server's configuration language, apart from `\xNN`. */
const ESCAPES: Readonly<Record<string, string>> = { "\t": "\\t", "\n": "\\n", "\r": "\\r", '"': '\\"', "\\": "\\\\" };

/** A value of one setting. */
export type Scalar = string | number | boolean;

/** A quoted string: the server reads no comment, variable, keyword or bracket in it. */
export function quote(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters need an escape
  const escaped = text.replace(/[\u0000-\u001f\u007f"\\]/g, (char) => ESCAPES[char] ?? hexEscape(char));
  return `"${escaped}"`;
}

function hexEscape(char: string): string {
  return `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`;
}

/** A quoted key. Keys have no escapes, so a text with both kinds of quotes cannot be a key. */
export function quotedKey(text: string): string {
  return text.includes('"') ? `'${text}'` : `"${text}"`;
}

/** The text of a comment. A comment ends with its line, so a text with line ends or other control characters is quoted. */
export function commentText(text: string): string {
  return /^[\w .,:;@/+-]*$/.test(text) || /^[\p{L}\p{N}\p{P}\p{S}\p{M} ]*$/u.test(text) ? text : quote(text);
}

/** A setting. Strings are quoted, numbers and booleans are not. */
export function setting(key: string, value: Scalar): string {
  return `${key}: ${typeof value === "string" ? quote(value) : String(value)}`;
}

/** A map on one line. */
export function inline(parts: readonly string[]): string {
  return `{ ${parts.join(", ")} }`;
}

/** Lines, one level deeper. */
export function indented(lines: readonly string[]): string[] {
  return lines.map((line) => (line === "" ? "" : `  ${line}`));
}
