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
