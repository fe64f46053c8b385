import assert from "node:assert/strict";
import { foldingExcept, withFolding } from "../../../provider/dynamic/life-cycle/folding";
import type { LifeCycle } from "../../../provider/dynamic/life-cycle/life-cycle";

interface Properties {
  readonly visible?: string;
  readonly hidden: number;
}

const FOLDING = foldingExcept<Properties, "visible">(["visible"]);
const FLAT = { visible: "v", hidden: 1, stateVersion: 3, __provider: "p" };
const FOLDED = { visible: "v", stateVersion: 3, __provider: "p", __details: { hidden: 1 } };

describe("the folding of properties", () => {
  it("should move all but visible properties, those of the engine and the version", () => {
    assert.deepEqual(FOLDING.fold(FLAT), FOLDED);
    assert.deepEqual(FOLDING.unfold(FOLDED as unknown as Properties), FLAT);
  });

  it("should be idempotent, and leave flat properties as they are", () => {
    assert.deepEqual(FOLDING.fold(FOLDED as unknown as Properties), FOLDED);
    assert.deepEqual(FOLDING.unfold(FLAT), FLAT);
  });
});

describe("a provider with folded properties", () => {
  const seen: unknown[] = [];
  const inner: LifeCycle<Properties, Properties> = {
    check(olds, news) {
      seen.push(olds, news);
      return Promise.resolve({ inputs: news, failures: news.hidden < 0 ? [{ property: "", reason: "no" }] : [] });
    },
    diff(_id, olds, news) {
      seen.push(olds, news);
      return Promise.resolve({ changes: false });
    },
    create: (inputs) => Promise.resolve({ id: "id", outs: inputs }),
    update(_id, olds, news) {
      seen.push(olds, news);
      return Promise.resolve({ outs: news });
    },
    read: (id, props) => Promise.resolve({ id, ...(props === undefined ? {} : { props }) }),
    delete(_id, olds) {
      seen.push(olds);
      return Promise.resolve();
    },
  };
  const provider = withFolding(inner, { inputs: FOLDING, state: FOLDING });
  const folded = FOLDED as unknown as Properties & { __details: Omit<Properties, "visible"> };

  it("should handle flat properties, and return folded ones", async () => {
    assert.deepEqual(await provider.check?.(folded, folded), { inputs: FOLDED, failures: [] });
    await provider.diff?.("id", folded, folded);
    assert.deepEqual(await provider.create(folded), { id: "id", outs: FOLDED });
    assert.deepEqual(await provider.update?.("id", folded, folded), { outs: FOLDED });
    assert.deepEqual(await provider.read?.("id", folded), { id: "id", props: FOLDED });
    assert.deepEqual(await provider.read?.("id"), { id: "id" });
    await provider.delete?.("id", folded);
    assert.deepEqual(seen, Array(7).fill(FLAT));
  });

  it("should return invalid inputs as they are", async () => {
    const wrong = { hidden: -1 };
    assert.deepEqual((await provider.check?.({ hidden: 0 }, wrong))?.inputs, wrong);
  });
});
