import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import { openConnection } from "../../../provider/servers/kubernetes/connection";
import { exec } from "../../../provider/servers/kubernetes/exec";

/** The protocols of API servers before Kubernetes 1.30, and since. */
const BEFORE = "v4.channel.k8s.io";
const SINCE = "v5.channel.k8s.io";
/** The channels of input, output and status, and the message that ends the input. */
const [INPUT, OUTPUT, STATUS, END] = [0, 1, 3, 255];

describe("a command with an input in a container", () => {
  let server: WebSocketServer;

  afterEach(() => {
    server.close();
  });

  /** An API server with one of the protocols, which runs `cat`. */
  async function cat(protocol: string) {
    server = new WebSocketServer({ host: "127.0.0.1", port: 0, handleProtocols: () => protocol });
    server.on("connection", (socket) => {
      socket.on("message", (data: Buffer) => {
        const [channel = 0, ...rest] = data;
        if (channel === INPUT) {
          socket.send(Buffer.from([OUTPUT, ...rest]));
        } else if (channel === END) {
          socket.send(Buffer.concat([Buffer.from([STATUS]), Buffer.from(JSON.stringify({ status: "Success" }))]));
        }
      });
    });
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const cluster = { server: `http://127.0.0.1:${port}`, "insecure-skip-tls-verify": true };
    const kubeconfig = JSON.stringify({
      clusters: [{ name: "c", cluster }],
      users: [{ name: "u", user: {} }],
      contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
    });
    return openConnection({ kubeconfig, context: "c" });
  }

  it("should have its output when the API server can end the input", async () => {
    assert.deepEqual(await exec(await cat(SINCE), "n", "p", ["cat"], "hello"), { output: "hello", succeeded: true });
  });

  it("should not run for ever with an earlier API server, which would wait for more input", async () => {
    assert.equal(await exec(await cat(BEFORE), "n", "p", ["cat"], "hello"), undefined);
  });
});
