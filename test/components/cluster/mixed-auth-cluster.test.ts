import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Account, MixedAuthCluster, Operator } from "../../../provider";
import { engineLimits } from "../../../provider/servers/docker/layout";
import { mockEngine, ofType, registered, valueOf } from "../../support/mocks";

const permissions = { publish: { allow: ["b", "a"] } };

describe("MixedAuthCluster, with a mock engine", () => {
  beforeEach(mockEngine);

  function cluster(args: object = {}): MixedAuthCluster {
    const operator = new Operator("KO", { systemAccount: { users: { sys: {} } } });
    const account = new Account("A", { operator, users: { u: { permissions } } });
    return new MixedAuthCluster("nats", { operator, accounts: [account], ...args });
  }

  const inputsOf = (type: string, name: string) =>
    (registered.find((one) => one.type.endsWith(`:${type}`) && one.name === name)?.inputs ?? {}) as Record<
      string,
      unknown
    >;

  it("should use the documented ports, image and loopback address by default", async () => {
    const { clientUrls, networkUrls, checked } = cluster();
    await valueOf(checked);
    assert.deepEqual(await valueOf(pulumi.all([clientUrls.static, clientUrls.operator])), [
      "nats://127.0.0.1:4222",
      "nats://127.0.0.1:4223",
    ]);
    assert.equal(await valueOf(networkUrls.operator), "nats://operator:4223");
    assert.equal(inputsOf("RemoteImage", "nats").name, "nats:2.15.2");
    const published = (side: string) => inputsOf("Container", `nats-${side}`).ports;
    assert.deepEqual(published("static"), [{ internal: 4222, external: 4222, ip: "127.0.0.1" }]);
    assert.deepEqual(published("operator"), [{ internal: 4223, external: 4223, ip: "127.0.0.1" }]);
  });

  it("should publish monitoring on loopback, and routes not at all, when clients connect from elsewhere", async () => {
    const { clientUrls, monitoringUrls, checked } = cluster({
      bindAddress: "0.0.0.0",
      parity: { accept: { "(servers).*.clients": "A test." } },
      staticServer: { monitoringPort: 8222 },
    });
    await valueOf(checked);
    assert.deepEqual(inputsOf("Container", "nats-static").ports, [
      { internal: 4222, external: 4222, ip: "0.0.0.0" },
      { internal: 8222, external: 8222, ip: "127.0.0.1" },
    ]);
    assert.equal(await valueOf(clientUrls.static), "nats://127.0.0.1:4222");
    assert.equal(await valueOf(monitoringUrls.static ?? pulumi.output("")), "http://127.0.0.1:8222");
  });

  it("should publish each kind of port at the address that is given for it", async () => {
    const { clientUrls, monitoringUrls, checked } = cluster({
      bindAddress: "192.0.2.1",
      parity: { accept: { "(servers).*.*": "A test." } },
      clusterAddress: "192.0.2.2",
      monitoringAddress: "192.0.2.3",
      operatorServer: { monitoringPort: 8222 },
    });
    await valueOf(checked);
    assert.deepEqual(inputsOf("Container", "nats-operator").ports, [
      { internal: 4223, external: 4223, ip: "192.0.2.1" },
      { internal: 6223, external: 6223, ip: "192.0.2.2" },
      { internal: 8222, external: 8222, ip: "192.0.2.3" },
    ]);
    assert.equal(await valueOf(clientUrls.operator), "nats://192.0.2.1:4223");
    assert.equal(await valueOf(monitoringUrls.operator ?? pulumi.output("")), "http://192.0.2.3:8222");
    const { servers } = inputsOf("ClusterConfiguration", "nats") as { servers: Record<string, { host: string }> };
    assert.equal(servers.operator?.host, "operator");
  });

  it("should create stopped, unprivileged containers with a label for settings that require a restart", async () => {
    await valueOf(cluster().checked);
    const { start, mustRun, capabilities, securityOpts, user, labels } = inputsOf("Container", "nats-static");
    assert.deepEqual(
      [start, mustRun, capabilities, securityOpts],
      [false, false, { drops: ["ALL"] }, ["no-new-privileges"]],
    );
    assert.doesNotMatch(String(user), /^(0|root)/);
    assert.deepEqual(
      (labels as { label: string }[]).map(({ label }) => label),
      ["pulumi-nats-auth.server", "pulumi-nats-auth.restart-for", "pulumi-nats-auth.limits"],
    );
  });

  it("should create containers whose root is read-only, with a volume of their own for the configuration", async () => {
    await valueOf(cluster().checked);
    const { readOnly, volumes } = inputsOf("Container", "nats-static");
    assert.deepEqual([readOnly, volumes], [true, [{ containerPath: "/nats-auth" }]]);
  });

  describe("with limits of its containers", () => {
    const MIB = 2 ** 20;
    /** Memory in MiB, the soft limit of Go, and the number of processes and threads. */
    const limitsOf = async (args: object) => {
      await mockEngine();
      await valueOf(cluster(args).checked);
      const { envs, labels } = inputsOf("Container", "nats-static") as {
        envs?: string[];
        labels: { label: string; value: string }[];
      };
      const limits = engineLimits(Object.fromEntries(labels.map(({ label, value }) => [label, value])));
      return [limits.Memory && limits.Memory / MIB, envs, limits.PidsLimit];
    };
    const soft = (mebibytes: number) => [`GOMEMLIMIT=${Math.floor((mebibytes * MIB) / 10) * 9}`];

    it("should have the documented ones by default", async () => {
      assert.deepEqual(await limitsOf({}), [4096, soft(4096), 1024]);
      assert.deepEqual(await limitsOf({ target: { docker: {} } }), [4096, soft(4096), 1024]);
    });

    it("should add the memory of streams, and threads for their files", async () => {
      const jetstream = { memoryStorage: "1.5GiB", fileStorage: "1GiB" };
      assert.deepEqual(await limitsOf({ jetstream }), [4096 + 2048, soft(4096 + 2048), 8192]);
    });

    it("should not limit the memory when the server derives that of streams from the machine", async () => {
      assert.deepEqual(await limitsOf({ jetstream: {} }), [undefined, undefined, 8192]);
      assert.deepEqual(await limitsOf({ jetstream: { fileStorage: "1GiB" } }), [undefined, undefined, 8192]);
    });

    it("should have the given ones", async () => {
      const target = { docker: { memoryLimit: "256MiB", pidsLimit: 100 } };
      assert.deepEqual(await limitsOf({ target, jetstream: {} }), [256, soft(256), 100]);
      const rounded = { docker: { memoryLimit: 100 * MIB + 1 } };
      assert.deepEqual(await limitsOf({ target: rounded }), [101, soft(101), 1024]);
    });
  });

  it("should use given arguments", async () => {
    const { clientUrls, checked } = cluster({
      image: "nats:other",
      bindAddress: "0.0.0.0",
      parity: { accept: { "(servers).*.clients": "A test." } },
      staticServer: { clientPort: 5000, monitoringPort: 5001 },
      verification: "disabled",
    });
    assert.equal(await valueOf(clientUrls.static), "nats://127.0.0.1:5000");
    assert.equal(await valueOf(checked), undefined);
    await valueOf(clientUrls.operator);
    assert.equal(ofType("ClusterCheck").length, 0);
  });

  it("should accept its name as an output", async () => {
    const { configs, checked } = cluster({ clusterName: pulumi.output("east") });
    await valueOf(checked);
    assert.match(await valueOf(configs.static), /^server_name: "east-static"$[^]*^ {2}name: "east"$/m);
    assert.equal(inputsOf("ClusterConfiguration", "nats").clusterName, "east");
  });

  it("should render both configurations from one model, with every user and without seeds", async () => {
    const { configs, checked } = cluster();
    await valueOf(checked);
    const [ofStatic, ofOperator] = await valueOf(pulumi.all([configs.static, configs.operator]));
    const users = ofType("User").map(({ name }) => name);
    assert.deepEqual(users.sort(), ["A/u", "KO/SYS/sys"]);
    assert.equal(ofStatic.match(/nkey: "U/g)?.length, 2);
    assert.equal(ofOperator.match(/: "eyJ/g)?.length, 3);
    assert.equal(/\bS[UAO][A-Z2-7]{50}/.test(ofStatic + ofOperator), false);
  });
});
