import assert from "node:assert/strict";
import { waitFor } from "../../provider/servers/log";
import { freeze } from "../support/freeze";
import { DECLARED, failed, STEP_TIMEOUT, succeeded, testStack } from "../support/stack";
import { MESSAGES, messagesIn, Shape, store, withPorts, type Servers } from "../support/stack-shape";
import type { Declaration } from "./programs/declared/declaration";

const NAMES = ["o1", "o2", "s1"];
/** Milliseconds in which a process ends. */
const TIMEOUT = 20_000;

describe("a stream in memory of a cluster in which all servers restart", function () {
  this.timeout(2 * STEP_TIMEOUT);
  const stack = testStack(DECLARED);
  let servers: Servers;
  const shape = new Shape(stack, () => servers);

  /** Updates a setting that servers read when they start. */
  const update = (maxSubscriptions: number, more: NonNullable<Declaration["settings"]> = {}) =>
    shape.update({ settings: { maxSubscriptions, ...more } }, ...NAMES);

  const pidOf = (life: string | undefined) => (life === undefined ? undefined : Number(life.split(" ").at(-2)));

  before("a stream with three replicas", async () => {
    servers = await withPorts(...NAMES);
    await shape.deploy(...NAMES);
    await store(await shape.connect("o1"), "M", 3, "memory");
  });

  async function assertKept(): Promise<void> {
    assert.equal(await messagesIn(await shape.connect("o2"), "M"), MESSAGES);
  }

  it("should keep its messages when one server has ended before", async () => {
    process.kill(pidOf((await shape.lives()).o1) ?? assert.fail("o1 does not run"), "SIGKILL");
    assert.equal(await waitFor(async () => (await shape.lives()).o1 === undefined || undefined, TIMEOUT), true);
    succeeded(await update(10_000));
    await assertKept();
  });

  it("should keep them when the first server does not come back, also after an update that was refused", async () => {
    const { o1: former, ...others } = await shape.lives();
    assert.match(failed(await update(11_000, { extra: "not_an_option: 1" })).output, /NA5001/);
    const find = async () => {
      const { o1 } = await shape.lives();
      return o1 === former ? undefined : pidOf(o1);
    };
    const updating = update(11_000);
    const thaw = await freeze(find, Number(new URL(await stack.urlOf("o1")).port));
    const { output } = failed(await updating);
    // On a slow machine, the second server does not respond in time either; the first is named by its URL then.
    const url = await stack.urlOf("o1");
    assert.match(
      output,
      new RegExp(
        `server nats-o1 does not respond[^]*NA5022|NA5022[^]*server nats-o1 does not respond|${url}[^]*NA5020`,
      ),
    );
    const { o1: restored, ...present } = await shape.lives();
    assert.ok(restored !== undefined);
    assert.deepEqual(present, others);
    assert.throws(thaw, { code: "ESRCH" });
    await assertKept();
    succeeded(await update(11_000));
    await assertKept();
  });
});
