import { existsSync } from "node:fs";
import { mkdtemp, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { removeOwned } from "../lib/owned";
import { identity } from "../lib/processes";
import { capture, live } from "../lib/run";
import { duration, say, ToolError } from "../lib/terminal";
import { checkout } from "../local-folder";

/** One check: a name for the terminal, and the arguments of Node.js. */
interface Check {
  name: string;
  script: string[];
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
    { name: "prettier", script: [await commandOf("prettier"), "--check", "--log-level", "warn", "."] },
    { name: "types", script: [await commandOf("typescript", "tsc"), "--noEmit"] },
    { name: "prose", script: [join(checkout, "tools/prose.mjs")] },
    {
      name: "API reference",
      script: [await commandOf("typedoc"), "--options", "tools/typedoc.json", "--emit", "none"],
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
    for (const { name, script } of await checks(await pack(folder))) {
      const begin = performance.now();
      const code = await live(process.execPath, script, { cwd: checkout });
      say(`${name}: ${code === 0 ? "clean" : "failed"} (${duration(performance.now() - begin)})`);
      if (code !== 0) failed.push(name);
    }
  } finally {
    await removeOwned(folder);
  }
  if (failed.length > 0) throw new ToolError(`Lint failed: ${failed.join(", ")}.`, "`npm run format` fixes layout.");
  return 0;
}
