import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import { deserializeProperties } from "@pulumi/pulumi/runtime/rpc";
import { Account, MixedAuthCluster, Operator, type ImportArgs } from "../../provider";
import { registeredArgs } from "../../provider/components/registered-args";
import { waitFor } from "../../provider/servers/log";
import { keyOf, seedOf } from "../support/keys";
import { mockEngine, ofType, registered, valueOf } from "../support/mocks";

const COMPONENT = "nats-auth:index:";

/** Milliseconds for components to be registered. */
const REGISTRATION_TIMEOUT = 5_000;

const SEEDS = {
  operator: seedOf("operator", "identity"),
  signer: seedOf("operator", "signing"),
  account: seedOf("account", "A"),
  role: seedOf("account", "role"),
  user: seedOf("user", "u"),
};

const PERMISSIONS = { publish: { allow: ["z", "a", "z"] } };
/** The same permissions as they are registered. */
const SORTED = { publish: { allow: ["a", "z"] } };

const B = { accountName: "B", publicKey: keyOf("account", "B") };
const IMPORTS: readonly ImportArgs[] = [{ account: B, subject: "b", type: "stream", token: "eyJ.activation.token" }];

/** What the tests read of a request to register outputs. */
interface OutputsRequest {
  getUrn(): string;
  getOutputs(): Parameters<typeof deserializeProperties>[0];
}

/** Declares one component of each kind, with a seed in every argument that accepts one. */
function declare(opts: pulumi.ComponentResourceOptions = {}, imports = IMPORTS): MixedAuthCluster {
  const { operator: seed, signer } = SEEDS;
  const systemAccount = { users: { sys: {} } };
  const operator = new Operator("KO", { name: pulumi.output("east"), seed, signer, systemAccount, tags: ["a"] }, opts);
  const account = new Account(
    "A",
    {
      operator,
      seed: SEEDS.account,
      exports: [{ subject: "a.b", type: "service" }],
      imports,
      roles: { r: { seed: SEEDS.role, permissions: pulumi.output(PERMISSIONS) } },
      users: { u: { seed: SEEDS.user, permissions: PERMISSIONS }, v: { role: "r", tags: ["t"] } },
    },
    opts,
  );
  const ports = { clientPort: pulumi.output(5000) };
  return new MixedAuthCluster("nats", { operator, accounts: [account], staticServer: ports }, opts);
}

/** The arguments of each component as the mock engine received them: the state stores these, and transforms read them. */
async function registeredComponents(): Promise<Readonly<Record<string, Readonly<Record<string, unknown>>>>> {
  await valueOf(declare().clientUrls.static.apply((url) => url));
  await untilRegistered(4);
  const components = registered.filter(({ type }) => type.startsWith(COMPONENT));
  return Object.fromEntries(components.map(({ name, inputs }) => [name, inputs]));
}

async function untilRegistered(count: number): Promise<void> {
  const areRegistered = () => registered.filter(({ type }) => type.startsWith(COMPONENT)).length >= count;
  assert.equal(await waitFor(() => Promise.resolve(areRegistered() ? true : undefined), REGISTRATION_TIMEOUT), true);
}

