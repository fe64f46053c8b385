import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import type { Server } from "node:net";
import { delimiter, join } from "node:path";
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
import { describeOn, TARGETS } from "../support/stack-servers";
import type { DeclaredAccount } from "./programs/declared/declaration";

describeOn(TARGETS, "an update that fails", function (target) {
  this.timeout(STEP_TIMEOUT);
  const clients = new Clients();

  if (target === "docker") {
    describe("because the Docker Engine cannot be reached", () => {
      const stack = testStack(EXAMPLE, { targets: ["docker"] });
      let keys: Record<string, string>;

      it("should fail at the update and name the engine's address", async () => {
        stack.env.DOCKER_HOST = "unix:///nowhere/docker.sock";
        // The engine stops at the first failure, which may come before the keys; with this flag it goes on.
        for (const flags of [[], ["--continue-on-error"]]) {
          const { output } = failed(await stack.up(...flags));
          assert.match(output, /Cannot connect to the Docker daemon at unix:\/\/\/nowhere\/docker\.sock/);
          assert.deepEqual(await stack.servers.belongings(), []);
        }
        keys = publicKeys(await stack.sealedResources());
      });

      it("should be finished by the next update, with the keys that were made already", async () => {
        delete stack.env.DOCKER_HOST;
        succeeded(await stack.up());
        assert.equal(Object.keys(keys).length, 9);
        assert.deepEqual(publicKeys(await stack.sealedResources()), keys);
        await assertServes(await stack.outputs());
      });

      it("should leave only the image when it is destroyed", async () => {
        succeeded(await stack.destroy());
        assert.deepEqual(await stack.servers.belongings(), []);
        assert.deepEqual(await stack.processes(), []);
        assert.ok(await stack.engine.hasImage());
        assert.deepEqual(await stack.sealedResources(), []);
      });
    });

    describe("because it was killed between the two servers, and is then reverted", () => {
      const stack = testStack(DECLARED, { targets: ["docker"] });
      const seed = new TextDecoder().decode(createUser().getSeed());
      const stays: DeclaredAccount = { users: { test: {} } };
      const intrudes: DeclaredAccount = { users: { intruder: { seed } } };

      it("should leave none of its changes active", async () => {
        await stack.declare({ accounts: { stays } });
        succeeded(await stack.up());
        const before = await stack.servers.configurations();

        await stack.declare({ accounts: { stays, intrudes } });
        await stack.killAfter("reload operator");
        assert.notDeepEqual(await stack.servers.configurations(), before);

        await stack.declare({ accounts: { stays } });
        succeeded(await stack.unlock());
        succeeded(await stack.up());
        assert.deepEqual(await stack.servers.configurations(), before);
        await refuses(clients, (await stack.outputs()).clientUrls.static, bySeed(seed));
        succeeded(await stack.preview("--refresh", "--expect-no-changes"));
      });
    });
  } else {
    describe("because there is no nats-server on this machine", () => {
      const stack = testStack(EXAMPLE);

      it("should fail at the preview with a remedy, and succeed when there is one", async () => {
        const folders = (process.env.PATH ?? "").split(delimiter);
        stack.env.PATH = folders.filter((folder) => !existsSync(join(folder, "nats-server"))).join(delimiter);
        const { output } = failed(await stack.preview());
        assert.match(
          output,
          /cluster "nats" has 1 problem:\n.*- target\.process\.binary = "nats-server": .* \[NA4040\]/,
        );
        assert.doesNotMatch(output, /unhandled|^\s+at .*:\d+:\d+/m);
        assert.deepEqual(await stack.servers.belongings(), []);
        delete stack.env.PATH;
        succeeded(await stack.up());
        await assertServes(await stack.outputs());
      });
    });

    describe("and is then destroyed", () => {
      const stack = testStack(EXAMPLE);

      it("should leave nothing", async () => {
        await stack.killAfter("start static");
        assert.ok((await stack.servers.belongings()).length > 0);
        succeeded(await stack.unlock());
        succeeded(await stack.destroy());
        assert.deepEqual(await stack.servers.belongings(), []);
        assert.deepEqual(await stack.sealedResources(), []);
      });
    });
  }

  describe("because another process uses a port", () => {
    const stack = testStack(EXAMPLE, { targets: [target] });
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
      const port = stack.ports.staticPort;
      const words = {
        docker: `the static server .* \\[NA5002\\][^]*:${port}\\b`,
        process: `staticServer\\.clientPort = ${port}: .* \\[NA5010\\]`,
      };
      assert.match(output, new RegExp(words[target]));
      assert.doesNotMatch(output, /^\s+at .*:\d+:\d+/m);
      keys = publicKeys(await stack.sealedResources());
      assert.equal(Object.keys(keys).length, 9);
    });

    it("should be finished by the next update once the port is free, with the same keys", async () => {
      assert.ok(stranger);
      await release(stranger);
      succeeded(await stack.up());
      assert.deepEqual(publicKeys(await stack.sealedResources()), keys);
      await assertServes(await stack.outputs());
      succeeded(await stack.preview("--refresh", "--expect-no-changes"));
    });
  });

  describe("because it was killed", () => {
    const stack = testStack(EXAMPLE, { targets: [target] });

    /** The place of the static server in the state. */
    async function placeOfStatic(): Promise<string | undefined> {
      const places = (await stack.sealedResources()).filter(({ type }) => type.endsWith(stack.servers.placeType));
      return places.find(({ urn }) => urn.endsWith("::nats-static"))?.id;
    }

    it("should be finished by the next update, with the same keys, in the same places", async () => {
      await stack.killAfter("put static");
      const keys = publicKeys(await stack.sealedResources());
      assert.equal(Object.keys(keys).length, 9);
      const place = await placeOfStatic();

      // The engine's own lock, which a killed command cannot take away.
      succeeded(await stack.unlock());
      succeeded(await stack.up());
      assert.deepEqual(publicKeys(await stack.sealedResources()), keys);
      assert.equal(await placeOfStatic(), place);
      await assertServes(await stack.outputs());
      succeeded(await stack.preview("--refresh", "--expect-no-changes"));
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
