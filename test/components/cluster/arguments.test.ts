import assert from "node:assert/strict";
import { join } from "node:path";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { Account, MixedAuthCluster, Operator } from "../../../provider";
import { clusterArgsDiagnostics, type MixedAuthClusterArgs } from "../../../provider/components/cluster/cluster-args";
import { limitsArgsDiagnostics } from "../../../provider/components/cluster/cluster-settings";
import { enginesDiagnostics, engineWarnings } from "../../../provider/components/cluster/docker-engine";
import { codesAndPaths } from "../../support/diagnostics";
import { withEnvironment } from "../../support/environment";
import { closingGates, reasonOf } from "../../support/gates";
import { keyOf } from "../../support/keys";
import { ofType, valueOf } from "../../support/mocks";
import { codesAndPathsIn } from "../reports";
import { addressDiagnostics } from "../../../provider/components/configuration/addresses";

const PROVIDER = join(__dirname, "../../../provider");
/** The Docker Engine of the environment. */
const DEFAULT_ENGINE = { provider: undefined, host: undefined };

describe("the arguments of a cluster", () => {
  closingGates();

  it("should report a cluster of other values than accounts and an operator of this program, and create nothing", async () => {
    const operator = new Operator("KO");
    const a = new Account("A", { operator, users: { u: {} } });
    const reference = { accountName: "B", publicKey: keyOf("account", "B"), jwt: pulumi.output("eyJ") };
    const of = (args: object) => new MixedAuthCluster("nats", args as MixedAuthClusterArgs<"docker">);
    for (const [args, ...found] of [
      [{ operator, accounts: [reference] }, "NA4050 accounts[0]"],
      [{ operator, accounts: [a, undefined, "A"] }, "NA1002 accounts[1]", "NA1003 accounts[2]"],
      [{ operator, accounts: pulumi.output([a]) }, "NA1003 accounts"],
      [{ operator: { signer: operator.signer }, accounts: [a] }, "NA1003 operator"],
      [{ operator: a, accounts: [operator], target: "vm" }, "NA1003 operator", "NA1003 accounts[0]", "NA1003 target"],
      [{ accounts: [a] }, "NA1002 operator"],
    ] as [object, ...string[]][]) {
      const { gate, clientUrls, networkUrls, parity, checked } = of(args);
      assert.deepEqual(codesAndPathsIn(await reasonOf(gate)), found);
      for (const output of [clientUrls.static, networkUrls.operator, parity, checked]) {
        await assert.rejects(valueOf<unknown>(output), /has \d problems?:/);
      }
    }
    assert.deepEqual(ofType("ClusterConfiguration"), []);
  });

  it("should accept components of another copy of the package, unless its version differs", async () => {
    const loaded = Object.keys(require.cache).filter((path) => path.startsWith(PROVIDER));
    const first = loaded.map((path) => [path, require.cache[path]] as const);
    loaded.forEach((path) => Reflect.deleteProperty(require.cache, path));
    // oxlint-disable-next-line typescript/no-require-imports -- An import would be cached.
    const other = require("../../../provider") as { Account: typeof Account; Operator: typeof Operator };
    first.forEach(([path, module]) => (require.cache[path] = module));
    assert.notEqual(other.Account, Account);
    const operator = new other.Operator("KO");
    const account = new other.Account("A", { operator, users: { u: {} } });
    const of = () => new MixedAuthCluster("nats", { operator, accounts: [account], verification: "disabled" });
    assert.equal(await reasonOf(of().gate), undefined);
    Reflect.deleteProperty(account, "declaration");
    assert.deepEqual(codesAndPathsIn(await reasonOf(of().gate)), ["NA4051 accounts[0]"]);
  });

  it("should report unknown properties of a cluster's arguments instead of using defaults", () => {
    const args = { operator: 1, accounts: [], staticServer: { clientPrt: 4222 }, verify: "no", verification: "never" };
    const found = clusterArgsDiagnostics(args as unknown as MixedAuthClusterArgs);
    assert.deepEqual(
      found.map(({ path }) => path),
      ["verify", "operator", "staticServer.clientPrt", "verification"],
    );
  });

  it("should name the host of a provider that this package cannot connect with", async () => {
    const provider = new docker.Provider("far", { host: "ssh://somebody@somewhere", certPath: "/certificates" });
    const engines = [DEFAULT_ENGINE, { provider, host: "far-east" }];
    const checks = withEnvironment({ DOCKER_CONTEXT: "remote" }, () => enginesDiagnostics(engines));
    const found = await valueOf(pulumi.all(checks));
    assert.deepEqual(codesAndPaths(found.flat()), [
      "NA4030 docker provider: DOCKER_CONTEXT",
      "NA4031 hosts.far-east.provider.host",
      "NA4030 hosts.far-east.provider.certPath",
    ]);
  });

  it("should report a Docker Engine that is reached over SSH", async () => {
    const checks = withEnvironment({ DOCKER_HOST: "ssh://somebody@somewhere" }, () =>
      enginesDiagnostics([DEFAULT_ENGINE]),
    );
    const found = await valueOf(pulumi.all(checks));
    assert.deepEqual(codesAndPaths(found.flat()), ["NA4031 DOCKER_HOST"]);
  });

  it("should warn about a Docker Engine that is reached over a network without TLS", async () => {
    const warnings = async (environment: Record<string, string>) =>
      codesAndPaths([...(await valueOf(withEnvironment(environment, () => engineWarnings(DEFAULT_ENGINE))))]);
    assert.deepEqual(await warnings({ DOCKER_HOST: "tcp://192.0.2.1:2375" }), ["NA4080 DOCKER_HOST"]);
    assert.deepEqual(await warnings({ DOCKER_HOST: "tcp://127.0.0.1:2375" }), []);
    const provider = new docker.Provider("far", { host: "http://docker.example:2375" });
    assert.deepEqual(codesAndPaths([...(await valueOf(engineWarnings({ provider, host: undefined })))]), [
      "NA4080 docker provider: host",
    ]);
    const withTls = new docker.Provider("tls", {
      host: "tcp://docker.example:2376",
      caMaterial: "ca",
      certMaterial: "cert",
      keyMaterial: "key",
    });
    assert.deepEqual(await valueOf(engineWarnings({ provider: withTls, host: undefined })), []);
  });

  it("should report limits of containers that are too low, or too low for memory streams", async () => {
    const problems = async (limits: object, jetstream?: object) => {
      const args = { target: { docker: limits }, ...(jetstream === undefined ? {} : { jetstream }) };
      return codesAndPaths(
        (await valueOf(pulumi.all(limitsArgsDiagnostics(args as unknown as MixedAuthClusterArgs)))).flat(),
      );
    };
    assert.deepEqual(await problems({ memoryLimit: "64MiB", pidsLimit: 64 }), []);
    assert.deepEqual(await problems({ memoryLimit: "63MiB", pidsLimit: 63 }), [
      "NA4081 target.docker.memoryLimit",
      "NA4081 target.docker.pidsLimit",
    ]);
    assert.deepEqual(await problems({ memoryLimit: "1GB", pidsLimit: 2 ** 22 + 1 }), [
      "NA1005 target.docker.memoryLimit",
      "NA4081 target.docker.pidsLimit",
    ]);
    const jetstream = { memoryStorage: "3GiB" };
    assert.deepEqual(await problems({ memoryLimit: "4GiB" }, jetstream), []);
    assert.deepEqual(await problems({ memoryLimit: "3.5GiB" }, jetstream), ["NA4082 target.docker.memoryLimit"]);
    assert.deepEqual(await problems({ memoryLimit: "1GiB" }, {}), []);
  });

  it("should report an address with a zone, which the URL of a route cannot contain", () => {
    assert.deepEqual(codesAndPaths(addressDiagnostics("bindAddress", "fe80::1%eth0")), ["NA4021 bindAddress"]);
    assert.deepEqual(addressDiagnostics("clusterAddress", "fe80::1"), []);
  });
});
