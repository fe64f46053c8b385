import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { removeOwned } from "../lib/owned";
import { cacheRoot } from "../lib/cache-root";
import { identity } from "../lib/processes";
import { capture, live } from "../lib/run";
import { duration, say, ToolError } from "../lib/terminal";
import { checkout } from "../local-folder";

/** One check: a name for the terminal, and the arguments of Node.js. */
interface Check {
  name: string;
  script: string[];
  /**
   * The files and folders that it reads. It is skipped while they have the content with which it last passed.
   *
   * @default it always runs
   */
  inputs?: string[];
}

/** Where the checks keep what they know of files that have not changed. */
const cache = (): string => join(cacheRoot(), "lint");

/** The texts of the checkout. */
const TEXTS = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "docs"];
/** The sources of the checkout. */
const SOURCES = ["provider", "examples", "test", "tools"];

/** Returns a digest of a check and of its inputs. */
function digestOf({ script, inputs = [] }: Check): string {
  const hash = createHash("sha256").update(JSON.stringify([process.version, ...script.slice(1)]));
  for (const input of [...inputs, "package-lock.json", "tsconfig.json"]) {
    const path = join(checkout, input);
    const below = statSync(path).isDirectory() ? readdirSync(path, { recursive: true, encoding: "utf8" }).sort() : [""];
    for (const name of below) {
      const file = join(path, name);
      if (statSync(file).isFile()) hash.update(`${join(input, name)}\0`).update(readFileSync(file));
    }
  }
  return hash.digest("hex");
}

/** Runs a check, unless it has passed with these inputs. @returns whether it passed */
async function passes(check: Check): Promise<boolean> {
  const { name, script, inputs } = check;
  const file = join(cache(), `passed-${name.replaceAll(" ", "-")}`);
  const digest = inputs === undefined ? undefined : digestOf(check);
  if (digest !== undefined && existsSync(file) && readFileSync(file, "utf8") === digest) {
    say(`${name}: clean, as in the last run`);
    return true;
  }
  const begin = performance.now();
  const code = await live(process.execPath, script, { cwd: checkout });
  say(`${name}: ${code === 0 ? "clean" : "failed"} (${duration(performance.now() - begin)})`);
  if (code === 0 && digest !== undefined) await writeFile(file, digest);
  return code === 0;
}

/** Finds the script that a package installs as a command. */
async function commandOf(name: string, command = name): Promise<string> {
  const resolver = createRequire(join(checkout, "tools/package.json"));
  const file = packageFile(resolver, name);
  const { bin } = JSON.parse(await readFile(file, "utf8")) as { bin: string | Record<string, string> };
  return join(dirname(file), typeof bin === "string" ? bin : (bin[command] ?? ""));
}

/** Finds a package's package.json, also where `exports` hides it. */
function packageFile(resolver: NodeJS.Require, name: string): string {
  const folder = resolver.resolve.paths(name)?.find((modules) => existsSync(join(modules, name, "package.json")));
  if (folder === undefined) throw new ToolError(`${name} is not installed.`, "Run `npm ci`.");
  return join(folder, name, "package.json");
}

/** The checks of sources and texts, then those of the package as `npm pack` makes it. */
async function checks(tarball: string): Promise<Check[]> {
  return [
    { name: "oxlint", script: [await commandOf("oxlint"), "--deny-warnings"] },
    { name: "oxfmt", script: [await commandOf("oxfmt"), "--check"] },
    { name: "types", script: [await commandOf("@typescript/native", "tsc"), "--noEmit"] },
    {
      name: "schemas",
      script: ["--import", "tsx", join(checkout, "tools/schema/schemas.ts"), "--check"],
      inputs: ["provider", "tools/schema", "schemas", "package.json"],
    },
    { name: "prose", script: [join(checkout, "tools/prose.mjs")], inputs: [...TEXTS, ...SOURCES] },
    {
      name: "API reference",
      script: [await commandOf("typedoc"), "--options", "tools/typedoc.json", "--emit", "none"],
      inputs: [...TEXTS, "provider", "tools/typedoc.json"],
    },
    { name: "package.json", script: [await commandOf("publint"), "--strict", tarball] },
    {
      name: "types of the package",
      // Programs import these two; the paths of the handlers are for the engine.
      script: [await commandOf("@arethetypeswrong/cli", "attw"), tarball, "--quiet", "--entrypoints", ".", "adopt"],
    },
  ];
}

/** Packs the package as it would be published. @returns the tarball */
async function pack(folder: string): Promise<string> {
  const npm = process.env.npm_execpath;
  const args = ["pack", "--ignore-scripts", "--pack-destination", folder, "--json"];
  const [command, prefix] = npm === undefined ? ["npm", []] : [process.execPath, [npm]];
  const [{ filename }] = JSON.parse(await capture(command, [...prefix, ...args], { cwd: checkout })) as [
    { filename: string },
  ];
  return join(folder, filename);
}

/** `npm run lint`: runs every check, also after one that failed. */
export async function lint(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), `nats-auth-${identity()}-lint-`));
  const failed: string[] = [];
  try {
    await mkdir(cache(), { recursive: true, mode: 0o700 });
    for (const check of await checks(await pack(folder))) if (!(await passes(check))) failed.push(check.name);
  } finally {
    await removeOwned(folder);
  }
  if (failed.length > 0) throw new ToolError(`Lint failed: ${failed.join(", ")}.`, "`npm run format` fixes layout.");
  return 0;
}
