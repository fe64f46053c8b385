import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { CHECKOUT } from "../support/stack-programs";

/** Runs a program with the built package, and returns the lines that it prints. */
function printed(program: string): string[] {
  return execFileSync(process.execPath, ["-e", program], { cwd: CHECKOUT, encoding: "utf8" }).trim().split("\n");
}

/** Returns the packages that load with this one. */
function loadedPackages(): Set<string> {
  const files = printed('require("pulumi-nats-auth"); console.log(Object.keys(require.cache).join("\\n"))');
  return new Set(files.map((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? ""));
}

/** A program with servers in pods, where the packages for Kubernetes are not found. */
const WITHOUT_KUBERNETES = `
const Module = require("node:module");
const resolve = Module._resolveFilename;
Module._resolveFilename = (name, ...rest) => {
  if (/kubernetes/.test(name) && name.startsWith("@")) {
    throw Object.assign(new Error("not found: " + name), { code: "MODULE_NOT_FOUND" });
  }
  return resolve(name, ...rest);
};
process.on("unhandledRejection", () => undefined);
const { runtime } = require("@pulumi/pulumi");
const { MixedAuthCluster, Operator } = require("pulumi-nats-auth");
runtime.setMocks({ newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: () => ({}) }).then(() => {
  const operator = new Operator("KO");
  const { gate } = new MixedAuthCluster("nats", { operator, accounts: [], target: { kubernetes: { context: "c" } } });
  gate.catch(({ message }) => console.log(message)).finally(() => process.reallyExit(0));
});
`;

describe("a program that imports the package", () => {
  it("should not load Docker or NATS clients, which would delay the start of every preview", function () {
    this.timeout(30_000);
    const loaded = loadedPackages();
    assert.ok(loaded.has("@pulumi/pulumi"));
    assert.deepEqual(
      ["@pulumi/docker", "dockerode", "docker-modem", "tar-stream", "@nats-io/nats-core"].filter((name) =>
        loaded.has(name),
      ),
      [],
    );
  });

  it("should report packages for Kubernetes that are not installed, and load none of them for other platforms", function () {
    this.timeout(30_000);
    const loaded = loadedPackages();
    assert.ok(!loaded.has("@pulumi/kubernetes") && !loaded.has("@kubernetes/client-node"));
    assert.deepEqual(printed(WITHOUT_KUBERNETES), [
      'cluster "nats" has 1 problem:',
      "  - target.kubernetes: requires packages that are not installed: @pulumi/kubernetes, @kubernetes/client-node. " +
        "Run `npm install @pulumi/kubernetes @kubernetes/client-node@1` in the folder of the program. [NA2204]",
    ]);
  });

  it("should find the functions that adopt an nsc store or a static configuration in `adopt`", function () {
    this.timeout(30_000);
    assert.deepEqual(printed('console.log(Object.keys(require("pulumi-nats-auth/adopt")).sort().join("\\n"))'), [
      "Unreadable",
      "mergeAdopted",
      "readNscStore",
      "readStaticConfig",
    ]);
  });
});
