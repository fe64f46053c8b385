import assert from "node:assert/strict";
import { join } from "node:path";
import { DECLARED, failed, STEP_TIMEOUT, succeeded, testStack } from "../support/stack";
import { changedResources } from "../support/stack-diff";
import { identitiesOf } from "../support/stack-tokens";
import { problemsIn, YamlProject } from "../support/yaml-project";
import type { Declaration } from "./programs/declared/declaration";

/** Keys of every kind: of accounts, users, roles, a set, the system account and an activation. */
const MODEL: Declaration = {
  operator: { name: "KO" },
  accounts: {
    A: {
      exports: [{ subject: "test", type: "service", importers: ["B"] }],
      users: { test: {} },
      roles: { device: {} },
      sets: { devices: { role: "device", users: { "d-1": {}, "d-2": {} } } },
    },
    B: { imports: [{ account: "A", subject: "test", type: "service" }], users: { test: {} } },
  },
};

/** An argument that makes an update fail after its components are registered. */
const INVALID = { clusterName: 5 };

describe("the keys of a component for other languages", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED);
  const project = new YamlProject(join(stack.folder, "yaml"), DECLARED.project);
  let cluster: Record<string, object>;
  let configuration: Record<string, object>;
  let keys: string[];

  /** Returns digests of all keys, and of the JWTs of the users, the set and the activation. */
  async function keysOf(): Promise<string[]> {
    const all = await stack.resources();
    return identitiesOf(all.filter(({ type }) => /:(?:Nkey|User|UserSetKeys|Activation)$/.test(type)));
  }

  /** Returns aliases of the component at an earlier name. */
  const aliases = (name: string) => ({
    aliases: [`urn:pulumi:${stack.name}::${DECLARED.project}::nats-auth:index:Cluster::${name}`],
  });

  /**
   * Kills an update when its components are registered, lets another one fail, and updates the stack.
   *
   * @param old what a resource is called that was not reached
   */
  async function updateAtLast(type: string, args: Record<string, object>, old: RegExp): Promise<void> {
    await project.write(type, args);
    await stack.killAfter("register components");
    await stack.unlock();
    const names = (await stack.sealedResources()).map(({ urn }) => urn.split("::").slice(2).join("::"));
    assert.ok(
      names.some((name) => old.test(name)),
      `the update has ended elsewhere: ${names.join("\n")}`,
    );
    await project.write(type, { ...args, ...INVALID });
    failed(await stack.up());
    await project.write(type, args);
    succeeded(await stack.up());
  }

  before("a cluster of a TypeScript program", async () => {
    await stack.declare(MODEL);
    succeeded(await stack.up());
    keys = await keysOf();
    assert.ok(keys.length >= 12, keys.join("\n"));
    const { staticPort, staticClusterPort, operatorPort, operatorClusterPort } = stack.ports;
    configuration = {
      operator: { name: "KO", systemAccount: { name: "SYS", users: { sys: {} } } },
      accounts: MODEL.accounts ?? {},
    };
    cluster = {
      ...configuration,
      target: "process" as unknown as object,
      staticServer: { clientPort: staticPort, clusterPort: staticClusterPort },
      operatorServer: { clientPort: operatorPort, clusterPort: operatorClusterPort },
    };
    await project.create();
    stack.runProject(project.folder);
  });

  it("should not be those of another operator, which a preview refuses", async () => {
    const { operator, ...others } = cluster;
    for (const other of [{}, { operator: { systemAccount: { users: { sys: {} } } } }, { operator: { name: "K2" } }]) {
      await project.write("nats-auth:Cluster", { ...others, ...other });
      assert.deepEqual(problemsIn(failed(await stack.preview()).output), ["NA1725 operator.name"]);
    }
    await project.write("nats-auth:Cluster", { ...others, operator: { ...operator, name: "K2", resourceName: "KO" } });
    const changed = changedResources(succeeded(await stack.preview("--diff")).output);
    assert.ok(
      changed.includes("OperatorClaims nats") && !changed.some((one) => /^(?:Nkey|User) /.test(one)),
      changed.join("\n"),
    );
  });

  it("should remain when the first update of a move from TypeScript is killed, and the next one fails", async () => {
    await updateAtLast("nats-auth:Cluster", cluster, /^nats-auth:index:Cluster\$nats-auth:index:Account\$.*Nkey::A$/);
    assert.deepEqual(await keysOf(), keys);
  });

  it("should remain when the component is renamed with an alias, also if the first update is killed", async () => {
    project.component = { name: "renamed", options: aliases("nats") };
    await updateAtLast("nats-auth:Cluster", cluster, /Nkey::nats\/A$/);
    assert.deepEqual(await keysOf(), keys);
    project.component = { name: "renamed" };
    await project.write("nats-auth:Cluster", cluster);
    assert.match(succeeded(await stack.up()).output, /\n\s+\d+ unchanged\n/);
  });

  it("should remain when the type of the component changes, and when it changes back", async () => {
    await updateAtLast("nats-auth:Configuration", configuration, /Configuration\$nats-auth:index:Account\$.*Nkey/);
    assert.deepEqual(await keysOf(), keys);
    await updateAtLast("nats-auth:Cluster", cluster, /Cluster\$nats-auth:index:Account\$.*Nkey/);
    assert.deepEqual(await keysOf(), keys);
  });

  it("should have a component without outputs in the state", async () => {
    const found = (await stack.sealedResources()).find(({ type }) => type === "nats-auth:index:Cluster");
    assert.deepEqual(found?.outputs ?? {}, {});
  });

  it("should leave nothing when it is destroyed", async () => {
    succeeded(await stack.destroy());
    assert.deepEqual(await stack.servers.belongings(), []);
    assert.deepEqual(await stack.sealedResources(), []);
  });
});
