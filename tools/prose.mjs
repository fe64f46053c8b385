/**
 * Checks the wording of documentation, comments, messages and test names against the phrases that CONTRIBUTING asks to avoid.
 *
 *     node tools/prose.mjs                    checks the folders of CHECKED
 *     node tools/prose.mjs provider docs      checks these files and folders
 *     node tools/prose.mjs --count [paths]    prints how often each phrase occurs in each folder, and succeeds
 *
 * A phrase that is right in its place is allowed by a comment with its name, on the same line or the line before:
 * `prose-ok: told`. Before a block comment, it covers the whole comment.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import ts from "typescript";

const root = join(import.meta.dirname, "..");

/** Everything that people read. */
const ALL = [
  "README.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "docs",
  "provider",
  "examples",
  "test",
  "tools",
];

/** The paths that are checked where none is given. */
const CHECKED = ALL;

/** Files below them that are not clean yet. */
const PENDING = ["tools/commands/test.ts", "tools/parity-table.ts", "tools/run-scope.ts"];

/** Generated pages, build output, golden files, and this file, which lists the phrases. */
const SKIPPED = /(^|\/)(node_modules|dist|golden|modules|states|\.pulumi-local|docs\/api|tools\/prose\.mjs)(\/|$)/;

/** A phrase: its name for `prose-ok`, its pattern (a space matches any white space), and what to write in its place. */
const PHRASES = [
  [
    "is no",
    "(?<!\\bthere )(is|are|was|were|be) no(?= \\w)(?! (longer|more than|op)\\b)",
    '"is not a valid …", "must be …", "is missing"',
  ],
  ["is none", "(that|which|it) (is|are|was|were) none", "name the thing that is missing or invalid"],
  ["whoever", "(whoever|whomever|whom)", '"the user that …", "anyone who …", or a shorter sentence'],
  ["anew", "anew", '"again", "replaced"'],
  ["mend", "(mend|mends|mended|mending)", '"fix", "repair"'],
  ["to the byte", "to the byte", '"byte for byte", "unchanged"'],
  ["all the same", "all the same", '"nevertheless", or leave it out'],
  ["the one before", "the (one|ones|key) before", '"the previous one"'],
  ["by chance", "by chance", '"nondeterministic", "random"'],
  ["say", "(say|says|said|saying)", '"contains", "sets", "reports", "states"'],
  ["told", "told", '"receives", "reports", "is configured with"'],
  ["know", "(servers?|sides?|configurations?) (know|knows|knew)", '"has loaded", "contains", "supports"'],
  ["what is", "what (is|are|was|were)(?! (wrong|new)\\b)", "a noun"],
  ["by what", "by what", '"how", "by which"'],
  ["any more", "(any more|anymore|no more(?! than\\b))", '"no longer"'],
  ["he", "(he|his|him|himself)", '"they", "the user"'],
].map(([name, pattern, advice]) => ({
  name,
  pattern: new RegExp(`(?<![\\w$.-])${pattern.replaceAll(" ", "\\s+")}(?![\\w$-])`, "gi"),
  advice,
}));

/** Replaces text by as many spaces, so that offsets stay. */
const blank = (text) => text.replace(/[^\n]/g, " ");

/** The prose of a Markdown page: without code, link targets and comments. */
function markdownProse(text) {
  const prose = text
    .replace(/^( *)(```|~~~)[^]*?^\1\2/gm, blank)
    .replace(/<!--[^]*?-->/g, blank)
    .replace(/`[^`]*`/g, blank)
    .replace(/\]\([^)]*\)/g, blank);
  return [{ at: 0, prose }];
}

/** The prose of code: comments, and texts; of a test only comments and the names of tests. */
function codeProse(path, text) {
  const found = [];
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const add = (at, piece) => found.push({ at, prose: piece.replace(/`[^`]*`/g, blank) });
  const wanted = path.startsWith("test/") ? isTestName : isMessage;
  const visit = (node) => {
    if (node.kind >= ts.SyntaxKind.FirstJSDocNode && node.kind <= ts.SyntaxKind.LastJSDocNode) return;
    const children = node.getChildren(source);
    for (const child of children) visit(child);
    if (children.length > 0) return;
    const start = node.getStart(source);
    // Leading lines of a comment lose their marks, so that a phrase is found across lines.
    add(node.pos, text.slice(node.pos, start).replace(/^\s*(\/\/|\*(?!\/))/gm, blank));
    if (isText(node) && wanted(node)) add(start, text.slice(start, node.end).replaceAll("`", " "));
  };
  visit(source);
  return found;
}

function isText(node) {
  return (
    ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node)
  );
}

