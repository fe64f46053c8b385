import assert from "node:assert/strict";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../support/local-server";
import { CHECKOUT, STEP_TIMEOUT } from "../support/stack";
import { PulumiCli } from "../support/stack-cli";

const SETTINGS = `name: strict
runtime:
  name: nodejs
  options:
    typescript: false
main: index.js
`;

describe("a program that uses the package only through a library", function () {
  this.timeout(STEP_TIMEOUT);
  let folder: string;
  let cli: PulumiCli;

  beforeEach(async () => {
    folder = temporaryFolder("strict");
    // As pnpm installs it: only the library finds the package.
    const store = join(folder, "node_modules/.pnpm/library@1.0.0/node_modules");
    const packages = {
      "@pulumi/pulumi": join(CHECKOUT, "node_modules/@pulumi/pulumi"),
      library: join(store, "library"),
    };
    mkdirSync(packages.library, { recursive: true });
    mkdirSync(join(folder, "node_modules/@pulumi"));
    mkdirSync(join(folder, "state"));
    const create = 'exports.create = () => new (require("pulumi-nats-auth").Nkey)("k", { kind: "user" });';
    writeFileSync(join(packages.library, "index.js"), create);
    writeFileSync(join(folder, "index.js"), 'require("library").create();');
    writeFileSync(join(folder, "Pulumi.yaml"), SETTINGS);
    symlinkSync(CHECKOUT, join(store, "pulumi-nats-auth"));
    Object.entries(packages).forEach(([name, target]) => {
      symlinkSync(target, join(folder, "node_modules", name));
    });
    cli = new PulumiCli("strict", {
      PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "a test",
    });
    await cli.run(folder, ["stack", "init", "dev"]);
  });

  afterEach(async () => {
    await cli.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  it("should learn from the preview that it must depend on the package itself", async () => {
    const { code, output } = await cli.run(folder, ["preview"]);
    assert.notEqual(code, 0);
    assert.match(output, /pulumi-nats-auth: cannot be found from .*\[NA4084\]/);
    assert.doesNotMatch(output, /Cannot find module|node:internal/);
  });

  it("should be warned when the engine would load another version", async () => {
    const other = join(folder, "node_modules/pulumi-nats-auth");
    mkdirSync(other);
    writeFileSync(join(other, "package.json"), '{ "name": "pulumi-nats-auth", "version": "99.0.0" }');
    const { output } = await cli.run(folder, ["preview"]);
    assert.match(output, /version 99\.0\.0 .*\[NA4085\]/);
    assert.doesNotMatch(output, /NA4084/);
  });
});
