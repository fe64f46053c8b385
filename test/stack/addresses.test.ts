import assert from "node:assert/strict";
import type { Declaration } from "./programs/declared/declaration";
import { DECLARED, STEP_TIMEOUT, succeeded, testStack } from "../support/stack";
import { byCreds, bySeed, Clients, crosses } from "../support/stack-clients";
import { changedResources } from "../support/stack-diff";
import { describeOn, TARGETS } from "../support/stack-servers";

const ACCOUNTS: Declaration = { accounts: { A: { users: { test: {} } } } };

/** What nats-server reports about itself. */
interface Varz {
  readonly gomemlimit?: number;
  readonly cluster: { readonly name: string };
}

describeOn(TARGETS, "a cluster whose clients connect from elsewhere", function (target) {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED, { targets: [target] });
  const clients = new Clients();
  const declaration = (): Declaration => ({
    ...ACCOUNTS,
    bindAddress: "0.0.0.0",
    parity: { accept: { "(servers).*.clients": "The test runs on this machine." } },
    staticServer: { monitoringPort: stack.sparePort },
  });

  async function varz(address: string): Promise<Varz> {
    const response = await fetch(`http://${address}:${stack.sparePort}/varz`);
    return (await response.json()) as Varz;
  }

  /** Returns where the servers listen. For all addresses, Go opens one socket for both versions of IP. */
  async function listening(): Promise<string[]> {
    return (await stack.servers.listening()).map((address) => address.replace(/^0{32}:/, "0.0.0.0:")).sort();
  }

  async function assertCrosses(): Promise<void> {
    const { clientUrls, seeds, creds } = await stack.outputs();
    const onStatic = await clients.connect(clientUrls.static, bySeed(seeds["A/test"]));
    const onOperator = await clients.connect(clientUrls.operator, byCreds(creds["A/test"]));
    await crosses(onStatic, onOperator, "one");
    await crosses(onOperator, onStatic, "two");
  }

  it("should keep monitoring on loopback, and routes there or in the network of the containers", async () => {
    await stack.declare(declaration());
    succeeded(await stack.up());
    const { staticPort, staticClusterPort, operatorPort, operatorClusterPort } = stack.ports;
    const onLoopback = [stack.sparePort, ...(target === "docker" ? [] : [staticClusterPort, operatorClusterPort])];
    const expected = [
      ...[staticPort, operatorPort].map((port) => `0.0.0.0:${port}`),
      ...onLoopback.map((port) => `127.0.0.1:${port}`),
    ];
    assert.deepEqual(await listening(), expected.sort());
    assert.equal((await varz("127.0.0.1")).cluster.name, "nats");
    await assertCrosses();
  });

  it("should use the addresses that the program gives for routes and monitoring", async () => {
    const addresses = { clusterAddress: "127.0.0.3", monitoringAddress: "127.0.0.4" };
    await stack.declare({ ...declaration(), ...addresses });
    succeeded(await stack.up());
    const { staticPort, staticClusterPort, operatorPort, operatorClusterPort } = stack.ports;
    const expected = [
      ...[staticPort, operatorPort].map((port) => `0.0.0.0:${port}`),
      ...[staticClusterPort, operatorClusterPort].map((port) => `127.0.0.3:${port}`),
      `127.0.0.4:${stack.sparePort}`,
    ];
    assert.deepEqual(await listening(), expected.sort());
    assert.equal((await varz("127.0.0.4")).cluster.name, "nats");
    await assertCrosses();
    succeeded(await stack.preview("--refresh", "--expect-no-changes"));
  });

  if (target === "docker") {
    it("should replace the containers, one at a time, for other limits", async () => {
      assert.equal((await varz("127.0.0.4")).gomemlimit, Math.floor((4 * 2 ** 30) / 10) * 9);
      await stack.declare({ ...declaration(), limits: { memoryLimit: "256MiB", pidsLimit: 128 } });
      const { output } = succeeded(await stack.preview("--diff"));
      assert.deepEqual(
        changedResources(output).filter((name) => name.startsWith("Container ")),
        ["Container nats-operator", "Container nats-static"],
      );
      const since = Date.now();
      succeeded(await stack.up());
      const events = await stack.engine.happened(since);
      assert.deepEqual(events, ["operator die", "operator start", "static die", "static start"]);
      const { HostConfig } = await (await stack.engine.server("operator")).inspect();
      assert.deepEqual([HostConfig.Memory, HostConfig.PidsLimit], [256 * 2 ** 20, 128]);
      assert.equal((await varz("127.0.0.1")).gomemlimit, Math.floor((256 * 2 ** 20) / 10) * 9);
      await assertCrosses();
      succeeded(await stack.preview("--refresh", "--expect-no-changes"));
    });
  }
});
