import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { temporaryFolder } from "./support/local-server";
import { unknownParts } from "./support/page-commands";
import { COMMAND_PACKAGE, modulesOf } from "./support/page-programs";
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

const NODE_MODULES = { target: "es2022", module: "node16", moduleResolution: "node16" };
const NATIVE = "@typescript/native/bin/tsc";

/** A page with wrong lines: 3, 4 and 8. Only blocks that continue a program may use `cluster`. */
const WRONG_PAGE = `\`\`\`ts
import { Operator } from "pulumi-nats-auth";
const given = new Operator("KO", { sed: "" });
export const urls = cluster.clientUrls;
\`\`\`
\`\`\`ts
export const a = new Account("A", { operator: given });
export const none: string = new MixedAuthCluster("nats", { operator: given, accounts: [a] }).clientUrls;
\`\`\`
`;

/** Compilers, with the settings of `pulumi new typescript` and with those of current projects. */
const COMPILERS = {
  "TypeScript 6 with the settings of Pulumi's template": {
    tsc: "typescript/bin/tsc",
    settings: { target: "es2020", module: "commonjs", moduleResolution: "node10", ignoreDeprecations: "6.0" },
  },
  "TypeScript 7 with Node.js modules": { tsc: NATIVE, settings: NODE_MODULES },
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

  /** Compiles a folder in strict mode. @returns the lines of the errors */
  async function compile(folder: string, tsc: string, settings: object, files?: readonly string[]): Promise<string[]> {
    const compilerOptions = { ...settings, strict: true, noEmit: true, types: ["node"] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
    const args = [join(MODULES, tsc), "-p", folder, "--pretty", "false"];
    const { stdout } = await run(process.execPath, args, { cwd: folder }).catch((error: unknown) => error as Said);
    return stdout.split("\n").filter((line) => line !== "");
  }

  for (const [compiler, { tsc, settings }] of Object.entries(COMPILERS)) {
    it(`should compile in strict mode with ${compiler}`, async () => {
      const errors = await compile(project, tsc, settings, ["index.ts"]);
      assert.deepEqual(
        errors.filter((line) => /^(index\.ts|.*pulumi-nats-auth)/.test(line)),
        [],
      );
    });
  }

  describe("its pages", () => {
    const read = (path: string) => readFileSync(join(project, "node_modules/pulumi-nats-auth", path), "utf8");
    const pages = () => contents.filter((path) => path.endsWith(".md")).map((path) => [path, read(path)] as const);

    before("the packages that they use", () => {
      for (const name of ["@kubernetes/client-node", "@pulumi/kubernetes", "@pulumi/tls"]) {
        mkdirSync(dirname(join(project, "node_modules", name)), { recursive: true });
        symlinkSync(join(MODULES, name), join(project, "node_modules", name));
      }
      mkdirSync(join(project, "node_modules/@pulumi/command"));
      writeFileSync(join(project, "node_modules/@pulumi/command/index.d.ts"), COMMAND_PACKAGE);
    });

    it("should contain programs that compile", async () => {
      const folder = join(project, "pages");
      for (const [path, text] of [...pages(), ["wrong.md", WRONG_PAGE] as const]) {
        mkdirSync(join(folder, path), { recursive: true });
        for (const [line, module] of modulesOf(path, text)) {
          writeFileSync(join(folder, path, `${line}.ts`), module);
        }
      }
      const lines = await compile(folder, NATIVE, { ...NODE_MODULES, skipLibCheck: true });
      // A block that continues a program repeats its errors.
      const errors = new Set(lines.map((line) => line.replace(/^(.+)\/\d+\.ts\((\d+),\d+\)/, "$1:$2")));
      const isIntended = (error: string) => /^wrong\.md:(3|4|8): /.test(error);
      assert.equal([...errors].filter(isIntended).length, 3, [...errors].join("\n"));
      assert.deepEqual(
        [...errors].filter((error) => !isIntended(error)),
        [],
      );
    });

    it("should contain commands that exist", async () => {
      const contributing = ["CONTRIBUTING.md", readFileSync(join(CHECKOUT, "CONTRIBUTING.md"), "utf8")] as const;
      const { stdout: usage } = await run(process.execPath, [join(CHECKOUT, "dist/command/main.js"), "--help"]);
      const unknown = [...pages(), contributing].flatMap(([path, text]) =>
        unknownParts(text, usage).map((part) => `${path}: ${part}`),
      );
      assert.deepEqual(unknown, []);
      const wrong = "`npm run -s nothing`, `npx pulumi-nats-auth creds --none x`, `npm test -- test/none.test.ts`";
      assert.deepEqual(unknownParts(wrong, usage), ["nothing", "test/none.test.ts", " --none"]);
    });
  });

  it("should contain a plugin that serves an engine when it is run", async () => {
    const plugin = execFile(join(project, "node_modules/pulumi-nats-auth/pulumi-resource-nats-auth"), ["127.0.0.1:1"]);
    try {
      const [port] = (await once(plugin.stdout ?? assert.fail(), "data")) as [string];
      assert.match(port, /^\d+\n$/);
    } finally {
      plugin.kill();
      await once(plugin, "exit");
    }
  });

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
