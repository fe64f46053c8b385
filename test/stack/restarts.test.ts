import assert from "node:assert/strict";
import type { NatsConnection } from "@nats-io/transport-node";
import { waitFor } from "../../provider/servers/log";
import { DECLARED, failed, STEP_TIMEOUT, succeeded, testStack, type StackOutputs } from "../support/stack";
import { byCreds, bySeed, Clients, crosses } from "../support/stack-clients";
import { changedResources } from "../support/stack-diff";
import { occupy, release } from "../support/stack-ports";
import type { Declaration } from "./programs/declared/declaration";

const ACCOUNTS: Declaration = { accounts: { A: { users: { test: {} } } } };
const RENAMED: Declaration = { ...ACCOUNTS, operator: { name: "renamed" } };

/** Milliseconds in which a client must be back. */
const BACK_TIMEOUT = 20_000;
/** For clients that come back after a restart. */
const RECONNECTING = { reconnect: true, reconnectTimeWait: 50, maxReconnectAttempts: -1 };

describe("a change that needs a restart", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED, { targets: ["docker"] });
  const clients = new Clients();
  let outputs: StackOutputs;
  let onStatic: NatsConnection;
  let onOperator: NatsConnection;

  before("a deployed cluster with a client on each server", async () => {
    await stack.declare(ACCOUNTS);
    succeeded(await stack.up());
    outputs = await stack.outputs();
    [onStatic, onOperator] = await connectBoth();
  });

  async function connectBoth(): Promise<[NatsConnection, NatsConnection]> {
    const { static: atStatic, operator: atOperator } = (await stack.outputs()).clientUrls;
    return [
      await clients.connect(atStatic, bySeed(outputs.seeds["A/test"]), RECONNECTING),
      await clients.connect(atOperator, byCreds(outputs.creds["A/test"]), RECONNECTING),
    ];
  }

  async function assertCrosses(): Promise<void> {
    await Promise.all([isBack(onStatic), isBack(onOperator)]);
    await crosses(onStatic, onOperator, "one");
    await crosses(onOperator, onStatic, "two");
  }

  describe("when it is the operator's JWT", () => {
    before(() => stack.declare(RENAMED));

    it("should preview the replacement of only the operator server", async () => {
      const { output } = succeeded(await stack.preview("--diff"));
      const containers = changedResources(output).filter((resource) => resource.startsWith("Container"));
      assert.deepEqual(containers, ["Container nats-operator"]);
    });

    it("should announce lame duck mode to the clients of the operator server, and disconnect no other client", async () => {
      const told = lameDuck(onOperator);
      const { static: before } = await stack.engine.lives();
      succeeded(await stack.up());
      assert.equal(await told, true);
      assert.deepEqual((await stack.engine.lives()).static, before);
      assert.equal(clients.hasLost(onStatic), false);
      await assertCrosses();
    });
  });

  describe("when another process uses the new port", () => {
    it("should keep the server in its container, with its clients", async () => {
      const before = await stack.engine.lives();
      const stranger = await occupy(stack.sparePort);
      try {
        await stack.declare({ ...RENAMED, staticServer: { clientPort: stack.sparePort } });
        const { output } = failed(await stack.up());
        assert.match(output, /the static server .* \[NA5002\]/);
        assert.match(output, new RegExp(`:${stack.sparePort}\\b`));
        await assertCrosses();
      } finally {
        await release(stranger);
      }
      await stack.declare(RENAMED);
      succeeded(await stack.up());
      assert.deepEqual((await stack.engine.lives()).operator, before.operator);
      await assertCrosses();
      assert.equal((await stack.engine.containers()).length, 2);
    });
  });

  describe("when it concerns both servers", () => {
    it("should restart the second server when the first has rejoined", async () => {
      await stack.declare({
        ...RENAMED,
        staticServer: { monitoringPort: stack.sparePort },
        operator: { name: "again" },
      });
      const since = Date.now();
      succeeded(await stack.up());
      const events = await stack.engine.happened(since);
      assert.deepEqual(events, ["operator die", "operator start", "static die", "static start"]);
      await assertCrosses();
      succeeded(await stack.preview("--refresh", "--expect-no-changes"));
    });
  });
});

/** Resolves to true when a server announces lame duck mode to a client; to false when the client is closed before. */
async function lameDuck(client: NatsConnection): Promise<boolean> {
  for await (const { type } of client.status()) {
    if (type === "ldm") {
      return true;
    }
  }
  return false;
}

/** Waits until a client is connected again. */
async function isBack(client: NatsConnection): Promise<void> {
  const back = await waitFor(
    () =>
      client.rtt().then(
        () => true,
        () => undefined,
      ),
    BACK_TIMEOUT,
  );
  assert.equal(back, true);
}
