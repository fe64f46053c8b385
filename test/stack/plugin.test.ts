import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { natsServer, temporaryFolder } from "../support/local-server";
import { CHECKOUT, STEP_TIMEOUT, succeeded } from "../support/stack";
import { failed, PulumiCli } from "../support/stack-cli";
import { problemsIn } from "../support/yaml-project";

const PLUGIN = "./node_modules/pulumi-nats-auth/plugin";

const PACKAGES = `packages: { nats-auth: ${PLUGIN} }`;

const PROGRAM = `
resources:
  nats:
    type: nats-auth:Cluster
    properties: { target: process, accounts: { A: { users: { test: {} } } } }
`;

interface Schema {
  readonly name: string;
  readonly version: string;
  readonly resources: Readonly<
    Record<string, { readonly inputProperties: Readonly<Record<string, { $ref?: string }>> }>
  >;
}

describe("the plugin as a folder", function () {
  this.timeout(STEP_TIMEOUT);
  let folder: string;
  let cli: PulumiCli;

  before("a folder with the package", () => {
    folder = temporaryFolder("plugin");
    symlinkSync(join(CHECKOUT, "node_modules"), join(folder, "node_modules"));
    mkdirSync(join(folder, "state"));
    const { PULUMI_YAML_HOST: host = "", PATH: path = "" } = process.env;
    cli = new PulumiCli("plugin", {
      PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "a test",
      PATH: [host, dirname(natsServer()), path].join(delimiter),
    });
  });

  after(async () => {
    await cli.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  it("should give its schema, with types, to the command that generates packages", async () => {
    const { stdout } = succeeded(await cli.run(folder, ["package", "get-schema", PLUGIN]));
    const schema = JSON.parse(stdout) as Schema;
    const { version } = JSON.parse(readFileSync(join(CHECKOUT, "package.json"), "utf8")) as { version: string };
    assert.deepEqual([schema.name, schema.version], ["nats-auth", version]);
    assert.equal(
      schema.resources["nats-auth:index:Cluster"]?.inputProperties.operator?.$ref,
      "#/types/nats-auth:index:Operator",
    );
  });

  it("should serve the components of a program that names it in `packages`", async () => {
    writeFileSync(join(folder, "Pulumi.yaml"), `name: added\nruntime: yaml\n${PACKAGES}\n${PROGRAM}`);
    succeeded(await cli.run(folder, ["stack", "init", "dev"]));
    const { output } = succeeded(await cli.run(folder, ["preview"]));
    assert.match(output, /nats-auth:index:Cluster +nats +create/);
    const program = readFileSync(join(folder, "Pulumi.yaml"), "utf8");
    const broken = program
      .replace(/target: process/, "target: cloud, clusterName: 5")
      .replace(/\{ test: \{\} \}/, "[]");
    writeFileSync(join(folder, "Pulumi.yaml"), broken);
    // With types in the schema, the language host would report the first argument of another type, and nothing else.
    assert.deepEqual(problemsIn(failed(await cli.run(folder, ["preview"])).output), [
      "NA1003 accounts.A.users",
      "NA1003 clusterName",
      "NA1003 target",
      "NA1709 accounts",
    ]);
    assert.ok(await cli.ended(), "the plugin still runs");
  });

  it("should preview 10,000 users of a program in YAML", async () => {
    const users = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, index) => [`d-${index}`, { tags: ["site:north"] }]),
    );
    const accounts = { A: { roles: { r: {} }, sets: { devices: { role: "r", users } } } };
    const properties = JSON.stringify({ target: "process", accounts });
    const resources = `resources: { nats: { type: "nats-auth:Cluster", properties: ${properties} } }`;
    writeFileSync(join(folder, "Pulumi.yaml"), `name: added\nruntime: yaml\n${PACKAGES}\n${resources}\n`);
    assert.match(succeeded(await cli.run(folder, ["preview"])).output, /UserSetKeys +nats\/A\/devices +create/);
  });
});
