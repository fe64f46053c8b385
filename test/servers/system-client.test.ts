import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type AddressInfo } from "node:net";
import { ServerError } from "../../provider/servers/errors";
import { SystemClient } from "../../provider/servers/system-client";
import { portOf, withPair } from "../support/pair";
import { loginOf, worldOf } from "../support/world";

describe("a login of the verification", () => {
  /** Logs in through a proxy that closes the first connections. @returns the name of the server, and how many connections there were */
  async function logInAfter(interrupted: number): Promise<{ name: string; connections: number }> {
    const world = await worldOf([{ name: "SYS", users: { sys: {} } }]);
    return withPair(world, async (pair) => {
      let connections = 0;
      const proxy = createServer((client) => {
        connections += 1;
        client.on("error", () => undefined);
        if (connections <= interrupted) {
          client.resetAndDestroy();
          return;
        }
        const server = connect(portOf(pair, "static"), "127.0.0.1").on("error", () => undefined);
        client.pipe(server).pipe(client);
      });
      proxy.listen(0, "127.0.0.1");
      await once(proxy, "listening");
      try {
        const url = `nats://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
        const client = await SystemClient.connect([url], loginOf(world, "SYS/sys").seed, 1);
        const { name } = client.server;
        await client.close();
        return { name, connections };
      } finally {
        proxy.close();
      }
    });
  }

  it("should be tried again when the connection is interrupted", async () => {
    const { name, connections } = await logInAfter(2);
    assert.match(name, /static/);
    assert.equal(connections, 3);
  });

  it("should fail when the connection is interrupted again and again", async () => {
    await assert.rejects(logInAfter(3), (error) => error instanceof ServerError && error.code === "NA5020");
  });
});
