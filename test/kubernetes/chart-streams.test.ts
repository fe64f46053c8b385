import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { VerifiedServer } from "../../provider";
import { waitFor } from "../../provider/servers/log";
import type { PlainValues } from "../support/chart";
import { manifestsOf } from "../support/chart-manifests";
import { testNamespace } from "../support/kubernetes";
import { CHART, STEP_TIMEOUT, succeeded, testStack } from "../support/stack";

interface Outputs {
  readonly values: Readonly<Record<"static" | "operator", PlainValues>>;
  readonly verified?: Readonly<Record<string, VerifiedServer>>;
}

const RELEASES = { operator: { name: "nats-operator" }, static: { name: "nats-static" } };
const MODES = ["operator", "static"] as const;
/** Milliseconds in which Kubernetes would find a server healthy. */
const HEALTHY = 15_000;

describe("servers with JetStream that the Helm chart of NATS deploys", function () {
  this.timeout(2 * STEP_TIMEOUT);
  const namespace = testNamespace();
  const stack = testStack(CHART);

  const isReady = async (release: string) => {
    const ready = "jsonpath={.status.conditions[?(@.type=='Ready')].status}";
    return (await namespace.kubectl(["get", "pod", `${release}-0`, "--output", ready])) === "True";
  };

  it("should not be ready before most of them run, so that no release is awaited by itself", async () => {
    const { name: namespaceName } = namespace;
    Object.assign(stack.config, { releases: RELEASES, namespace: namespaceName, subjects: ["test"], jetstream: true });
    stack.config.hubPassword = "unused";
    succeeded(await stack.up());
    const { values } = (await stack.outputs()) as unknown as Outputs;
    const deploy = async (mode: (typeof MODES)[number]) =>
      namespace.apply(await manifestsOf(RELEASES[mode].name, namespace, values[mode]));
    await deploy("operator");
    const started = ["get", "pod", "nats-operator-0", "--output", "jsonpath={.status.containerStatuses[0].started}"];
    const isStarted = async () => ((await namespace.kubectl(started)) === "" ? undefined : true);
    await waitFor(isStarted, STEP_TIMEOUT);
    await sleep(HEALTHY);
    assert.equal(await isReady("nats-operator"), false);
    await deploy("static");
    for (const mode of MODES) {
      await namespace.rolledOut(RELEASES[mode].name);
    }
  });

  it("should be verified as one cluster that runs JetStream", async () => {
    const servers = MODES.map(async (mode) => {
      const pod = `${RELEASES[mode].name}-0`;
      return [pod, { mode, url: `nats://${await namespace.forward(pod, 4222)}` }] as const;
    });
    stack.config.servers = Object.fromEntries(await Promise.all(servers));
    succeeded(await stack.up());
    const { verified = {} } = (await stack.outputs()) as unknown as Outputs;
    assert.deepEqual(Object.keys(verified).sort(), ["nats-operator-0", "nats-static-0"]);
  });
});
