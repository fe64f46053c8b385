import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
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

/** What `pulumi new typescript` says, and what a project of today says. */
const COMPILERS = {
  "the settings of Pulumi's template": {
    target: "es2020",
    module: "commonjs",
    moduleResolution: "node10",
    ignoreDeprecations: "6.0",
  },
  "modules as Node.js has them": { target: "es2022", module: "node16", moduleResolution: "node16" },
};

describe("the package, installed in a project", function () {
  this.timeout(TIMEOUT);
  const run = promisify(execFile);
  let project: string;

  before(async () => {
    project = temporaryFolder("project");
    const modules = join(project, "node_modules");
    mkdirSync(modules);
    const pack = ["pack", "--ignore-scripts", "--pack-destination", project, "--json"];
    const { stdout } = await run("npm", pack, { cwd: CHECKOUT });
    const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
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

  for (const [what, settings] of Object.entries(COMPILERS)) {
    it(`should have types that compile, all of them, when the compiler has ${what}`, async () => {
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
});

interface Said {
  stdout: string;
}
