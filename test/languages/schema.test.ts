import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { schemaFor } from "../../provider/languages/schema";
import { temporaryFolder } from "../support/local-server";
import { CHECKOUT } from "../support/stack-programs";

interface Schema {
  readonly resources: Readonly<
    Record<string, { readonly inputProperties: Readonly<Record<string, { $ref?: string }>> }>
  >;
  readonly types: Readonly<Record<string, { readonly properties?: Readonly<Record<string, { description: string }>> }>>;
}

describe("the schema for other languages", () => {
  const folder = temporaryFolder("schema");
  const file = join(CHECKOUT, "schemas/pulumi.json");
  const inputs = (): Readonly<Record<string, { $ref?: string }>> => {
    const schema = JSON.parse(schemaFor(folder, file)) as Schema;
    return schema.resources["nats-auth:index:Cluster"]?.inputProperties ?? {};
  };

  after(() => {
    rmSync(folder, { recursive: true });
  });

  for (const runtime of [
    "runtime: yaml",
    "runtime:\n  name: yaml",
    'runtime: { name: "yaml" }',
    '{ "runtime": "yaml" }',
  ]) {
    it(`should leave the types of arguments to the components when the project has ${JSON.stringify(runtime)}`, () => {
      writeFileSync(join(folder, "Pulumi.yaml"), `name: x\n${runtime}\n`);
      assert.ok(Object.values(inputs()).every(({ $ref }) => $ref === "pulumi.json#/Any"));
    });
  }

  it("should have the types of arguments when the project is in another language", () => {
    writeFileSync(join(folder, "Pulumi.yaml"), "name: yaml\nruntime: python\n");
    assert.equal(inputs().operator?.$ref, "#/types/nats-auth:index:OperatorData");
  });

  it("should have a description for each property of the model", () => {
    const { types } = JSON.parse(schemaFor(CHECKOUT, file)) as Schema;
    const without = Object.entries(types).flatMap(([type, { properties = {} }]) =>
      Object.entries(properties).flatMap(([name, { description }]) => (description === "" ? [`${type}.${name}`] : [])),
    );
    // The names of replicas document themselves.
    assert.deepEqual(
      without.filter((name) => !/JetStreamTiers\.R\d$/.test(name)),
      [],
    );
  });
});
