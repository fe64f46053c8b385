import assert from "node:assert/strict";
import { connect } from "@nats-io/transport-node";
import { NamespaceClient } from "../../provider/servers/kubernetes/client";
import { readLines } from "../../provider/servers/kubernetes/logs";
import type { PodServer } from "../../provider/servers/kubernetes/pod";
import { waitFor } from "../../provider/servers/log";
import { openPodTunnel } from "../support/pod-tunnel";
import type { KubernetesPlace } from "../../provider/servers/place";
import { testNamespace } from "../support/kubernetes";
import { filesFor, startServer } from "./pod-host";

/** Milliseconds that clients have to connect elsewhere. */
const LAME_DUCK = 2_000;

/** When a server has logged a line, by its own clock; undefined if it has not. */
function timeOf(lines: readonly string[], text: string): number | undefined {
  const [, date = "", time = ""] = /^\[\d+\] (\S+) (\S+) /.exec(lines.find((line) => line.includes(text)) ?? "") ?? [];
  return date === "" ? undefined : Date.parse(`${date.replaceAll("/", "-")}T${time}Z`);
}

/** Stops a server that has a client. @returns what it has logged */
async function stopWithClient(place: KubernetesPlace, server: PodServer, pod: string): Promise<string[]> {
  const tunnel = await openPodTunnel(place, 4222);
  const client = await connect({ servers: tunnel.address, reconnect: false });
  const reader = await NamespaceClient.connect(place);
  const seen = new Set<string>();
  let isStopped = false;
  const watching = waitFor(
    async () => {
      for (const { text } of await readLines(reader, pod, {}).catch(() => [])) seen.add(text);
      return isStopped ? true : undefined;
    },
    Infinity,
    50,
  );
  await server.stop();
  isStopped = true;
  await watching;
  await client.close();
  tunnel.close();
  return [...seen];
}

describe("a server in a pod that is stopped", function () {
  this.timeout(180_000);
  const namespace = testNamespace();

  it("should give clients their time from the moment at which it announces its end", async () => {
    const { place, server, pod } = await startServer(namespace);
    const lines = await stopWithClient(place, server, pod);
    const [told = assert.fail(lines.join("\n")), ended = assert.fail(lines.join("\n"))] = [
      timeOf(lines, "Entering lame duck mode"),
      timeOf(lines, "Initiating Shutdown"),
    ];
    assert.ok(ended - told >= LAME_DUCK, `${ended - told} ms`);
  });

  it("should give clients the time of the settings with which it runs, not of those that were written for its next start", async () => {
    const lameDuck = 'lame_duck_duration: "30s"\nlame_duck_grace_period: "5s"';
    const { place, server, pod } = await startServer(namespace, { lines: lameDuck });
    await server.put(filesFor(place));
    const lines = await stopWithClient(place, server, pod);
    assert.ok(
      lines.some((line) => line.includes("Closing existing clients")),
      lines.join("\n"),
    );
  });
});
