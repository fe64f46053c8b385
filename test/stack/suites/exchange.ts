import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Msg, NatsConnection } from "@nats-io/transport-node";
import { stackOn, urlAt, type PlaceName } from "../../support/pod-stack";
import { SIDES, type Side } from "../../support/sides";
import { CHECKOUT, EXAMPLE, STEP_TIMEOUT, succeeded, type StackOutputs } from "../../support/stack";
import {
  answer,
  ask,
  Clients,
  crosses,
  natsJs,
  publishRefusal,
  refuses,
  subscribeRefusal,
} from "../../support/stack-clients";
import { occupy, release } from "../../support/stack-ports";
import { tokensOf } from "../../support/stack-tokens";

/** A service's latency measurement, as far as it is looked at. */
interface Latency {
  readonly type: string;
  readonly requestor: { readonly acc?: string };
}

const WRONG_SEED = "SUAMLK2ZNL35WSMW37E7UD4VZ7ELPKW7DHC3BWBSD2GCZ7IUQQXZIORRBU";

/** Creates the tests of the example, with servers in some place. */
export function describeExchange(place: PlaceName): void {
  describe(`the mixed-auth example, deployed (${place})`, function () {
    this.timeout(STEP_TIMEOUT);
    const stack = stackOn(place, EXAMPLE, { fromSource: place === "docker", hosted: false });
    /** All that a program has with one cluster, beside the places of its servers. */
    const resources = 22 + stack.servers.placeResources;
    const clients = new Clients();
    let outputs: StackOutputs;

    const at = (side: Side) => urlAt(stack, side);
    const seedOf = (user: string) => natsJs.bySeed(outputs.seeds[user]);
    const credsOf = (user: string) => natsJs.byCreds(outputs.creds[user]);

    describe("at the preview of a new stack", () => {
      it("should succeed, and create no server, no file in the project and no resource in the state", async () => {
        const before = projectFiles();
        const { output } = succeeded(await stack.preview());
        assert.ok(output.includes(`+ ${resources} to create`), output);
        assert.deepEqual(await stack.servers.belongings(), []);
        assert.deepEqual(projectFiles(), before);
        assert.deepEqual(await stack.sealedResources(), []);
        assert.deepEqual(await stack.processes(), []);
      });
    });

    describe("after the first update", () => {
      before("the first update", async () => {
        const { output } = succeeded(await stack.up());
        assert.ok(output.includes(`+ ${resources} created`), output);
        outputs = await stack.outputs();
      });

      it("should listen only on the configured ports of the loopback address", async function () {
        if (place === "kubernetes") {
          this.skip();
        }
        const { staticPort, staticClusterPort, operatorPort, operatorClusterPort } = stack.ports;
        assert.deepEqual(outputs.clientUrls, {
          static: `nats://127.0.0.1:${staticPort}`,
          operator: `nats://127.0.0.1:${operatorPort}`,
        });
        const open = await stack.servers.listening();
        // Containers reach each other in their network.
        const ofRoutes = place === "docker" ? [] : [staticClusterPort, operatorClusterPort];
        const expected = [staticPort, operatorPort, ...ofRoutes];
        assert.deepEqual(open.sort(), expected.map((port) => `127.0.0.1:${port}`).sort());
      });

      if (place === "docker") {
        it("should have a network of its own with only its two containers", async () => {
          const networks = await stack.engine.networks();
          assert.equal(networks.length, 1);
          const joined = (await stack.engine.containers()).map(({ NetworkSettings }) =>
            Object.keys(NetworkSettings.Networks),
          );
          const name = networks[0]?.Name;
          assert.deepEqual(joined, [[name], [name]]);
        });
      }

      it("should report one cluster that loaded all accounts", () => {
        assert.equal(
          outputs.checked,
          `nats-${stack.serverOf("static")} and nats-${stack.serverOf("operator")} are one cluster, nats, and have loaded all 3 accounts`,
        );
      });

      it("should carry requests from the operator server by creds to the static server by seed, and measure", async () => {
        const responder = await clients.connect(await at("static"), seedOf("A/test"));
        const requestor = await clients.connect(await at("operator"), credsOf("B/test"));
        const watchers = [responder, await clients.connect(await at("operator"), credsOf("A/test"))];
        await exchange(responder, requestor, watchers, "from static");
      });

      it("should carry requests from the static server by seed to the operator server by creds, and measure", async () => {
        const responder = await clients.connect(await at("operator"), credsOf("A/test"));
        const requestor = await clients.connect(await at("static"), seedOf("B/test"));
        const watchers = [responder, await clients.connect(await at("static"), seedOf("A/test"))];
        await exchange(responder, requestor, watchers, "from operator");
      });

      it("should carry messages of one user between the servers, in both directions", async () => {
        const onStatic = await clients.connect(await at("static"), seedOf("A/test"));
        const onOperator = await clients.connect(await at("operator"), credsOf("A/test"));
        await crosses(onStatic, onOperator, "test.one");
        await crosses(onOperator, onStatic, "test.two");
      });

      it("should let nats.js log in to the static server with creds, too", async () => {
        const withCreds = await clients.connect(await at("static"), credsOf("A/test"));
        await crosses(withCreds, await clients.connect(await at("operator"), credsOf("A/test")), "test.creds");
      });

      it("should let the system account's user log in to both", async () => {
        await clients.connect(await at("static"), seedOf("SYS/sys"));
        await clients.connect(await at("operator"), credsOf("SYS/sys"));
      });

      it("should keep accounts apart where nothing is exported", async () => {
        const inA = await clients.connect(await at("static"), seedOf("A/test"));
        const inB = await clients.connect(await at("operator"), credsOf("B/test"));
        const heard: string[] = [];
        const hear = (_error: Error | null, message: Msg) => {
          heard.push(message.subject);
        };
        inB.subscribe("test.>", { callback: hear });
        await inB.flush();
        await crosses(inA, await clients.connect(await at("operator"), credsOf("A/test")), "test.private");
        await inB.flush();
        assert.deepEqual(heard, []);
      });

      for (const side of SIDES) {
        describe(`at the ${side} server`, () => {
          it("should refuse a client without credentials", async () => refuses(clients, await at(side)));

          it("should refuse an unlisted seed", async () => refuses(clients, await at(side), natsJs.bySeed(WRONG_SEED)));

          it("should refuse creds with another seed", async () => {
            const forged = outputs.creds["A/test"]?.replace(/^SU[A-Z2-7]{56}$/m, WRONG_SEED);
            assert.notEqual(forged, outputs.creds["A/test"]);
            return refuses(clients, await at(side), natsJs.byCreds(forged));
          });

          it("should refuse to publish and to subscribe outside the user's permissions", async () => {
            const user = side === "static" ? seedOf("A/test") : credsOf("A/test");
            const connection = await clients.connect(await at(side), user);
            assert.match(await publishRefusal(connection, "latency.on.test"), /Permissions Violation for Publish/i);
            assert.match(await subscribeRefusal(connection, "other"), /Permissions Violation for Subscription/i);
          });
        });
      }

      it("should refuse a seed without a JWT at the operator server", async () =>
        refuses(clients, await at("operator"), seedOf("A/test")));
    });

    describe("at a second update of the same program", () => {
      const unchanged = new RegExp(`^ +${resources} unchanged$`, "m");

      it("should change no configuration, JWT or key, and touch no server", async () => {
        const before = await everything();
        const { output } = succeeded(await stack.up());
        assert.match(output, unchanged);
        assert.deepEqual(await everything(), before);
      });

      it("should find nothing at a refresh, nor in a preview after one", async () => {
        const before = await everything();
        const refreshed = succeeded(await stack.refresh());
        assert.match(refreshed.output, unchanged);
        const { output } = succeeded(await stack.preview("--refresh", "--expect-no-changes"));
        assert.match(output, unchanged);
        assert.deepEqual(await everything(), before);
      });

      it("should have disconnected no client", () => {
        assert.ok(clients.count > 10);
        assert.equal(clients.lost, 0);
      });
    });

    describe("when it is destroyed", () => {
      it("should leave no process, no file and no open port", async () => {
        const { staticPort, staticClusterPort, operatorPort, operatorClusterPort } = stack.ports;
        await clients.close();
        succeeded(await stack.destroy());
        assert.deepEqual(await stack.servers.belongings(), []);
        assert.deepEqual(await stack.processes(), []);
        for (const port of [staticPort, staticClusterPort, operatorPort, operatorClusterPort]) {
          await release(await occupy(port));
        }
      });
    });

    /** A request and its answer, and on both servers the message that measures it. */
    async function exchange(
      responder: NatsConnection,
      requestor: NatsConnection,
      watchers: readonly NatsConnection[],
      text: string,
    ): Promise<void> {
      const answering = await answer(responder, "test", text);
      const measured = watchers.map((watcher) => latency(watcher));
      await Promise.all(watchers.map((watcher) => watcher.flush()));
      assert.equal((await ask(requestor, "test", "hello?")).string(), text);
      for (const message of await Promise.all(measured)) {
        assert.equal(message.type, "io.nats.server.metric.v1.service_latency");
        assert.equal(message.requestor.acc, outputs.publicKeys.B);
      }
      answering.unsubscribe();
      await responder.flush();
    }

    /** Everything that must stay unchanged, and when the servers were started. */
    async function everything() {
      return {
        lives: await stack.servers.lives(),
        configurations: await stack.servers.configurations(),
        tokens: tokensOf(await stack.resources()),
        outputs: await stack.outputs(),
      };
    }
  });
}

async function latency(connection: NatsConnection): Promise<Latency> {
  for await (const message of connection.subscribe("latency.on.test", { max: 1, timeout: STEP_TIMEOUT })) {
    return message.json<Latency>();
  }
  throw new Error("no latency was measured");
}

/** The files and folders where a command might leave something: at the root, and in the example. */
function projectFiles(): string[] {
  const example = readdirSync(join(CHECKOUT, "examples/mixed-auth"), { recursive: true, encoding: "utf8" });
  return [...readdirSync(CHECKOUT), ...example].sort();
}
