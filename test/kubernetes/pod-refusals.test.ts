import assert from "node:assert/strict";
import { waitFor } from "../../provider/servers/log";
import { PodStack, podStack } from "../support/pod-stack";
import { failed, STEP_TIMEOUT, succeeded, withHooks } from "../support/stack";
import type { Declaration } from "../stack/programs/declared/declaration";

const ACCOUNTS: Declaration["accounts"] = { A: { users: { test: {} } } };
/** A setting that nats-server rejects, although the package cannot know it. */
const REJECTED = { extra: "not_an_option: 1" };

/** Milliseconds in which Kubernetes replaces a pod, or notices that a token is no longer valid, on a slow machine. */
const TIMEOUT = 120_000;

/** The requests for CPU time of a template with which nothing runs yet. */
const REQUESTS = { requests: { cpu: "11m" } };

/** What pods have of {@link ACCEPTED}. */
interface PodSpec {
  readonly imagePullSecrets?: readonly { readonly name: string }[];
  readonly tolerations: readonly { readonly key: string; readonly operator: string }[];
}

const ACCEPTED: Declaration = {
  accounts: ACCOUNTS,
  kubernetes: { resources: REQUESTS, imagePullSecrets: ["registry"] },
  toleration: "nats-auth-test",
};

describe("an update of pods that is refused", function () {
  this.timeout(2 * STEP_TIMEOUT);
  const stack = podStack();
  const { pods, namespace } = stack;
  const other = withHooks(new PodStack());

  const requests = async () =>
    namespace.kubectl([
      ...["get", "statefulset", "nats-static"],
      "--output=jsonpath={.spec.template.spec.containers[0].resources.requests.cpu}",
    ]);

  before("a cluster", async () => {
    await other.permitIn(namespace);
    await stack.declare({ accounts: ACCOUNTS });
    succeeded(await stack.up());
  });

  it("should find a cluster with the same names in the namespace, and change nothing of it", async () => {
    const before = { lives: await pods.lives(), files: await pods.files("static") };
    await other.declare({ accounts: ACCOUNTS, kubernetes: { namespace: namespace.name } });
    for (const result of [await other.preview(), await other.up()]) {
      assert.match(failed(result).output, /Service nats, .*StatefulSet nats-static.*\[NA2209\]/);
    }
    assert.deepEqual({ lives: await pods.lives(), files: await pods.files("static") }, before);
    succeeded(await stack.preview("--refresh", "--expect-no-changes"));
    await other.declare({ accounts: ACCOUNTS, clusterName: "other", kubernetes: { namespace: namespace.name } });
    succeeded(await other.preview());
    succeeded(await other.destroy());
  });

  it("should find JetStream for pods without volumes at a preview", async () => {
    await stack.declare({ accounts: ACCOUNTS, jetstream: { fileStorage: "64MiB", memoryStorage: "64MiB" } });
    assert.match(failed(await stack.preview()).output, /static, operator.*\[NA2210\]/);
  });

  it("should leave the former template to pods that Kubernetes replaces", async () => {
    await stack.declare({ accounts: ACCOUNTS, settings: REJECTED, kubernetes: { resources: REQUESTS } });
    assert.match(failed(await stack.up()).output, /No server was changed/);
    assert.equal(await requests(), "");
    const { "static-0": before } = await pods.lives();
    await namespace.kubectl(["delete", "pod", "nats-static-0", "--grace-period=1"]);
    const isReplaced = async () => {
      const { "static-0": life } = await pods.lives();
      return life !== undefined && life !== before && (await pods.countReady("static")) === 1 ? true : undefined;
    };
    assert.equal(await waitFor(isReplaced, TIMEOUT), true);
    assert.equal((await namespace.kubectl(["get", "pod", "nats-static-0", "--output=yaml"])).includes("11m"), false);
  });

  it("should give pods the new template when the next one is accepted, as transforms change it", async () => {
    const before = await pods.lives();
    await stack.declare(ACCEPTED);
    succeeded(await stack.up());
    assert.equal(await requests(), "11m");
    for (const pod of ["nats-static-0", "nats-operator-0"]) {
      const { spec } = (await namespace.get("pod", pod)) as { readonly spec: PodSpec };
      assert.deepEqual(spec.imagePullSecrets, [{ name: "registry" }]);
      assert.ok(spec.tolerations.some(({ key, operator }) => key === "nats-auth-test" && operator === "Exists"));
    }
    for (const [server, life] of Object.entries(await pods.lives())) {
      assert.notEqual(life, before[server], server);
    }
    succeeded(await stack.preview("--refresh", "--expect-no-changes"));
  });

  it("should leave the former template when the program returns to it", async () => {
    const before = await pods.lives();
    await stack.declare({ accounts: ACCOUNTS, settings: REJECTED });
    failed(await stack.up());
    assert.equal(await requests(), "11m");
    await stack.declare(ACCEPTED);
    succeeded(await stack.up());
    assert.deepEqual([await requests(), await pods.lives()], ["11m", before]);
    succeeded(await stack.preview("--refresh", "--expect-no-changes"));
  });
});

describe("a cluster in pods with a token that changes", function () {
  this.timeout(2 * STEP_TIMEOUT);
  const stack = podStack();
  const { namespace } = stack;

  const createAccount = () => namespace.kubectl(["create", "serviceaccount", "deployer"]);
  const declare = async () =>
    stack.declare({ accounts: ACCOUNTS, kubernetes: { kubeconfig: await namespace.kubeconfigOf("deployer") } });

  it("should change nothing while the stored token works, and replace it afterwards", async () => {
    await createAccount();
    await namespace.kubectl([
      ...["create", "rolebinding", "deployer", "--clusterrole=admin"],
      `--serviceaccount=${namespace.name}:deployer`,
    ]);
    await declare();
    succeeded(await stack.up());
    assert.doesNotMatch(await stack.rawState(), /eyJhbGciOi/, "the token is in plain text");
    await declare();
    const { output } = succeeded(await stack.up());
    assert.doesNotMatch(output, /Cluster(Configuration|Check|Names) nats updated/);
    await namespace.kubectl(["delete", "serviceaccount", "deployer"]);
    await createAccount();
    // The API server remembers for some seconds that a token is valid.
    const isRejected = async () => ((await stack.refresh()).code === 0 ? undefined : true);
    assert.equal(await waitFor(isRejected, TIMEOUT), true);
    await declare();
    assert.match(succeeded(await stack.up()).output, /ClusterConfiguration nats updated/);
    succeeded(await stack.refresh("--expect-no-changes"));
    succeeded(await stack.destroy());
  });
});
