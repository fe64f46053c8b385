import assert from "node:assert/strict";
import { NamespaceClient } from "../../../provider/servers/kubernetes/client";
import { ScriptedApi } from "../../support/scripted-api";

/** Milliseconds in which the library is loaded, on a slow machine. */
const TIMEOUT = 30_000;

describe("requests to the API server of Kubernetes in one turn of the event loop", function () {
  this.timeout(TIMEOUT);
  const data: Record<string, string | null> = {};
  let api: ScriptedApi;
  let client: NamespaceClient;

  before("an API server with a Secret", async () => {
    api = await ScriptedApi.start(({ method, path, body }) => {
      if (!/\/secrets\/present(\?|$)/.test(path)) {
        return { status: 404, body: {} };
      }
      if (method === "PATCH") {
        Object.assign(data, (JSON.parse(body) as { readonly data: object }).data);
      }
      return { body: { apiVersion: "v1", kind: "Secret", metadata: { name: "present" }, data } };
    });
    client = await NamespaceClient.connect({ api: api.access, namespace: "ns" });
  });

  after(() => {
    api.close();
  });

  beforeEach(() => api.requests.splice(0));

  const sent = () => api.requests.map(({ method, path }) => `${method} ${path.replace(/\?.*|.*\//g, "")}`).sort();

  it("should read each object once", async () => {
    const names = ["present", "present", "missing", "missing"];
    const found = await Promise.all(names.map((name) => client.readSecret(name)));
    assert.deepEqual(
      found.map((secret) => secret?.metadata?.name),
      ["present", "present", undefined, undefined],
    );
    assert.deepEqual(sent(), ["GET missing", "GET present"]);
  });

  it("should change each object once, with the result for all of them", async () => {
    const changes = [{ one: "MQ==" }, { two: "Mg==", gone: null }];
    const changed = await Promise.all(changes.map((change) => client.patchSecret("present", change)));
    assert.equal(await client.patchSecret("missing", { one: "MQ==" }), undefined);
    assert.deepEqual(
      changed.map((secret) => secret?.data),
      [data, data],
    );
    assert.deepEqual(data, { one: "MQ==", two: "Mg==", gone: null });
    assert.deepEqual(sent(), ["PATCH missing", "PATCH present"]);
  });

  it("should not share a read that began before a change", async () => {
    const slow = client.readSecret("present");
    await client.patchSecret("present", { one: "Mw==" });
    const [, now] = await Promise.all([slow, client.readSecret("present")]);
    assert.equal(now?.data?.one, "Mw==");
    assert.deepEqual(sent(), ["GET present", "GET present", "PATCH present"]);
  });
});
