import assert from "node:assert/strict";
import { versioned, type LifeCycle } from "../../provider/resources/dynamic";
import { migrate, stamped, STATE_VERSION } from "../../provider/resources/state-version";

describe("the version of a state", () => {
  const LATER = STATE_VERSION + 1;

  it("should be the present one of what is kept now, and the first of what says none", () => {
    assert.deepEqual(stamped({ a: 1 }), { a: 1, stateVersion: STATE_VERSION });
    const first = { a: 1 };
    assert.equal(migrate(first, {}), first);
  });

  it("should be brought forward from one to the next, by all that lie between, in their order", () => {
    const steps = Object.fromEntries(
      [12, 2, 3].map((version) => [version, (state: object) => ({ steps: [...stepsOf(state), version] })]),
    );
    assert.deepEqual(migrate({}, steps), { steps: [2, 3, 12] });
    assert.deepEqual(migrate(stamped({}), { [STATE_VERSION]: () => assert.fail() }), stamped({}));
  });

  it("should be refused when it is a later one, with what to do", () => {
    assert.throws(() => migrate({ stateVersion: LATER }, {}), /later version of pulumi-nats-auth.*install/s);
  });
});

describe("a provider that knows versions", () => {
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
  const provider = versioned(inner, { [STATE_VERSION + 1]: (state) => ({ ...state, brought: true }) });

  beforeEach(() => {
    seen.length = 0;
  });

  it("should see every state in its present shape", async () => {
    await provider.diff?.("id", {}, {});
    await provider.update?.("id", {}, {});
    await provider.read?.("id", {});
    await provider.delete?.("id", {});
    assert.deepEqual(seen, Array(4).fill({ brought: true }));
  });

  it("should say of what it makes that it has the present shape, and nothing of what it only looks at", async () => {
    assert.deepEqual((await provider.create({})).outs, { made: true, stateVersion: STATE_VERSION });
    assert.deepEqual((await provider.update?.("id", {}, {}))?.outs, { updated: true, stateVersion: STATE_VERSION });
    assert.deepEqual((await provider.read?.("id", {}))?.props, { brought: true, found: true });
  });

  it("should have no method that the one in it has not", () => {
    const { create } = inner;
    assert.deepEqual(Object.keys(versioned({ create })), ["create"]);
  });
});

function stepsOf(state: object): number[] {
  return "steps" in state ? (state.steps as number[]) : [];
}
