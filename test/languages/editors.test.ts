import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv, { type ValidateFunction } from "ajv";
import { load } from "js-yaml";
import { readBlocks } from "../support/page-blocks";
import { CHECKOUT } from "../support/stack-programs";

const EXAMPLE = "examples/yaml/Pulumi.yaml";
/** The path of the arguments of the component. */
const ARGS = "/resources/nats/properties";

/** A program with one component. */
interface Program {
  readonly resources: { readonly nats: { type: string; properties: Record<string, unknown> } };
}

/** Programs in YAML on all pages, by their place. */
function documentedPrograms(): [where: string, program: unknown][] {
  const pagesIn = (folder: string) => readdirSync(join(CHECKOUT, folder)).map((name) => join(folder, name));
  const pages = ["README.md", ...pagesIn("docs"), ...pagesIn("docs/languages")].filter((page) => page.endsWith(".md"));
  return pages.flatMap((page) => {
    const blocks = readBlocks(readFileSync(join(CHECKOUT, page), "utf8"), "yaml");
    return blocks
      .filter(({ lines }) => lines.some((line) => line.startsWith("resources:")))
      .map(({ begin, lines }): [string, unknown] => [`${page}:${begin + 1}`, load(lines.join("\n"))]);
  });
}

/** Returns the expressions of a program, such as `nats.urls`, that refer to an output which a component does not have. */
function unknownOutputs(program: unknown): string[] {
  const schema = JSON.parse(readFileSync(join(CHECKOUT, "schemas/pulumi.json"), "utf8")) as Components;
  const { resources } = program as { resources: Record<string, { type: string }> };
  const found = JSON.stringify(program).matchAll(/\$\{(\w+)\.(\w+)/g);
  return [...found].flatMap(([, name = "", output = ""]) => {
    const type = resources[name]?.type.replace(/^nats-auth:(\w+)$/, "nats-auth:index:$1") ?? assert.fail(name);
    const component = schema.resources[type];
    return component === undefined || output in component.properties ? [] : [`${name}.${output}`];
  });
}

/** The schema from which packages for other languages are generated. */
interface Components {
  readonly resources: Readonly<Record<string, { readonly properties: object }>>;
}

describe("the JSON Schema of programs in YAML, for editors", () => {
  let check: ValidateFunction;
  const example = () => load(readFileSync(join(CHECKOUT, EXAMPLE), "utf8")) as Program;

  before("a validator", () => {
    const text = readFileSync(join(CHECKOUT, "schemas/pulumi-yaml.json"), "utf8");
    check = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(JSON.parse(text) as object);
  });

  /** Returns where a program does not match, within the arguments of its component. */
  function problems(program: unknown): string[] {
    check(program);
    const paths = (check.errors ?? []).map(({ instancePath }) => instancePath);
    return [...new Set(paths)]
      .filter((path) => path.startsWith(ARGS))
      .map((path) => path.slice(ARGS.length).replace(/^\//, ""));
  }

  it("should accept the example and all programs on the pages", () => {
    const programs = [[EXAMPLE, example()] as const, ...documentedPrograms()];
    assert.ok(programs.length >= 10);
    for (const [where, program] of programs) {
      assert.ok(check(program), `${where}: ${JSON.stringify(check.errors)}`);
      assert.deepEqual(unknownOutputs(program), [], where);
    }
    assert.deepEqual(unknownOutputs({ ...example(), outputs: { none: "${nats.crds}" } }), ["nats.crds"]);
  });

  it("should be named by the example where the installed package has it", () => {
    const [, path = ""] =
      /^# yaml-language-server: \$schema=(\S+)$/m.exec(readFileSync(join(CHECKOUT, EXAMPLE), "utf8")) ?? [];
    const { files } = JSON.parse(readFileSync(join(CHECKOUT, "package.json"), "utf8")) as { files: string[] };
    assert.equal(path, "node_modules/pulumi-nats-auth/schemas/pulumi-yaml.json");
    assert.ok(files.includes("schemas"));
  });

  for (const [what, change, path] of [
    ["an unknown argument", { acounts: {} }, ""],
    ["a wrong type", { staticServer: { clientPort: true } }, "staticServer/clientPort"],
    ["an unknown property of a user", { accounts: { A: { users: { u: { permission: {} } } } } }, "accounts/A/users/u"],
    ["a user without a value", { accounts: { A: { users: { u: null } } } }, "accounts/A/users/u"],
    ["a list in place of a map", { accounts: [] }, "accounts"],
    ["an export without a subject", { accounts: { A: { exports: [{ type: "service" }] } } }, "accounts/A/exports/0"],
    [
      "an unknown type of an export",
      { accounts: { A: { exports: [{ subject: "s", type: "serv" }] } } },
      "accounts/A/exports/0/type",
    ],
    ["an unknown target", { target: "cloud" }, "target"],
  ] as const) {
    it(`should reject ${what}`, () => {
      const program = example();
      Object.assign(program.resources.nats.properties, change);
      assert.ok(problems(program).includes(path), JSON.stringify(check.errors));
    });
  }

  it("should reject a component without accounts, and check `Configuration`, too", () => {
    const program = example();
    delete program.resources.nats.properties.accounts;
    assert.ok(!check(program));
    const { operator } = example().resources.nats.properties;
    const properties = { operator, accounts: {}, verification: { user: 5 } };
    assert.ok(!check({ resources: { nats: { type: "nats-auth:Configuration", properties } } }));
    assert.ok(check({ resources: { nats: { type: "nats-auth:Configuration", properties: { accounts: {} } } } }));
    assert.ok(check({ resources: { other: { type: "random:RandomId", properties: { anything: 1 } } } }));
  });

  it("should accept values that Pulumi computes in every place", () => {
    const properties = {
      accounts: {
        A: {
          limits: "${limits}",
          users: { u: { seed: { "fn::secret": "${seed}" }, tags: { "fn::split": [",", "${tags}"] } } },
        },
      },
      staticServer: { clientPort: "${port}" },
      target: "${target}",
    };
    assert.deepEqual(problems({ resources: { nats: { type: "nats-auth:Cluster", properties } } }), []);
  });
});
