import { readdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";

const CHECKOUT = join(__dirname, "../..");
const TEST_FILE = ".test.ts";

/** What the parts of a pattern stand for. */
const PARTS: Readonly<Record<string, string>> = { "**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]" };

/** A pattern such as `test/{jwt,read}/**` as a regular expression. */
function toRegExp(pattern: string): RegExp {
  const text = pattern.replace(/\*\*\/|\*\*|\*|\?|\{[^{}]*\}|[^\w/-]/g, (part) => {
    if (!part.startsWith("{")) return PARTS[part] ?? `\\${part}`;
    const choices = part.slice(1, -1).split(",");
    return `(?:${choices.map((choice) => choice.replace(/[^\w/-]/g, "\\$&")).join("|")})`;
  });
  return new RegExp(`^${text}$`);
}

/**
 * Finds test files.
 *
 * @param patterns paths, folders or patterns with `*`, `**`, `?` and `{a,b}`, from the current folder
 * @returns their paths from the checkout, sorted
 * @throws Error when a pattern matches no test file
 */
export function findTestFiles(patterns: readonly string[]): string[] {
  const all = readdirSync(join(CHECKOUT, "test"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(TEST_FILE))
    .map((name) => `test/${name}`);
  const found = patterns.flatMap((pattern) => {
    const path = relative(CHECKOUT, resolve(pattern));
    const matches = all.filter((file) => toRegExp(path).test(file) || file.startsWith(`${path}/`));
    if (matches.length === 0) throw new Error(`there is no test file ${pattern}`);
    return matches;
  });
  return [...new Set(found)].sort();
}

/** The tests of `npm run test:kubernetes` and `npm run languages`. */
const BY_COMMAND = ["test/kubernetes/", "test/sdks/"];

/** Returns whether `npm test` runs a test file: others need a Kubernetes cluster, or compilers of other languages. */
export function runsByDefault(file: string): boolean {
  return !BY_COMMAND.some((folder) => file.startsWith(folder));
}
