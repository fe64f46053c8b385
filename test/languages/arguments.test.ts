import assert from "node:assert/strict";
import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { acceptNull, readArguments } from "../../provider/languages/arguments";
import { constructCluster } from "../../provider/languages/construct";
import { asInPlugin, outputsOf, problems, SERVERS } from "../support/construct";
import { valueOf } from "../support/mocks";

/** Reads a request to a component as the SDK does. */
const { deserializeInputs } = createRequire(__filename)("@pulumi/pulumi/provider/server.js") as {
  readonly deserializeInputs: (inputs: Struct, dependencies: Dependencies) => Promise<pulumi.Inputs>;
};

/** The URNs that arguments depend on, by their names. */
interface Dependencies {
  get(argument: string): { getUrnsList(): string[] } | undefined;
}

const OTHER = "urn:pulumi:test::test::random:index/randomInteger:RandomInteger::port";

/** Returns arguments as the plugin gets them from the engine. @param dependent names of arguments that depend on another resource */
function received(args: Record<string, JavaScriptValue>, dependent: readonly string[]): Promise<pulumi.Inputs> {
  return deserializeInputs(Struct.fromJavaScript(args), {
    get: (argument) => (dependent.includes(argument) ? { getUrnsList: () => [OTHER] } : undefined),
  });
}

/** Returns a secret or an unknown value as the engine passes it, in whatever form the SDK of the program has passed it. */
function outputValue(output: { readonly value?: JavaScriptValue; readonly secret?: boolean }): JavaScriptValue {
  return { "4dabf18193072939515e22adb298388d": "d0e6a833031e9bbcd3f4e8bde6ca49a4", ...output };
}

const ACCOUNTS = { A: { users: { u: {} } } };

describe("the arguments of a component for other languages", () => {
  asInPlugin();
  before(acceptNull);

  it("should be plain where a known value depends on another resource, as programs in Java and .NET pass it", async () => {
    const args = { ...SERVERS, accounts: ACCOUNTS, staticServer: { clientPort: 5222 } };
    const given = await received(args, ["accounts", "staticServer"]);
    const { dependsOn } = await readArguments(given);
    assert.deepEqual(await Promise.all(dependsOn.map(({ urn }) => valueOf(urn))), [OTHER, OTHER]);
    const { clientUrls = {} } = await outputsOf(await constructCluster("nats", given, {}));
    assert.equal(clientUrls.static, "nats://127.0.0.1:5222");
  });

  it("should keep a secret inside of an argument that depends on another resource a secret", async () => {
    const seed = "SUAAVWRZG6M5FA5VRRGWSCIHKTOJC7EWNIT4JV3FTOIPO4OBFR5WA7X5TE";
    const users = { u: { seed: outputValue({ value: seed, secret: true }) } };
    const given = await received({ ...SERVERS, accounts: { A: { users } } }, ["accounts"]);
    const { args } = await readArguments(given);
    const { A } = args.accounts as { A: { users: { u: { seed: pulumi.Output<string> } } } };
    assert.equal(await pulumi.isSecret(A.users.u.seed), true);
    const { seeds = {} } = await outputsOf(await constructCluster("nats", given, {}));
    assert.equal(seeds["A/u"], seed);
  });

  it("should be plain where an object or a list in them is the known value of an output", async () => {
    const users = { u: pulumi.output({ tags: pulumi.output(["site:north"]) }), v: {} };
    const accounts = { A: { users: pulumi.output(users), roles: pulumi.secret({ r: {} }) } };
    const { args } = await readArguments({ accounts });
    const { A } = args.accounts as { A: { users: unknown; roles: unknown } };
    assert.deepEqual(A.users, { u: { tags: ["site:north"] }, v: {} });
    assert.ok(pulumi.Output.isInstance(A.roles));
    const given = await received({ ...SERVERS, accounts: { A: { users: outputValue({ value: { u: {} } }) } } }, [
      "accounts",
    ]);
    const { creds = {} } = await outputsOf(await constructCluster("nats", given, {}));
    assert.deepEqual(Object.keys(creds), ["A/u"]);
  });

  it("should be reported as outputs where names in them are secret or unknown", async () => {
    const args = { ...SERVERS, accounts: pulumi.secret(ACCOUNTS) };
    const found: unknown = await constructCluster("nats", args, {}).catch(String);
    assert.match(
      String(found),
      /accounts: is an output, but must be an object .* that is known when the program runs\. Use a known value\. \[NA1003\]/,
    );
    assert.doesNotMatch(String(found), /accounts = /);
  });

  it("should not have properties that are null, which None in Python becomes", async () => {
    const accounts = { A: { limits: null, users: { u: { role: null, permissions: { publish: null } } } } };
    const { creds = {} } = await outputsOf(
      await constructCluster("nats", { ...SERVERS, accounts, staticServer: null, settings: { tags: null } }, {}),
    );
    assert.deepEqual(Object.keys(creds), ["A/u"]);
  });

  it("should accept null beside an output in an argument that depends on another resource", async () => {
    const seed = outputValue({ value: "SUAAVWRZG6M5FA5VRRGWSCIHKTOJC7EWNIT4JV3FTOIPO4OBFR5WA7X5TE", secret: true });
    const accounts = { A: { limits: null, users: { u: { role: null, seed } } } };
    const args = { ...SERVERS, accounts, tls: null };
    const given = await received(args, ["accounts", "tls"]);
    const { creds = {} } = await outputsOf(await constructCluster("nats", given, {}));
    assert.deepEqual(Object.keys(creds), ["A/u"]);
    const broken = { A: { limits: null, users: { t: null, u: { seed, tags: [null] } } } };
    assert.deepEqual(await problems(await received({ ...args, accounts: broken }, ["accounts"])), [
      "NA1003 accounts.A.users.t",
      "NA1003 accounts.A.users.u.tags[0]",
    ]);
  });

  it("should be reported where a name or an item of a list is null", async () => {
    const accounts = { A: { users: { u: null, v: { tags: [null] } }, sets: { s: null } }, B: null };
    assert.deepEqual(await problems({ ...SERVERS, accounts, servers: { one: null } }), [
      "NA1003 accounts.A.sets.s",
      "NA1003 accounts.A.users.u",
      "NA1003 accounts.A.users.v.tags[0]",
      "NA1003 accounts.B",
      "NA1003 servers.one",
    ]);
  });

  it("should name the property where a name is in snake case, as in untyped places of Python", async () => {
    const target = { docker: { memory_limit: "1g" } };
    const error: unknown = await constructCluster("nats", { ...SERVERS, accounts: ACCOUNTS, target }, {}).catch(String);
    assert.match(String(error), /target\.docker\.memory_limit: is not a known property.* Use `memoryLimit`\./);
  });
});
