/** Something wrong with what a program declares: where, what, and what to do about it. */
export interface Diagnostic {
  /** The property, from the arguments of the resource it belongs to: `users.test.permissions.publish.allow[0]`. */
  readonly path: string;
  /** The offending value, already printable. Secrets never stand here. */
  readonly value?: string;
  /** What is wrong and what is allowed instead, as a clause. */
  readonly problem: string;
  /** What to do, as a sentence. */
  readonly remedy: string;
}

/** The longest value that a message shows whole. */
const SHOWN_LENGTH = 120;

/** What looks like a seed, or most of one: by a slip it can stand anywhere, and within a public key it is none. */
const SEED = /(?<![A-Z2-7])S[OAUNCX][A-Z2-7]{20,}/g;

/**
 * Makes a value printable for a diagnostic, on one line and at a bounded length. An object is only hinted at: what is in
 * it can be an output.
 *
 * @param value any value that is not a secret
 */
export function shown(value: unknown): string {
  return bounded(printable(value));
}

/** A text without the seeds in it. */
export function withoutSeeds(text: string): string {
  return text.replace(SEED, "(a seed)");
}

/** A text at a bounded length, and without seeds. */
export function bounded(whole: string): string {
  return clipped(withoutSeeds(whole), SHOWN_LENGTH);
}

/** A text at a length. Half of a pair of surrogates is no character. */
function clipped(text: string, length: number): string {
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
  // JSON would write NaN and Infinity as null, and has no word for symbols and large integers.
  return Object(value) === value ? "{…}" : (value as number | symbol).toString();
}

/** Names that a message lists: of thousands, only the first ones would be read. */
const LISTED = 20;

/** Some names or subjects for a diagnostic, in quotes, with commas between them. */
export function shownList(names: readonly string[]): string {
  const more = names.length > LISTED ? [`and ${names.length - LISTED} more`] : [];
  return [...names.slice(0, LISTED).map(shown), ...more].join(", ");
}

/** The longest path and the longest clause that a message has: names can be of any length. */
const PATH_LENGTH = 600;
const PROBLEM_LENGTH = 3_000;

/** One line of text for a diagnostic, which can be written as UTF-8. Names may be seeds by a slip, too. */
export function formatDiagnostic({ path, value, problem, remedy }: Diagnostic): string {
  const what = `${clipped(withoutSeeds(path), PATH_LENGTH)}${value === undefined ? "" : ` = ${value}`}`;
  const why = clipped(withoutSeeds(problem), PROBLEM_LENGTH);
  return `${what}: ${why}. ${withoutSeeds(remedy)}`.toWellFormed();
}

/**
 * The message for all diagnostics of one thing.
 *
 * @param subject what they are about, such as `account "A"`
 */
export function formatDiagnostics(subject: string, diagnostics: readonly Diagnostic[]): string {
  const count = diagnostics.length === 1 ? "1 problem" : `${diagnostics.length} problems`;
  return [`${subject} has ${count}:`, ...diagnostics.map((d) => `  - ${formatDiagnostic(d)}`)].join("\n");
}

/** The same diagnostics, seen from the object that holds the one they were found in. */
export function under(prefix: string, diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.map((d) => ({ ...d, path: d.path === "" ? prefix : joinPath(prefix, d.path) }));
}

/** Joins two property paths; an index needs no dot. */
export function joinPath(prefix: string, path: string): string {
  return prefix === "" || path.startsWith("[") ? `${prefix}${path}` : `${prefix}.${path}`;
}

/** A property path segment for a map key: `.name` or `["odd name"]`. */
export function keyPath(prefix: string, key: string): string {
  return /^[A-Za-z_][\w-]*$/.test(key) ? joinPath(prefix, key) : `${prefix}[${JSON.stringify(key)}]`;
}
