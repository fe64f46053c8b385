import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { temporaryFolder } from "./support/local-server";
import { CHECKOUT } from "./support/stack-programs";

const MODULES = join(CHECKOUT, "node_modules");
const TIMEOUT = 120_000;

const PROGRAM = `import * as pulumi from "@pulumi/pulumi";
import { Account, MixedAuthCluster, Operator, parityMarkdown } from "pulumi-nats-auth";
import { readNscStore, type Adopted } from "pulumi-nats-auth/adopt";

const operator = new Operator("KO");
const a = new Account("A", { operator, users: { test: {} } });
const cluster = new MixedAuthCluster("nats", { operator, accounts: [a] });
export const creds: pulumi.Output<string> = a.users.test.creds;
export const adopted: () => Adopted = () => readNscStore({ store: "store" });
export const parity = cluster.parity.apply(parityMarkdown);
`;

/** Targets of links that only the repository contains. */
const OF_REPOSITORY = /^(docs\/adr|examples|provider|test)(\/|$)|^(CONTRIBUTING|SECURITY)\.md$/;

/** Returns the files to which a Markdown page links, relative to the checkout. */
function linkedFiles(page: string): string[] {
  const links = readFileSync(join(CHECKOUT, page), "utf8").matchAll(/\]\((?![a-z]+:)([^)#\s]+)(?:#[^)]*)?\)/g);
  return [...links].map(([, target = ""]) => join(dirname(page), target));
}

const pagesIn = (folder: string) =>
  readdirSync(join(CHECKOUT, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `${folder}/${name}`);

/** Loads every handler as the engine does, and tries to load a module that is not exported. */
const HANDLERS = `
const { exports } = require("pulumi-nats-auth/package.json");
const names = Object.keys(exports).filter((path) => path.startsWith("./dynamic/")).map((path) => path.slice(2));
const found = names.map((name) => [name, typeof require("pulumi-nats-auth/" + name).provider.create]);
let hidden;
try {
  require("pulumi-nats-auth/dynamic/life-cycle/life-cycle");
} catch ({ code }) {
  hidden = code;
}
console.log(JSON.stringify({ found, hidden }));
`;

/** The compiler settings of `pulumi new typescript`, and those of current projects. */
const COMPILERS = {
  "the settings of Pulumi's template": {
    target: "es2020",
    module: "commonjs",
    moduleResolution: "node10",
    ignoreDeprecations: "6.0",
  },
  "Node.js modules": { target: "es2022", module: "node16", moduleResolution: "node16" },
};

describe("the package, installed in a project", function () {
  this.timeout(TIMEOUT);
  const run = promisify(execFile);
  let project: string;
  let contents: string[];

  before(async () => {
    project = temporaryFolder("project");
    const modules = join(project, "node_modules");
    mkdirSync(modules);
    const pack = ["pack", "--ignore-scripts", "--pack-destination", project, "--json"];
    const { stdout } = await run("npm", pack, { cwd: CHECKOUT });
    const [{ filename, files }] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
    contents = files.map(({ path }) => path);
    await run("tar", ["-xzf", join(project, filename), "-C", modules]);
    await run("mv", [join(modules, "package"), join(modules, "pulumi-nats-auth")]);
    const text = readFileSync(join(CHECKOUT, "package.json"), "utf8");
    const { dependencies } = JSON.parse(text) as { dependencies: Record<string, string> };
    for (const name of [...Object.keys(dependencies), "@types/node"]) {
      mkdirSync(dirname(join(modules, name)), { recursive: true });
      symlinkSync(join(MODULES, name), join(modules, name));
    }
    writeFileSync(join(project, "index.ts"), PROGRAM);
  });

  after(() => {
    rmSync(project, { recursive: true, force: true });
  });

  it("should contain compiled code, the license, the README, the documentation and what other languages need, and nothing else", () => {
    const other = contents.filter((path) => !/^dist\/.+\.(js|d\.ts)$/.test(path)).sort();
    assert.deepEqual(other, [
      "LICENSE",
      "README.md",
      ...[...pagesIn("docs"), ...pagesIn("docs/languages")].sort(),
      "package.json",
      "plugin/PulumiPlugin.yaml",
      "plugin/package.json",
      "pulumi-resource-nats-auth",
      "schemas/pulumi-yaml.json",
      "schemas/pulumi.json",
    ]);
    assert.ok(contents.includes("dist/index.js") && contents.includes("dist/adopt/index.d.ts"));
  });

  it("should contain each page to which its pages link, when the repository alone does not contain it", () => {
    const linked = contents.filter((path) => path.endsWith(".md")).flatMap(linkedFiles);
    assert.ok(linked.includes("docs/listeners.md"));
    const missing = linked.filter((path) =>
      OF_REPOSITORY.test(path) ? !existsSync(join(CHECKOUT, path)) : !contents.includes(path),
    );
    assert.deepEqual(missing, []);
  });

  for (const [what, settings] of Object.entries(COMPILERS)) {
    it(`should compile in strict mode when the compiler has ${what}`, async () => {
      const compilerOptions = { ...settings, strict: true, noEmit: true, types: ["node"] };
      writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["index.ts"] }));
      const tsc = join(MODULES, "typescript/bin/tsc");
      const { stdout } = await run(process.execPath, [tsc, "-p", project], { cwd: project }).catch(
        (error: unknown) => error as Said,
      );
      const ours = stdout.split("\n").filter((line) => /^(index\.ts|.*pulumi-nats-auth)/.test(line));
      assert.deepEqual(ours, []);
    });
  }

  it("should export every handler, and no other internal module, when Node.js loads it", async () => {
    const { stdout } = await run(process.execPath, ["-e", HANDLERS], { cwd: project });
    const { found, hidden } = JSON.parse(stdout) as { found: [string, string][]; hidden: string };
    assert.equal(found.length, 13);
    assert.ok(
      found.every(([, type]) => type === "function"),
      stdout,
    );
    assert.equal(hidden, "ERR_PACKAGE_PATH_NOT_EXPORTED");
  });
});

interface Said {
  stdout: string;
}
