import { readFileSync, statSync } from "node:fs";
import { extname, resolve } from "node:path";
import { parse } from "csv-parse/sync";
import { diagnose, display, displayList, keyPath, type Diagnostic } from "../../diagnostics/diagnostic";
import { isRecord } from "../../model/form/shape";

/** A user that a list or a file names. */
export interface NamedUser {
  readonly name: string;
  /** Properties of a JSON file. */
  readonly user: Readonly<Record<string, unknown>>;
  /** Columns of a CSV file. */
  readonly row?: Readonly<Record<string, string>>;
}

/** The users of a file, or the problems with it. */
export interface FileUsers {
  readonly users: readonly NamedUser[];
  readonly diagnostics: readonly Diagnostic[];
}

/** The maximum size of a file: about 100,000 users. */
const MAX_BYTES = 32 * 1024 * 1024;

/** Reads the users of a file. @param path relative to the folder of the program */
export function readUserFile(path: string): FileUsers {
  const content = readContent(path);
  return typeof content === "string" ? unreadable(path, content) : parseUserFile(path, content);
}

/** Returns the content of a file, or the problem with it. */
function readContent(path: string): Uint8Array | string {
  const file = resolve(path);
  try {
    const found = statSync(file);
    // Pipes and devices have no size, and need not end.
    if (!found.isFile()) {
      return "is not a regular file";
    }
    return found.size > MAX_BYTES
      ? `has ${found.size.toLocaleString("en")} bytes; the maximum is ${MAX_BYTES.toLocaleString("en")}`
      : readFileSync(file);
  } catch (error) {
    return `cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown error"})`;
  }
}

/** Parses the content of a file of users. @param path its name, which ends with the format */
export function parseUserFile(path: string, content: Uint8Array): FileUsers {
  const text = decode(content);
  if (text === undefined) {
    return unreadable(path, "is not valid UTF-8");
  }
  switch (extname(path).toLowerCase()) {
    case ".csv":
      return notEmpty(path, parseCsv(path, text));
    case ".json":
      return notEmpty(path, parseJson(path, text));
    default:
      return unreadable(path, "is not a CSV or JSON file by its name");
  }
}

/** Reports a file without users: more often than not, the export that was to write it has failed. */
function notEmpty(path: string, found: FileUsers): FileUsers {
  const isEmpty = found.users.length === 0 && found.diagnostics.length === 0;
  const diagnostics = diagnose({
    code: "NA1914",
    path: "file",
    value: path,
    problem: isEmpty ? "has no users" : undefined,
    remedy: "Correct the file. To declare a set without users, use `users: []` in place of `file`.",
  });
  return isEmpty ? { users: [], diagnostics } : found;
}

function decode(content: Uint8Array): string | undefined {
  try {
    // Removes a byte order mark.
    return new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch {
    return undefined;
  }
}

function parseCsv(path: string, text: string): FileUsers {
  let rows: Record<string, string>[];
  const header: string[] = [];
  const columns = (names: readonly string[]) => {
    header.push(...checkedColumns(names));
    return header;
  };
  try {
    rows = parse(text, { columns, skip_empty_lines: true, trim: true });
  } catch (error) {
    // The message names the line; it may repeat values, which could be seeds.
    const { lines, code = "" } = error as { readonly lines?: number; readonly code?: string };
    const place = lines === undefined ? "" : ` at line ${lines}`;
    return unreadable(path, error instanceof ColumnError ? error.message : `is not valid CSV${place} (${code})`);
  }
  if (header.length === 0) {
    return unreadable(path, "is empty: it has no line with the names of the columns");
  }
  return { users: rows.map((row) => ({ name: row.name ?? "", user: {}, row })), diagnostics: repeated(path, rows) };
}

/** Columns without a user's name, or several of one name. */
class ColumnError extends Error {}

function checkedColumns(columns: readonly string[]): string[] {
  if (!columns.includes("name")) {
    const separator = columns.some((column) => column.includes(";"))
      ? "; separate columns by commas, not by semicolons"
      : "";
    throw new ColumnError(
      `has no column "name" in its first line; its columns are ${displayList(columns)}${separator}`,
    );
  }
  const twice = columns.find((column, index) => columns.indexOf(column) !== index);
  if (twice !== undefined) {
    throw new ColumnError(`has two columns ${display(twice)}`);
  }
  return [...columns];
}

function parseJson(path: string, text: string): FileUsers {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return unreadable(path, "is not valid JSON");
  }
  const { users, diagnostics } = namedUsers(path, value);
  // `JSON.parse` keeps the last one of several keys.
  const twice = isRecord(value)
    ? repeated(
        path,
        topLevelKeys(text).map((name) => ({ name })),
      )
    : [];
  return { users, diagnostics: [...diagnostics, ...twice] };
}

/** Strings, without a step of its own for each character: one of several megabytes would be too deep. */
const JSON_TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{}:]/g;

/** Returns the keys of the outermost object of a valid JSON text, also repeated ones. */
function topLevelKeys(text: string): string[] {
  const keys: string[] = [];
  let depth = 0;
  let last = "";
  for (const [token] of text.matchAll(JSON_TOKEN)) {
    if (token === ":" && depth === 1) {
      keys.push(JSON.parse(last) as string);
    }
    depth += token === "{" || token === "[" ? 1 : token === "}" || token === "]" ? -1 : 0;
    last = token;
  }
  return keys;
}

/** Returns the users of a list of names or of an object. @param path the path of the value */
export function namedUsers(path: string, value: unknown): FileUsers {
  if (Array.isArray(value)) {
    const names = value.map((name: unknown) => ({ name: typeof name === "string" ? name : "" }));
    const wrong = value.flatMap((name: unknown, index) =>
      diagnose({
        code: "NA1906",
        path: `${path}[${index}]`,
        value: name,
        problem: typeof name === "string" ? undefined : "must be a name: a string",
        remedy: "Use an object of users by name for users with properties.",
      }),
    );
    return { users: names.map(({ name }) => ({ name, user: {} })), diagnostics: [...wrong, ...repeated(path, names)] };
  }
  if (!isRecord(value)) {
    const problem = "must be an object of users by name, or a list of names";
    const remedy = 'Use `{ "d-1": {}, "d-2": {} }` or `["d-1", "d-2"]`.';
    return { users: [], diagnostics: diagnose({ code: "NA1906", path, problem, remedy }) };
  }
  const entries = Object.entries(value);
  const remedy = "Use an object with the properties of the user; it can be empty.";
  const wrong = entries.flatMap(([name, user]) =>
    isRecord(user) ? [] : diagnose({ code: "NA1003", path: keyPath(path, name), problem: "must be an object", remedy }),
  );
  return { users: entries.map(([name, user]) => ({ name, user: isRecord(user) ? user : {} })), diagnostics: wrong };
}

/** Finds names that occur more than once. */
function repeated(path: string, rows: readonly { readonly name?: string }[]): Diagnostic[] {
  const names = new Set<string>();
  return rows.flatMap(({ name = "" }, index) => {
    const isRepeated = names.has(name);
    names.add(name);
    return diagnose({
      code: "NA1902",
      path: `${path}[${index}]`,
      value: name,
      problem: isRepeated ? "is the name of several users" : undefined,
      remedy: "Rename or remove all but one of them.",
    });
  });
}

function unreadable(path: string, problem: string): FileUsers {
  const remedy = "Use a CSV file with a column `name`, or a JSON file with an object or a list of names.";
  return { users: [], diagnostics: diagnose({ code: "NA1908", path: "file", value: path, problem, remedy }) };
}
