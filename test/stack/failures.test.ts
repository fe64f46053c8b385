import assert from "node:assert/strict";
import type { Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createUser } from "nkeys.js";
import {
  DECLARED,
  EXAMPLE,
  failed,
  STEP_TIMEOUT,
  succeeded,
  testStack,
  type StackOutputs,
  type StateResource,
} from "../support/stack";
import { byCreds, bySeed, Clients, crosses, refuses } from "../support/stack-clients";
import { occupy, release } from "../support/stack-ports";
import type { DeclaredAccount } from "./programs/declared/declaration";

const PAUSE = 5;

describe("an update that cannot be finished", function () {
  this.timeout(STEP_TIMEOUT);
  const clients = new Clients();

  describe("because the Docker Engine cannot be reached", () => {
    const stack = testStack(EXAMPLE);
    let keys: Record<string, string>;

    it("should fail at the update and name the engine's address", async () => {
      stack.env.DOCKER_HOST = "unix:///nowhere/docker.sock";
      // The engine stops at the first failure; so that keys are made whatever comes first, it is told not to.
      for (const flags of [[], ["--continue-on-error"]]) {
        const { output } = failed(await stack.up(...flags));
        assert.match(output, /Cannot connect to the Docker daemon at unix:\/\/\/nowhere\/docker\.sock/);
        assert.deepEqual(await stack.engine.belongings(), []);
      }
      keys = publicKeys(await stack.resources());
    });

    it("should be finished by the next update, with the keys that were made already", async () => {
      delete stack.env.DOCKER_HOST;
      succeeded(await stack.up());
      assert.equal(Object.keys(keys).length, 9);
      assert.deepEqual(publicKeys(await stack.resources()), keys);
      await assertServes(await stack.outputs());
    });

    it("should leave nothing when it is destroyed, but the image", async () => {
      succeeded(await stack.destroy());
      assert.deepEqual(await stack.engine.belongings(), []);
      assert.deepEqual(await stack.processes(), []);
      assert.ok(await stack.engine.hasImage());
      assert.deepEqual(await stack.resources(), []);
    });
  });

  describe("because somebody else has a port", () => {
    const stack = testStack(EXAMPLE);
    let stranger: Server | undefined;
    let keys: Record<string, string>;

    before(async () => {
      stranger = await occupy(stack.ports.staticPort);
    });

    after(async () => {
      if (stranger?.listening === true) {
        await release(stranger);
      }
    });

    it("should fail and name the server and the port", async () => {
      const { output } = failed(await stack.up());
      assert.match(output, /the static server could not be started/);
      assert.match(output, new RegExp(`:${stack.ports.staticPort}\\b`));
      assert.doesNotMatch(output, /^\s+at .*:\d+:\d+/m);
      keys = publicKeys(await stack.resources());
      assert.equal(Object.keys(keys).length, 9);
    });

    it("should be finished by the next update once the port is free, with the same keys", async () => {
      assert.ok(stranger);
      await release(stranger);
      succeeded(await stack.up());
      assert.deepEqual(publicKeys(await stack.resources()), keys);
      await assertServes(await stack.outputs());
      succeeded(await stack.preview("--refresh", "--expect-no-changes"));
    });
  });

  describe("because it was killed", () => {
    const stack = testStack(EXAMPLE);

    it("should be finished by the next update, with the same keys, in the same containers", async () => {
      const killed = stack.up();
      await stack.killAfter("ClusterConfiguration nats creating");
      failed(await killed);
      const keys = publicKeys(await stack.resources());
      assert.equal(Object.keys(keys).length, 9);
      const {
        static: { id },
      } = await stack.engine.lives();

      // The engine's own lock, which a killed command cannot take away.
      succeeded(await stack.show("cancel", "--yes"));
      succeeded(await stack.up());
      assert.deepEqual(publicKeys(await stack.resources()), keys);
      assert.equal((await stack.engine.lives()).static.id, id);
      await assertServes(await stack.outputs());
      succeeded(await stack.preview("--refresh", "--expect-no-changes"));
    });
  });

  describe("because it was killed between the two servers, and then taken back", () => {
    const stack = testStack(DECLARED);
    const seed = new TextDecoder().decode(createUser().getSeed());
    const stays: DeclaredAccount = { users: { test: {} } };
    const intrudes: DeclaredAccount = { users: { intruder: { seed } } };

    it("should leave nothing of it in force", async () => {
      await stack.declare({ accounts: { stays } });
      succeeded(await stack.up());
      const before = await stack.engine.configurations();

      await stack.declare({ accounts: { stays, intrudes } });
      const killed = stack.up();
      while ((await stack.engine.configuration("operator"))["nats.conf"] === before.operator["nats.conf"]) {
        await sleep(PAUSE);
      }
      await stack.kill();
      failed(await killed);
      assert.notDeepEqual(await stack.engine.configurations(), before);

      await stack.declare({ accounts: { stays } });
      succeeded(await stack.show("cancel", "--yes"));
      succeeded(await stack.up());
      assert.deepEqual(await stack.engine.configurations(), before);
      await refuses(clients, (await stack.outputs()).clientUrls.static, bySeed(seed));
      succeeded(await stack.preview("--refresh", "--expect-no-changes"));
    });
  });

  describe("and that is given up", () => {
    const stack = testStack(EXAMPLE);

    it("should leave nothing when what it made is destroyed", async () => {
      const stranger = await occupy(stack.ports.operatorPort);
      try {
        failed(await stack.up());
      } finally {
        await release(stranger);
      }
      assert.ok((await stack.engine.belongings()).length > 0);
      succeeded(await stack.destroy());
      assert.deepEqual(await stack.engine.belongings(), []);
      assert.deepEqual(await stack.resources(), []);
    });
  });

  async function assertServes({ clientUrls, seeds, creds }: StackOutputs): Promise<void> {
    const onStatic = await clients.connect(clientUrls.static, bySeed(seeds["A/test"]));
    const onOperator = await clients.connect(clientUrls.operator, byCreds(creds["A/test"]));
    await crosses(onStatic, onOperator, "test.one");
    await crosses(onOperator, onStatic, "test.two");
  }
});

/** The public key of each key and each user in a state. */
function publicKeys(resources: readonly StateResource[]): Record<string, string> {
  return Object.fromEntries(
    resources.filter(({ type }) => /:(Nkey|User)$/.test(type)).map(({ urn, id }) => [urn, id ?? ""]),
  );
}