/** A text that is not the name of a module. */
function isMessage(node) {
  return !ts.isImportDeclaration(node.parent) && !ts.isExportDeclaration(node.parent);
}

const TEST_FUNCTIONS = /^(describe|it|before|after|beforeEach|afterEach|describeOn)(\.\w+)?$/;

/** The text, or a part of it, that names a test. */
function isTestName(node) {
  let part = node;
  while (!ts.isCallExpression(part.parent)) {
    const inTemplate = ts.isTemplateSpan(part.parent) || ts.isTemplateExpression(part.parent);
    if (!inTemplate) return false;
    part = part.parent;
  }
  return part.parent.arguments.includes(part) && TEST_FUNCTIONS.test(part.parent.expression.getText());
}

/** The lines on which phrases are allowed, as `<line>:<name>`. */
function allowances(lines) {
  const allowed = new Set();
  for (const [index, line] of lines.entries()) {
    const names = /prose-ok: ([\w ,]+)/.exec(line)?.[1];
    if (names === undefined) continue;
    let last = index + 1;
    if (/^\s*\/\*/.test(lines[last] ?? "")) while (last < lines.length && !lines[last].includes("*/")) last += 1;
    for (const name of names.split(",")) {
      for (let at = index; at <= last; at += 1) allowed.add(`${at}:${name.trim()}`);
    }
  }
  return allowed;
}

/** Every phrase to avoid in a file. */
function findingsIn(path) {
  const text = readFileSync(join(root, path), "utf8");
  const lines = text.split("\n");
  const allowed = allowances(lines);
  const pieces = path.endsWith(".md") ? markdownProse(text) : codeProse(path, text);
  return pieces.flatMap(({ at, prose }) =>
    PHRASES.flatMap(({ name, pattern, advice }) =>
      [...prose.matchAll(pattern)].flatMap((match) => {
        const line = text.slice(0, at + match.index).split("\n").length - 1;
        const words = match[0].trim().replace(/\s+/g, " ");
        return allowed.has(`${line}:${name}`) ? [] : [{ path, line: line + 1, name, words, advice }];
      }),
    ),
  );
}

/** The files below a path that contain prose. */
function filesBelow(path) {
  if (SKIPPED.test(path)) return [];
  if (!statSync(join(root, path)).isDirectory()) return /\.(md|ts|mjs|cjs)$/.test(path) ? [path] : [];
  return readdirSync(join(root, path))
    .sort()
    .flatMap((name) => filesBelow(`${path}/${name}`));
}

/** Prints a table: a line for each phrase, a column for each path. */
function printCounts(paths) {
  const columns = paths.map((path) => ({ path, findings: filesBelow(path).flatMap(findingsIn) }));
  const print = (name, cells) => console.log([name.padEnd(16), ...cells].join("  "));
  const row = (name, count) => {
    const counts = columns.map(({ findings }) => count(findings));
    const total = counts.reduce((sum, one) => sum + one, 0);
    print(name, [...counts.map((one, at) => String(one).padStart(columns[at].path.length)), String(total).padStart(5)]);
  };
  print("", [...columns.map(({ path }) => path), "total"]);
  for (const { name } of PHRASES) row(name, (findings) => findings.filter((found) => found.name === name).length);
  row("total", (findings) => findings.length);
}

/** Prints the findings in some files. @returns the exit code */
function check(files) {
  const findings = files.flatMap(findingsIn);
  for (const { path, line, name, words, advice } of findings) {
    console.error(`${path}:${line}: avoid "${words}"; write ${advice} [${name}]`);
  }
  if (findings.length > 0) console.error(`\n${findings.length} phrases to avoid.`);
  return findings.length > 0 ? 1 : 0;
}

const args = process.argv.slice(2);
const paths = args.filter((arg) => !arg.startsWith("--")).map((path) => relative(root, path).split(sep).join("/"));
if (args.includes("--count")) printCounts(paths.length > 0 ? paths : ALL);
else if (paths.length > 0) process.exitCode = check(paths.flatMap(filesBelow));
else process.exitCode = check(CHECKED.flatMap(filesBelow).filter((path) => !PENDING.includes(path)));
