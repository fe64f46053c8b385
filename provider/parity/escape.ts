/** Characters that are not seen, or that change how others are seen: controls, directions, separators, halves. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** What can be seen of a text: whatever would hide in it, or turn it around, is written as `\u{…}`. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}

/** A text inside an element or a quoted attribute of HTML. */
export function html(text: string): string {
  return entities(visible(text), /[&<>"'`]/g);
}

/** A text inside a cell of a Markdown table, with nothing in it that Markdown or HTML would take for theirs. */
export function markdown(text: string): string {
  return entities(visible(text), /[\\`*_{}[\]<>#|~$&!^@]|:(?=\/)|(?<=www)\./gi);
}

/** A text as it stands, inside a cell of a Markdown table. */
export function markdownCode(text: string): string {
  const plain = /^[^\s`|\\]([^`|\\]*[^\s`|\\])?$/.test(text) && visible(text) === text;
  return plain ? `\`${text}\`` : `<code>${entities(visible(text), /[^\p{L}\p{N}\p{M} ]/gu)}</code>`;
}

/** How a side says something, inside a cell of a Markdown table: a setting as code, a description as text. */
export function markdownWords(words = "—"): string {
  return /^[\w.[\]*]+$/.test(words) ? markdownCode(words) : markdown(words);
}

function entities(text: string, pattern: RegExp): string {
  return text.replace(pattern, (char) => `&#${char.codePointAt(0) ?? 0};`);
}
