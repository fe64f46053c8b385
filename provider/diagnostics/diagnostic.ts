import type { Code } from "./codes";

/** A problem with a declared value: where it is, what is wrong, and what to do. */
export interface Diagnostic {
  /** The stable code of this kind of problem. */
  readonly code: Code;
  /** The property path, from the arguments of its resource: `users.test.permissions.publish.allow[0]`. */
  readonly path: string;
  /** The offending value, already printable. Never a secret. */
  readonly value?: string;
  /** The violated rule and the allowed values, as a clause. */
  readonly problem: string;
  /** What to do, as a sentence. */
  readonly remedy: string;
}

/** The result of one check, before its value is made printable. */
export interface Finding {
  readonly code: Code;
  /** @default the checked value itself: an empty path */
  readonly path?: string;
  /** The offending value, not a secret. Left out when the path alone identifies the problem. */
  readonly value?: unknown;
  /** Undefined when the check passes. */
  readonly problem: string | undefined;
  readonly remedy: string;
}

/** Returns the diagnostic for a finding, or an empty list when the check passes. */
export function diagnose({ code, path = "", problem, remedy, ...rest }: Finding): Diagnostic[] {
  if (problem === undefined) {
    return [];
  }
  return [{ code, path, ...("value" in rest ? { value: display(rest.value) } : {}), problem, remedy }];
}

/** The maximum length of a displayed value, in UTF-16 code units. */
const MAX_VALUE_LENGTH = 120;

/** Matches a seed, or most of one, which can end up anywhere by mistake. A match inside a public key does not count. */
const SEED = /(?<![A-Z2-7])S[OAUNCX][A-Z2-7]{20,}/g;

/**
 * Formats a value for a diagnostic, on one line of bounded length. Objects are abbreviated, because they can contain
 * outputs.
 *
 * @param value any value that is not a secret
 */
export function display(value: unknown): string {
  return truncate(printable(value));
}

/**
 * Matches text in PEM format, also without its end: it may be a private key, or the content of a creds file. The first line in
 * backquotes belongs to a message.
 */
const PEM = /-----BEGIN(?!(?: [A-Z0-9 ]+-----)?`)[\s\S]*?(?:-----END [^-]*-----|$)/g;

/** Replaces what may be a secret in a text: seeds, and everything in PEM format. */
export function redactSecrets(text: string): string {
  return text.replace(PEM, "(text in PEM format)").replace(SEED, "(a seed)");
}

/** Shortens a text to the length of a displayed value, and replaces its secrets. */
export function truncate(text: string): string {
  return clip(redactSecrets(text), MAX_VALUE_LENGTH);
}

/** Shortens a text without splitting a surrogate pair. */
function clip(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length).replace(/[\ud800-\udbff]$/, "")}…`;
}

function printable(value: unknown): string {
  if (value === undefined || value === null) {
    return "null";
  }
  if (Array.isArray(value)) {
    return value.some((item) => Object(item) === item) ? "[…]" : `[${Array.from(value, printable).join()}]`;
  }
  if (typeof value === "string") {
    return JSON.stringify(value);
  }
  // JSON renders NaN and Infinity as null, and does not support symbols and big integers.
  return Object(value) === value ? "{…}" : (value as number | symbol).toString();
}

/** The maximum number of names that a message lists. */
const MAX_LISTED = 20;

/** Formats names or subjects for a diagnostic: quoted, separated by commas, the first 20 only. */
export function displayList(names: readonly string[]): string {
  const more = names.length > MAX_LISTED ? [`and ${names.length - MAX_LISTED} more`] : [];
  return [...names.slice(0, MAX_LISTED).map(display), ...more].join(", ");
}

/** The maximum lengths of a path and of a clause in a message, since names can have any length. */
const MAX_PATH_LENGTH = 600;
const MAX_PROBLEM_LENGTH = 3_000;

/** Formats a diagnostic as one line of valid Unicode. Replaces seeds and text in PEM format everywhere, also in names. */
export function formatDiagnostic({ code, path, value, problem, remedy }: Diagnostic): string {
  const place = `${clip(redactSecrets(path), MAX_PATH_LENGTH)}${value === undefined ? "" : ` = ${value}`}`;
  const clause = clip(redactSecrets(problem), MAX_PROBLEM_LENGTH);
  return `${place}: ${clause}. ${redactSecrets(remedy)} [${code}]`.toWellFormed();
}

/**
 * Formats all diagnostics of one subject, one a line.
 *
 * @param subject what they are about, such as `account "A"`
 */
export function formatDiagnostics(subject: string, diagnostics: readonly Diagnostic[]): string {
  const count = diagnostics.length === 1 ? "1 problem" : `${diagnostics.length} problems`;
  return [`${subject} has ${count}:`, ...diagnostics.map((d) => `  - ${formatDiagnostic(d)}`)].join("\n");
}

/** Returns the diagnostics with their paths moved under a property of the containing object. */
export function prefixPaths(prefix: string, diagnostics: readonly Diagnostic[]): Diagnostic[] {
  if (diagnostics.length === 0) {
    return [];
  }
  return diagnostics.map((d) => ({ ...d, path: d.path === "" ? prefix : joinPath(prefix, d.path) }));
}

/** Joins two property paths; an index needs no dot. */
export function joinPath(prefix: string, path: string): string {
  return prefix === "" || path.startsWith("[") ? `${prefix}${path}` : `${prefix}.${path}`;
}

/** Appends a map key to a property path: `.name` or `["odd name"]`. */
export function keyPath(prefix: string, key: string): string {
  return /^[A-Za-z_][\w-]*$/.test(key) ? joinPath(prefix, key) : `${prefix}[${JSON.stringify(key)}]`;
}
