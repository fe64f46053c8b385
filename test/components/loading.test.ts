import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { CHECKOUT } from "../support/stack-programs";

/** What a program prints that is not compiled, as those are that use the built package. */
function printed(program: string): string[] {
  return execFileSync(process.execPath, ["-e", program], { cwd: CHECKOUT, encoding: "utf8" }).trim().split("\n");
}

/** The packages that are loaded when a program loads this one. */
function loadedPackages(): Set<string> {
  const files = printed('require("pulumi-nats-auth"); console.log(Object.keys(require.cache).join("\\n"))');
  return new Set(files.map((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? ""));
}

describe("a program that imports the package", () => {
  it("should load nothing of Docker, and no client of NATS, which would make every preview start later", function () {
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

  it("should find what adopts an nsc store or a static configuration beside it", function () {
    this.timeout(30_000);
    assert.deepEqual(printed('console.log(Object.keys(require("pulumi-nats-auth/adopt")).sort().join("\\n"))'), [
      "Unreadable",
      "readNscStore",
      "readStaticConfig",
    ]);
  });
});
