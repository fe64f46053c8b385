/** Invisible characters, and those that change the display of others: controls, directions, separators, lone surrogates. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Replaces invisible characters with `\u{…}`. */
export function showInvisible(text: string): string {
  return text.replace(INVISIBLE, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}

/** Escapes text for an element or a quoted attribute of HTML. */
export function escapeHtml(text: string): string {
  return toEntities(showInvisible(text), /[&<>"'`]/g);
}

/** Escapes text for a cell of a Markdown table, against Markdown and HTML. */
export function escapeMarkdown(text: string): string {
  return toEntities(showInvisible(text), /[\\`*_{}[\]<>#|~$&!^@]|:(?=\/)|(?<=www)\./gi);
}

/** Formats text as code in a cell of a Markdown table. */
export function markdownCode(text: string): string {
  const isPlain = /^[^\s`|\\]([^`|\\]*[^\s`|\\])?$/.test(text) && showInvisible(text) === text;
  return isPlain ? `\`${text}\`` : `<code>${toEntities(showInvisible(text), /[^\p{L}\p{N}\p{M} ]/gu)}</code>`;
}

/** Formats the setting of a side in a cell of a Markdown table: a name as code, a description as text. */
export function markdownSetting(setting = "—"): string {
  return /^[\w.[\]*]+$/.test(setting) ? markdownCode(setting) : escapeMarkdown(setting);
}

function toEntities(text: string, pattern: RegExp): string {
  return text.replace(pattern, (char) => `&#${char.codePointAt(0) ?? 0};`);
}
