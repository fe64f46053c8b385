import assert from "node:assert/strict";
import { withStateVersion, type LifeCycle } from "../../../provider/dynamic/life-cycle/life-cycle";
import { migrate, stamped, STATE_VERSION } from "../../../provider/dynamic/life-cycle/state-version";

describe("the version of a state", () => {
  const LATER = STATE_VERSION + 1;

  it("should be the current one in new states, and 1 in a state without a version", () => {
    assert.deepEqual(stamped({ a: 1 }), { a: 1, stateVersion: STATE_VERSION });
    const first = { a: 1 };
    assert.equal(migrate(first, {}), first);
  });

  it("should be migrated step by step, in order", () => {
    const steps = Object.fromEntries(
      [12, 2, 3].map((version) => [version, (state: object) => ({ steps: [...stepsOf(state), version] })]),
    );
    assert.deepEqual(migrate({}, steps), { steps: [2, 3, 12] });
    assert.deepEqual(migrate(stamped({}), { [STATE_VERSION]: () => assert.fail() }), stamped({}));
  });

  it("should be rejected when it is newer", () => {
    assert.throws(() => migrate({ stateVersion: LATER }, {}), { code: "NA5023" });
  });
});

describe("a provider with migrations", () => {
  const seen: unknown[] = [];
  const inner: LifeCycle<object, object> = {
    diff(_id, olds) {
      seen.push(olds);
      return Promise.resolve({ changes: false });
    },
    create: () => Promise.resolve({ id: "id", outs: { made: true } }),
    update(_id, olds) {
      seen.push(olds);
      return Promise.resolve({ outs: { updated: true } });
    },
    read(id, olds) {
      seen.push(olds);
      return Promise.resolve({ id, props: { ...olds, found: true } });
    },
    delete(_id, olds) {
      seen.push(olds);
      return Promise.resolve();
    },
  };
  const provider = withStateVersion(inner, { [STATE_VERSION + 1]: (state) => ({ ...state, brought: true }) });

  beforeEach(() => {
    seen.length = 0;
  });

  it("should receive every state in the current shape", async () => {
    await provider.diff?.("id", {}, {});
    await provider.update?.("id", {}, {});
    await provider.read?.("id", {});
    await provider.delete?.("id", {});
    assert.deepEqual(seen, Array(4).fill({ brought: true }));
  });

  it("should add the version to states that it creates or updates, and not to those that it reads", async () => {
    assert.deepEqual((await provider.create({})).outs, { made: true, stateVersion: STATE_VERSION });
    assert.deepEqual((await provider.update?.("id", {}, {}))?.outs, { updated: true, stateVersion: STATE_VERSION });
    assert.deepEqual((await provider.read?.("id", {}))?.props, { found: true });
  });

  it("should leave a state of an earlier shape as it is when a refresh finds no drift", async () => {
    const read = (id: string, props?: object) => Promise.resolve({ id, props: { ...props } });
    const old = { old: true };
    const unchanged = withStateVersion(
      { ...inner, read },
      { [STATE_VERSION + 1]: (state) => ({ ...state, new: true }) },
    );
    assert.equal((await unchanged.read?.("id", old))?.props, old);
  });

  it("should have the methods of the wrapped provider only", () => {
    const { create } = inner;
    assert.deepEqual(Object.keys(withStateVersion({ create })), ["create"]);
  });
});

function stepsOf(state: object): number[] {
  return "steps" in state ? (state.steps as number[]) : [];
}