describe("registration of components", () => {
  beforeEach(mockEngine);

  describe("arguments", () => {
    it("should be registered with outputs resolved, and operator and accounts by name", async () => {
      const { KO, A, nats } = await registeredComponents();
      assert.deepEqual(KO, { name: "east", tags: ["a"] });
      assert.deepEqual(A, {
        exports: [{ subject: "a.b", type: "service" }],
        imports: [{ account: "B", subject: "b", type: "stream" }],
        roles: { r: { permissions: SORTED } },
        users: { u: { permissions: SORTED }, v: { role: "r", tags: ["t"] } },
      });
      assert.deepEqual(nats, { operator: "east", accounts: ["A"], staticServer: { clientPort: 5000 } });
    });

    it("should not contain seeds and JWTs", async () => {
      const components = JSON.stringify(await registeredComponents());
      for (const [name, seed] of Object.entries(SEEDS)) {
        assert.equal(components.includes(seed), false, name);
      }
      assert.doesNotMatch(components, /eyJ/);
    });

    it("should be visible to transformations of a component", () => {
      const properties = new Map<string, pulumi.Inputs>();
      const transformation: pulumi.ResourceTransformation = ({ type, name, props, opts }) => {
        if (type.startsWith(COMPONENT)) {
          properties.set(name, props);
        }
        return { props, opts };
      };
      declare({ transformations: [transformation] });
      assert.deepEqual([...properties.keys()], ["KO", "KO/SYS", "A", "nats"]);
      const { users } = properties.get("A") as { readonly users: Readonly<Record<string, object>> };
      assert.deepEqual(users.u, { permissions: SORTED });
    });

    it("should be visible to transformations of the stack", async () => {
      const names: string[] = [];
      await pulumi.runtime.runInPulumiStack(() => {
        pulumi.runtime.registerStackTransformation(({ type, name, props, opts }) => {
          if (type.startsWith(COMPONENT) && Object.keys(props).length > 0) {
            names.push(name);
          }
          return { props, opts };
        });
        declare();
        return Promise.resolve(undefined);
      });
      assert.deepEqual(names, ["KO", "KO/SYS", "A", "nats"]);
    });

    it("should keep secrets secret, and hide seeds in any place", async () => {
      const { user: seed } = SEEDS;
      const text = { users: { [seed]: { tags: pulumi.output([seed]) } }, description: `seed ${seed}` };
      const args = registeredArgs({ ...text, secret: pulumi.secret("s"), call: () => seed, at: new Date(0) });
      assert.equal(await pulumi.isSecret(args.secret as pulumi.Output<string>), true);
      assert.equal(await pulumi.isSecret(pulumi.output(args.users)), false);
      const { secret, ...plain } = await valueOf(pulumi.output(args) as pulumi.Output<Record<string, unknown>>);
      assert.equal(secret, "s");
      assert.deepEqual(plain, { users: { "(a seed)": { tags: ["(a seed)"] } }, description: "seed (a seed)" });
    });

    it("should not contain many users, which the engine would write at each step of an update", async () => {
      for (const [count, has] of [
        [49, true],
        [50, false],
      ] as const) {
        await mockEngine();
        const users = Object.fromEntries(Array.from({ length: count }, (_, index) => [`u${index}`, { tags: ["a:b"] }]));
        await valueOf(new Account("A", { operator: new Operator("KO"), users, description: "a" }).jwt);
        const { users: own, ...rest } =
          registered.find(({ name, type }) => name === "A" && type === `${COMPONENT}Account`)?.inputs ?? {};
        assert.deepEqual([own, rest], [has ? users : undefined, { description: "a" }]);
        assert.equal(ofType("User").filter(({ inputs }) => isDeepStrictEqual(inputs.tags, ["a:b"])).length, count);
      }
    });

    it("should not be registered where they are malformed", async () => {
      const operator = new Operator("KO");
      const { user: seed } = SEEDS;
      const users = { one: { sed: seed }, two: seed, three: { permissions: { sed: seed } } };
      const args = { operator, users, exprts: [seed], key: {} };
      const { gate } = new Account("A", args as unknown as ConstructorParameters<typeof Account>[1]);
      await assert.rejects(gate);
      await untilRegistered(3);
      assert.deepEqual(registered.find(({ name, type }) => name === "A" && type.startsWith(COMPONENT))?.inputs, {
        users: { one: {}, three: { permissions: { sed: "(a seed)" } } },
      });
    });
  });

  describe("outputs", () => {
    const { prototype } = MockMonitor;
    const register = Reflect.get(prototype, "registerResourceOutputs");
    let outputs: Map<string, Record<string, unknown>>;

    beforeEach(() => {
      outputs = new Map();
      prototype.registerResourceOutputs = function (this: MockMonitor, request: OutputsRequest, callback) {
        const values = deserializeProperties(request.getOutputs()) as Record<string, unknown>;
        outputs.set(request.getUrn().split("::").at(-1) ?? "", values);
        register.call(this, request, callback);
      };
    });

    afterEach(() => {
      prototype.registerResourceOutputs = register;
    });

    it("should be names, public keys, URLs and ids, without seeds, JWTs and configurations", async () => {
      const cluster = declare({}, []);
      await valueOf(cluster.checked);
      while (outputs.size < 4) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      assert.deepEqual(outputs.get("KO"), { operatorName: "east", publicKey: keyOf("operator", "identity") });
      const { users, ...account } = outputs.get("A") ?? {};
      assert.deepEqual(account, {
        accountName: "A",
        publicKey: keyOf("account", "A"),
        roles: { r: keyOf("account", "role") },
      });
      assert.deepEqual(Object.keys(users as object), ["u", "v"]);
      assert.equal((users as Record<string, unknown>).u, keyOf("user", "u"));
      assert.deepEqual(outputs.get("nats"), {
        clusterName: "nats",
        clientUrls: { static: "nats://127.0.0.1:5000", operator: "nats://127.0.0.1:4223" },
        networkUrls: { static: "nats://static:5000", operator: "nats://operator:4223" },
        monitoringUrls: {},
        containers: { static: "nats-static-id", operator: "nats-operator-id" },
      });
      const text = JSON.stringify([...outputs]);
      assert.doesNotMatch(text, /eyJ|\bS[OAU][A-Z2-7]{50}|server_name/);
    });
  });
});
