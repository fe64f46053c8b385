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
/** Milliseconds in which Kubernetes would find a server healthy. */
const HEALTHY = 15_000;
/** Milliseconds after which a verification has begun. */
const LATER = 10_000;

describe("servers with JetStream that the Helm chart of NATS deploys", function () {
  this.timeout(2 * STEP_TIMEOUT);
  const namespace = testNamespace();
  const stack = testStack(CHART);

  let deployStatic: () => Promise<void>;

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
    const output = ["--ignore-not-found", "--output", "jsonpath={.status.containerStatuses[0].started}"];
    const started = ["get", "pod", "nats-operator-0", ...output];
    const isStarted = async () => ((await namespace.kubectl(started)) === "" ? undefined : true);
    await waitFor(isStarted, STEP_TIMEOUT);
    await sleep(HEALTHY);
    assert.equal(await isReady("nats-operator"), false);
    deployStatic = () => deploy("static");
  });

  it("should be awaited by the verification, and verified as one cluster that runs JetStream", async () => {
    stack.config.servers = Object.fromEntries(MODES.map((mode) => [`${RELEASES[mode].name}-0`, { mode }]));
    stack.config.context = testContext();
    stack.config.timeout = "3m";
    const [verification] = await Promise.all([stack.up(), sleep(LATER).then(deployStatic)]);
    succeeded(verification);
    const { verified = {} } = (await stack.outputs()) as unknown as Outputs;
    assert.deepEqual(Object.keys(verified).sort(), ["nats-operator-0", "nats-static-0"]);
  });
});
