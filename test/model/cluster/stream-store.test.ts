import assert from "node:assert/strict";
import {
  reusedStoreDiagnostics,
  storeDiagnostics,
  type StreamStore,
} from "../../../provider/model/cluster/stream-store";

const STORE: StreamStore = {
  clusterName: "nats",
  systemAccount: "ASYS",
  machines: { static: "process", operator: "process" },
  folders: { static: "/one/static", operator: "/one/operator" },
};
const MOVED = { ...STORE, folders: { static: "/two/static", operator: "/two/operator" } };

const codesOf = (found: ReturnType<typeof storeDiagnostics>) => found.map(({ code, path }) => `${code} ${path}`);
const changed = (next: Partial<StreamStore>, before: Partial<StreamStore> = STORE) =>
  codesOf(storeDiagnostics(before, next));

/** A store of which a property is unknown. */
function without(key: keyof StreamStore): Partial<StreamStore> {
  return Object.fromEntries(Object.entries(STORE).filter(([name]) => name !== key));
}

describe("the store of streams", () => {
  it("should be found again when nothing changes", () => {
    assert.deepEqual(changed(STORE), []);
  });

  it("should not be found when names, the system account, the machine or a folder change", () => {
    assert.deepEqual(changed({ ...STORE, clusterName: "other" }), ["NA1720 clusterName"]);
    assert.deepEqual(changed({ ...STORE, systemAccount: "AB" }), ["NA1722 operator.systemAccount"]);
    assert.deepEqual(changed({ ...STORE, machines: { static: "elsewhere", operator: "elsewhere" } }), [
      "NA1721 target",
    ]);
    assert.deepEqual(changed(MOVED), ["NA1721 target"]);
    assert.equal(changed({ ...MOVED, clusterName: "other", systemAccount: "AB" }).length, 3);
  });

  it("should need no copy of streams when the servers have reported no streams", () => {
    const [renamed] = storeDiagnostics(STORE, { ...STORE, clusterName: "other" }, true);
    assert.ok(renamed?.code === "NA1720");
    assert.doesNotMatch(renamed.problem, /lost/);
    assert.match(renamed.remedy, /remove `jetstream` .* for one update\. No streams are stored/);
    assert.doesNotMatch(renamed.remedy, /backup/);
  });

  it("should not be found when one of several servers moves to another machine, with a folder of the same name", () => {
    const on = (machines: StreamStore["machines"]) => ({ ...STORE, machines });
    const spread = on({ static: "east", operator: "west" });
    assert.deepEqual(changed(spread, spread), []);
    assert.deepEqual(changed(on({ static: "east", operator: "north" }), spread), ["NA1721 target"]);
    assert.deepEqual(changed(on({ static: "south", operator: "north" }), spread), ["NA1721 target"]);
    assert.deepEqual(changed(on({ static: "east" }), spread), []);
    assert.deepEqual(changed(on({ static: "east", operator: "west", third: "north" }), spread), []);
    assert.deepEqual(changed(on({ third: "north" }), on({ static: "east" })), ["NA1721 target"]);
  });

  it("should not be found when a system account or a folder is about to be created", () => {
    assert.deepEqual(changed(without("systemAccount")), ["NA1722 operator.systemAccount"]);
    assert.deepEqual(changed(without("folders")), ["NA1721 target"]);
    assert.deepEqual(changed(without("folders"), without("folders")), ["NA1721 target"]);
  });

  it("should be found when a state of an earlier version does not name the folders", () => {
    assert.deepEqual(changed(STORE, without("folders")), []);
  });

  it("should have no verdict on a cluster name or an engine that is unknown", () => {
    assert.deepEqual(changed(without("clusterName")), []);
    assert.deepEqual(changed(without("machines")), []);
  });

  it("should not be found by servers that use JetStream again under other names, unless it is another store", () => {
    const reused = (next: Partial<StreamStore>) => codesOf(reusedStoreDiagnostics(STORE, next, ["/one/static/store"]));
    assert.deepEqual(reused(STORE), []);
    assert.deepEqual(reused({ ...STORE, clusterName: "other" }), ["NA1720 clusterName"]);
    assert.deepEqual(reused({ ...MOVED, clusterName: "other" }), []);
    assert.deepEqual(reused({ ...without("folders"), clusterName: "other" }), []);
    assert.deepEqual(codesOf(reusedStoreDiagnostics(without("folders"), { ...STORE, clusterName: "other" }, [])), []);
  });
});
