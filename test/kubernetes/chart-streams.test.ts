import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { VerifiedServer } from "../../provider";
import { waitFor } from "../../provider/servers/log";
import type { PlainValues } from "../support/chart";
import { manifestsOf } from "../support/chart-manifests";
import { testContext, testNamespace } from "../support/kubernetes";
import { CHART, STEP_TIMEOUT, succeeded, testStack } from "../support/stack";

interface Outputs {
  readonly values: Readonly<Record<"static" | "operator", PlainValues>>;
  readonly verified?: Readonly<Record<string, VerifiedServer>>;
}

const RELEASES = { operator: { name: "nats-operator" }, static: { name: "nats-static" } };
const MODES = ["operator", "static"] as const;
/** Parts of a pod: when its server started, and whether it is ready. */
const STARTED = ".status.containerStatuses[?(@.name=='nats')].state.running.startedAt";
const READY = ".status.conditions[?(@.type=='Ready')].status";
/** Milliseconds in which Kubernetes would find a server healthy. */
const HEALTHY = 15_000;

describe("servers with JetStream that the Helm chart of NATS deploys", function () {
  this.timeout(2 * STEP_TIMEOUT);
  const namespace = testNamespace();
  const stack = testStack(CHART);

  let deployStatic: () => Promise<void>;

  it("should not be ready before most of them run, so that no release is awaited by itself", async () => {
    const { name: namespaceName } = namespace;
    Object.assign(stack.config, { releases: RELEASES, namespace: namespaceName, subjects: ["test"], jetstream: true });
    stack.config.hubPassword = "unused";
    succeeded(await stack.up());
    const { values } = (await stack.outputs()) as unknown as Outputs;
    const deploy = async (mode: (typeof MODES)[number]) =>
      namespace.apply(await manifestsOf(RELEASES[mode].name, namespace, values[mode]));
    await deploy("operator");
    const isStarted = async () => (await namespace.partOfPod("nats-operator-0", STARTED)) !== "" || undefined;
    assert.equal(await waitFor(isStarted, STEP_TIMEOUT), true);
    await sleep(HEALTHY);
    assert.equal(await namespace.partOfPod("nats-operator-0", READY), "False");
    deployStatic = () => deploy("static");
  });

  it("should be awaited by the verification, and verified as one cluster that runs JetStream", async () => {
    stack.config.servers = Object.fromEntries(MODES.map((mode) => [`${RELEASES[mode].name}-0`, { mode }]));
    stack.config.context = testContext();
    stack.config.timeout = "3m";
    const isVerifying = () =>
      Promise.resolve(stack.transcript.includes("ClusterVerification nats creating") || undefined);
    const deployMeanwhile = async () => {
      assert.equal(await waitFor(isVerifying, STEP_TIMEOUT), true, "no verification begins");
      await deployStatic();
    };
    const both = [stack.up(), deployMeanwhile()] as const;
    // The update ends also when the other one fails: afterwards, the namespace is removed.
    await Promise.allSettled(both);
    const [verification] = await Promise.all(both);
    succeeded(verification);
    const { verified = {} } = (await stack.outputs()) as unknown as Outputs;
    assert.deepEqual(Object.keys(verified).sort(), ["nats-operator-0", "nats-static-0"]);
  });
});
