import assert from "node:assert/strict";
import { DECLARED, failed, STEP_TIMEOUT, succeeded, testStack } from "../support/stack";
import { MESSAGES, messagesIn, Shape, store, withPorts, type Servers } from "../support/stack-shape";
import { describeModeChange, describeSixServers } from "./suites/shapes";

describeSixServers("process");
describeModeChange("process");

describe("a cluster of two servers of each mode in containers", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED, { targets: ["docker"] });
  let servers: Servers;
  const shape = new Shape(stack, () => servers);

  before("four servers with a stream", async () => {
    servers = await withPorts("s1", "s2", "o1", "o2");
    await shape.deploy("s1", "s2", "o1", "o2");
    await store(await shape.connect("o1"), "R3", 3);
  });

  it("should refuse at the preview to rename a server that keeps its published port", async () => {
    const { s2, ...others } = servers;
    servers = { ...others, s3: s2 ?? assert.fail() };
    await shape.declare(...Object.keys(servers));
    const { output } = failed(await stack.preview());
    servers = { ...others, s2: s2 ?? assert.fail() };
    assert.match(output, /servers\.s3: .* port of server s2 \(clientPort \d+\).*\[NA1743\]/);
  });

  it("should be one cluster, and lose a server without losing a message, a request or a key", async () => {
    const keys = await shape.keys();
    const load = await shape.load("s1", "o1");
    await shape.deploy("s1", "s2", "o1");
    assert.deepEqual((await load.stop()).failures, []);
    assert.deepEqual(await shape.keys(), keys);
    assert.equal(await messagesIn(await shape.connect("s2"), "R3"), MESSAGES);
    assert.match(
      (await stack.outputs()).checked,
      /^nats-s1, nats-s2 and nats-o1 are one cluster, nats, .* is healthy$/,
    );
    assert.equal((await stack.engine.containers()).length, 3);
    succeeded(await stack.up("--expect-no-changes"));
  });
});
