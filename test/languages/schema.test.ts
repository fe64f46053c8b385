import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { schemaFor } from "../../provider/languages/schema";
import { temporaryFolder } from "../support/local-server";
import { CHECKOUT } from "../support/stack-programs";

interface Property {
  readonly $ref?: string;
  readonly plain?: boolean;
  readonly secret?: boolean;
  readonly description: string;
  readonly additionalProperties?: { readonly plain?: boolean };
}

type Properties = Readonly<Record<string, Property>>;

interface Schema {
  readonly resources: Readonly<
    Record<string, { readonly inputProperties: Properties; readonly properties: Properties }>
  >;
  readonly types: Readonly<Record<string, { readonly properties?: Properties }>>;
}

/** The secrets about a model. */
const OF_MODELS = ["accountSeeds", "authorizationSeeds", "creds", "identitySeed", "jwts", "roleSeeds", "seeds"];

describe("the schema for other languages", () => {
  let folder: string;
  const file = join(CHECKOUT, "schemas/pulumi.json");
  const read = (program = folder): Schema => JSON.parse(schemaFor(program, file)) as Schema;
  const cluster = (program = folder) => read(program).resources["nats-auth:index:Cluster"];
  /** Returns whether the components get arguments of any type. */
  const isUntyped = (program = folder) =>
    Object.values(cluster(program)?.inputProperties ?? {}).every(({ $ref }) => $ref === "pulumi.json#/Any");

  beforeEach(() => {
    folder = temporaryFolder("schema");
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  for (const [name, text] of [
    ["Pulumi.yaml", "name: x\nruntime: yaml\n"],
    ["Pulumi.yaml", "name: x\nruntime:\n  name: yaml\n"],
    ["Pulumi.yaml", 'name: x\nruntime: { name: "yaml" }\n'],
    ["Pulumi.yaml", "runtime: { options: { compiler: a }, name: yaml }\nname: x\n"],
    [
      "Pulumi.yaml",
      "name: x\nruntime: # which one\n  # this\n  name: yaml # yes\n  options: { compiler: ./compile }\n",
    ],
    ["Pulumi.yaml", '"name": "x"\n"runtime": "yaml"\n'],
    ["Pulumi.yaml", "name: x\nname: y\nruntime: yaml\n"],
    ["Pulumi.yml", "name: x\nruntime: yaml\n"],
    ["Pulumi.json", '{ "name": "x", "runtime": "yaml" }'],
  ] as const) {
    it(`should leave types to the components when ${name} is ${JSON.stringify(text)}`, () => {
      writeFileSync(join(folder, name), text);
      assert.ok(isUntyped());
    });
  }

  it("should leave types to the components when `main` of the project is a folder below", () => {
    writeFileSync(join(folder, "Pulumi.yaml"), "name: x\nmain: program\nruntime: yaml\n");
    mkdirSync(join(folder, "program"));
    assert.ok(isUntyped(join(folder, "program")));
  });

  it("should have types in a folder below a project in YAML that is not its `main`", () => {
    writeFileSync(join(folder, "Pulumi.yaml"), "name: x\nmain: program\nruntime: yaml\n");
    mkdirSync(join(folder, "service"));
    assert.ok(!isUntyped(join(folder, "service")));
    writeFileSync(join(folder, "Pulumi.yaml"), "name: x\nruntime: yaml\n");
    assert.ok(!isUntyped(join(folder, "service")));
  });

  for (const [name, text] of [
    ["Pulumi.yaml", "name: yaml\nruntime: python\n"],
    ["Pulumi.yaml", "name: x\nruntime: python # not yaml\n"],
    ["Pulumi.yaml", "name: x\n# runtime: yaml\nruntime: go\n"],
    ["Pulumi.yaml", "name: x\ndescription: |\n  runtime: yaml\nruntime: go\n"],
    ["Pulumi.yaml", "name: x\nconfig:\n  runtime: yaml\nruntime: { name: nodejs, options: { name: yaml } }\n"],
    ["Pulumi.yaml", "name: x\nruntime: yaml2\n"],
    ["Pulumi.yaml", "name: [x\nruntime: yaml"],
    ["Pulumi.yaml", ""],
    ["Other.yaml", "name: x\nruntime: yaml\n"],
  ] as const) {
    it(`should have types when ${name} is ${JSON.stringify(text)}`, () => {
      writeFileSync(join(folder, name), text);
      assert.equal(cluster()?.inputProperties.operator?.$ref, "#/types/nats-auth:index:Operator");
    });
  }

  it("should mark what must be known as plain, and nothing else", () => {
    const { types, resources } = read();
    const args = Object.entries(cluster()?.inputProperties ?? {});
    const plain = args.filter(([, property]) => property.plain === true).map(([name]) => name);
    assert.ok(["accounts", "operator", "servers", "target"].every((name) => plain.includes(name)));
    assert.ok(!["image", "bindAddress", "settings"].some((name) => plain.includes(name)));
    const account = types["nats-auth:index:Account"]?.properties ?? {};
    const names = ["users", "name", "limits", "seed"];
    assert.deepEqual(
      names.map((name) => account[name]?.plain),
      [true, true, undefined, undefined],
    );
    assert.equal(account.seed?.secret, true);
    const { role, permissions } = types["nats-auth:index:User"]?.properties ?? {};
    assert.deepEqual([role?.plain, permissions?.plain], [true, undefined]);
    const outputs = Object.values(resources).flatMap(({ properties }) => Object.values(properties));
    assert.ok(outputs.length > 30 && !JSON.stringify(outputs).includes('"plain"'));
  });

  it("should mark the outputs with seeds, creds, passwords and keys as secrets", () => {
    const secrets = Object.entries(read().resources).map(([token, { properties }]) => [
      token,
      Object.keys(properties)
        .filter((name) => properties[name]?.secret === true)
        .sort(),
    ]);
    assert.deepEqual(Object.fromEntries(secrets), {
      "nats-auth:index:Cluster": [...OF_MODELS].sort(),
      "nats-auth:index:Configuration": [...OF_MODELS, "helmValues", "remoteFiles", "routes", "tlsFiles"].sort(),
    });
  });

  it("should have a description for each property of the model", () => {
    const without = Object.entries(read(CHECKOUT).types).flatMap(([type, { properties = {} }]) =>
      Object.entries(properties).flatMap(([name, { description }]) => (description === "" ? [`${type}.${name}`] : [])),
    );
    // The names of replicas document themselves.
    assert.deepEqual(
      without.filter((name) => !/JetStreamTiers\.R\d$/.test(name)),
      [],
    );
  });
});
