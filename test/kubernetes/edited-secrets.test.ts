import assert from "node:assert/strict";
import { inspectServer } from "../../provider/servers/condition";
import { CONFIG_FOLDER, fileInPod } from "../../provider/servers/kubernetes/layout";
import { waitFor } from "../../provider/servers/log";
import { MAIN_FILE } from "../../provider/servers/server";
import { testNamespace } from "../support/kubernetes";
import { filesFor, startServer } from "./pod-host";

/** Milliseconds in which Kubernetes starts a pod and updates its files, on a slow machine. */
const TIMEOUT = 180_000;

describe("a server in a pod whose Secret was edited", function () {
  this.timeout(TIMEOUT);
  const namespace = testNamespace();

  /** Waits until a text is in a file of a pod that nats-server rejects. A change of the pod makes Kubernetes update its files at once. */
  const arrived = async (pod: string, file: string, text: string): Promise<void> => {
    const hasArrived = async () => {
      await namespace.kubectl(["annotate", "--overwrite", "pod", pod, `test=${performance.now()}`]);
      const command = ["exec", pod, "--", "nats-server", "-t", "-c", `${CONFIG_FOLDER}/${file}`];
      const output = await namespace.kubectl(command).catch(String);
      return output.includes(text) ? true : undefined;
    };
    assert.equal(await waitFor(hasArrived, TIMEOUT / 3), true, `${text} has not arrived`);
  };

  it("should be in another condition until it is written again", async () => {
    const { place, server, pod } = await startServer(namespace);
    const files = filesFor(place);
    assert.equal(await inspectServer(server, files), "in force");
    const data = { [fileInPod(pod, MAIN_FILE)]: Buffer.from("port: 4223\n").toString("base64") };
    await namespace.kubectl(["patch", "secret", place.secret, "--patch", JSON.stringify({ data })]);
    assert.equal(await inspectServer(server, files), "configuration edited");
    await server.put(files);
    await server.reload(await server.try(files));
    assert.equal(await inspectServer(server, files), "in force");
  });

  it("should reload the files that are written over edited ones, also if these have arrived in its pod", async () => {
    const { place, server, pod } = await startServer(namespace);
    const files = filesFor(place);
    const file = fileInPod(pod, MAIN_FILE);
    for (const edition of ["first", "second"]) {
      const data = { [file]: Buffer.from(`${edition}: 1\n`).toString("base64") };
      await namespace.kubectl(["patch", "secret", place.secret, "--patch", JSON.stringify({ data })]);
      await arrived(pod, file, edition);
      await server.put(files);
      await server.reload(await server.try(files));
      assert.equal(await inspectServer(server, files), "in force");
    }
  });
});
