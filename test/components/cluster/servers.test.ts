import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
  Account,
  MixedAuthCluster,
  Operator,
  type ClusterServerArgs,
  type MixedAuthClusterArgs,
} from "../../../provider";
import { modeIn } from "../../../provider/config/deployed";
import { staticCheckUser } from "../../../provider/dynamic/cluster/check-credentials";
import { closingGates, reasonOf } from "../../support/gates";
import { keyOf } from "../../support/keys";
import { ofType, registered, valueOf } from "../../support/mocks";
import { collectWarnings } from "../../support/warnings";
import { codesAndPathsIn } from "../reports";

type Servers = Readonly<Record<string, ClusterServerArgs>>;
type More = Omit<MixedAuthClusterArgs<"docker", string>, "operator" | "accounts" | "servers">;

/** A claim that only operator mode enforces. */
const GAP = { signingKeys: [keyOf("account", "elsewhere")] };

function cluster(servers: Servers, more: More = {}) {
  const operator = new Operator("KO");
  const account = new Account("A", { operator, ...GAP, users: { u: {} } });
  return { operator, cluster: new MixedAuthCluster("nats", { operator, accounts: [account], servers, ...more }) };
}

const problemsOf = async (servers: Servers, more?: More) =>
  codesAndPathsIn((await reasonOf(cluster(servers, more).cluster.gate)) ?? "");

describe("the servers of a cluster", () => {
  closingGates();
  const warnings = collectWarnings();

  it("should have outputs, containers and configurations by their names", async () => {
    const three = {
      b: { mode: "operator" },
      c: { mode: "operator", clientPort: 5000 },
      a: { mode: "operator", clientPort: 6000 },
    } as const;
    const { cluster: made } = cluster(three);
    await valueOf(made.checked);
    const urls = await valueOf(pulumi.output(made.clientUrls));
    assert.deepEqual(urls, { a: "nats://127.0.0.1:6000", b: "nats://127.0.0.1:4223", c: "nats://127.0.0.1:5000" });
    assert.deepEqual(
      ofType("Container").map(({ name }) => name),
      ["nats-a", "nats-b", "nats-c"],
    );
    const [configuration] = ofType("ClusterConfiguration");
    const { servers = {} } = (configuration?.inputs ?? {}) as { servers?: Record<string, object> };
    const config = await valueOf(made.configs.c ?? pulumi.output(""));
    assert.deepEqual(servers.c, { host: "c", clusterPort: 7000, config });
    assert.equal(modeIn(config), "operator");
  });

  it("should have a type that knows their names", () => {
    const operator = new Operator("KO");
    const account = new Account("A", { operator, users: { u: {} } });
    const { clientUrls } = new MixedAuthCluster("nats", {
      operator,
      accounts: [account],
      servers: { one: { mode: "static" }, two: { mode: "static", clientPort: 5000 } },
    });
    const { one, two } = clientUrls satisfies Record<"one" | "two", pulumi.Output<string>>;
    assert.ok(one !== two);
  });

  it("should be the same resources when the default ones are written out", async () => {
    const inputsOf = () =>
      registered
        .filter(({ type }) => /Container|Cluster|Attempt/.test(type))
        .map(({ type, name, inputs }) => ({
          type,
          name,
          inputs: JSON.stringify(inputs).replace(/"(servers|staticServer)":[^}]*}/, ""),
        }))
        .filter(({ type }) => !type.endsWith("MixedAuthCluster"));
    const operator = new Operator("KO");
    const accounts = [new Account("A", { operator, users: { u: {} } })];
    await valueOf(new MixedAuthCluster("nats", { operator, accounts }).checked);
    const byDefault = inputsOf();
    registered.splice(0, registered.length, ...registered.filter(({ name }) => !name.startsWith("nats")));
    const servers = { operator: { mode: "operator" }, static: { mode: "static" } } as const;
    await valueOf(new MixedAuthCluster("nats", { operator, accounts, servers }).checked);
    assert.deepEqual(inputsOf(), byDefault);
    assert.ok(byDefault.length > 4);
  });

  it("should be reported when there is none, a name or mode is invalid, a port is used twice, or ports are given twice", async () => {
    assert.deepEqual(await problemsOf({}), ["NA1741 servers"]);
    const wrong = { A: { mode: "operator" }, condition: { mode: "operator", clientPort: 5000 } } as const;
    assert.deepEqual(await problemsOf(wrong), ["NA1740 servers.A", "NA1740 servers.condition"]);
    assert.deepEqual(await problemsOf({ a: { mode: "jwt" } } as unknown as Servers), ["NA1003 servers.a.mode"]);
    const twice = { a: { mode: "operator" }, b: { mode: "operator", clusterPort: 7000 } } as const;
    assert.deepEqual(await problemsOf(twice), ["NA1711 servers.b.clientPort"]);
    const far = { a: { mode: "operator", clientPort: 65_000 } } as const;
    assert.deepEqual(await problemsOf(far), ["NA1008 servers.a.clusterPort"]);
    const both = await problemsOf({ a: { mode: "operator" } }, { staticServer: { clientPort: 5000 } });
    assert.deepEqual(both, ["NA1742 staticServer"]);
  });

  it("should need no acceptance of gaps between the modes when all have the same one", async () => {
    for (const mode of ["static", "operator"] as const) {
      assert.deepEqual(await problemsOf({ a: { mode }, b: { mode, clientPort: 5000 } }), []);
      assert.deepEqual(await problemsOf({ a: { mode } }, { parity: { mode: "lenient" } }), []);
    }
    assert.deepEqual(warnings, []);
    const mixed = { a: { mode: "static" }, b: { mode: "operator" } } as const;
    assert.deepEqual(
      (await problemsOf(mixed)).map((problem) => problem.split(" ").at(-1)),
      ["A.signingKeys"],
    );
  });

  it("should know the user of the verification only when all are static, and it is enabled", async () => {
    const config = async (servers: Servers, more?: More) => {
      const { operator, cluster: made } = cluster(servers, { parity: { mode: "lenient" }, ...more });
      const user = staticCheckUser(await valueOf(operator.checkSigner)).getPublicKey();
      return (await valueOf(made.configs.a ?? pulumi.output(""))).includes(user);
    };
    assert.equal(await config({ a: { mode: "static" } }), true);
    assert.equal(await config({ a: { mode: "static" } }, { verification: "disabled" }), false);
    assert.equal(await config({ a: { mode: "static" }, b: { mode: "operator" } }), false);
  });

  it("should not be a member of a cluster when there is one, which runs JetStream alone", async () => {
    const config = async (servers: Servers, more?: More) =>
      valueOf(cluster(servers, more).cluster.configs.a ?? pulumi.output(""));
    assert.doesNotMatch(await config({ a: { mode: "operator" } }, { jetstream: {} }), /^cluster /m);
    assert.match(await config({ a: { mode: "operator" } }), /^cluster /m);
    const two = { a: { mode: "operator" }, b: { mode: "operator", clientPort: 5000 } } as const;
    assert.match(await config(two, { jetstream: {} }), /^cluster /m);
  });
});
