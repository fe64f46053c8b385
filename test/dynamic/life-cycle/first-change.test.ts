import assert from "node:assert/strict";
import { provider } from "../../../provider/dynamic/cluster-names";
import { FirstChange } from "../../../provider/dynamic/life-cycle/first-change";
import { waitFor } from "../../../provider/servers/log";
import { ScriptedApi } from "../../support/scripted-api";

/** Milliseconds in which the library for Kubernetes is loaded, on a slow machine. */
const TIMEOUT = 30_000;

describe("the first change of an update", function () {
  this.timeout(2 * TIMEOUT);

  it("should be prepared once, not before it begins, and at once afterwards", () => {
    const first = new FirstChange();
    const prepared: string[] = [];
    first.prepare(() => prepared.push("before"));
    assert.equal(prepared.length, 0);
    first.begin();
    first.begin();
    assert.deepEqual(prepared, ["before"]);
    first.prepare(() => prepared.push("after"));
    assert.deepEqual(prepared, ["before", "after"]);
  });

  it("should open the connection to the Kubernetes cluster of the servers", async () => {
    const api = await ScriptedApi.start(() => ({ status: 404, body: {} }));
    const entries = ["static"];
    const inputs = { api: api.access, namespace: "ns", clusterName: "nats", entries, stores: false, owner: "me" };
    await provider.check?.(inputs, inputs);
    await provider.create(inputs);
    const isRead = () => Promise.resolve(api.requests.length === 0 ? undefined : true);
    await waitFor(isRead, TIMEOUT);
    assert.deepEqual(
      api.requests.map(({ method, path }) => `${method} ${path}`),
      ["GET /apis/apps/v1/namespaces/ns/statefulsets/nats-static"],
    );
    api.close();
  });
});
