import assert from "node:assert/strict";
import { waitFor } from "../../provider/servers/log";
import type { Declaration } from "../stack/programs/declared/declaration";
import { findKubelet } from "../support/api-server";
import { requirePrivateCluster } from "../support/kubernetes";
import { podStack } from "../support/pod-stack";
import { failed, STEP_TIMEOUT, succeeded } from "../support/stack";

/** Milliseconds in which an update of a node that does not respond ends. */
const SOON = 150_000;
/** Milliseconds in which Kubernetes notices that a node does not respond, on a slow machine. */
const NOTICED = 120_000;

describe("an update of pods on a node that does not respond", function () {
  this.timeout(2 * STEP_TIMEOUT);
  const stack = podStack();
  const { pods } = stack;
  let thaw: (() => void) | undefined;
  const declare = (more: Declaration = {}) =>
    stack.declare({
      accounts: { A: { users: { test: {} } } },
      servers: { static: { mode: "static" }, operator: { mode: "operator", replicas: 2 } },
      ...more,
    });

  before("a cluster, whose node no longer responds", async function () {
    requirePrivateCluster(this);
    await declare();
    succeeded(await stack.up());
    const pid = findKubelet();
    process.kill(pid, "SIGSTOP");
    thaw = () => {
      thaw = undefined;
      process.kill(pid, "SIGCONT");
    };
  });

  after("the node responds", () => thaw?.());

  const assertRefused = async () => {
    const before = {
      lives: await pods.lives(),
      static: await pods.files("static"),
      operator: await pods.files("operator"),
    };
    const began = performance.now();
    assert.match(failed(await stack.up()).output, /is on a node that does not respond \[NA5162\]/);
    assert.ok(performance.now() - began < SOON, `${performance.now() - began} ms`);
    const after = {
      lives: await pods.lives(),
      static: await pods.files("static"),
      operator: await pods.files("operator"),
    };
    assert.deepEqual(after, before);
  };

  it("should fail soon, and change nothing, before Kubernetes notices that", async () => {
    await declare({ accounts: { A: { users: { test: {}, more: {} } } } });
    await assertRefused();
  });

  it("should fail, and change nothing, when Kubernetes has noticed that", async () => {
    const look = async () => ((await pods.countReady("operator")) === 0 ? true : undefined);
    assert.equal(await waitFor(look, NOTICED), true);
    await assertRefused();
  });

  it("should succeed when the node responds again", async () => {
    thaw?.();
    const look = async () => ((await pods.countReady("operator")) === 2 ? true : undefined);
    assert.equal(await waitFor(look, NOTICED), true);
    const lives = await pods.lives();
    succeeded(await stack.up());
    assert.deepEqual(await pods.lives(), lives);
    assert.deepEqual(await stack.leftOvers(), []);
    succeeded(await stack.preview("--refresh", "--expect-no-changes"));
  });
});
