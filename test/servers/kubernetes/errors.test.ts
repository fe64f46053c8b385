import assert from "node:assert/strict";
import { NamespaceClient } from "../../../provider/servers/kubernetes/client";
import { apiError, readFailure } from "../../../provider/servers/kubernetes/errors";
import { ScriptedApi, type ScriptedResponse } from "../../support/scripted-api";

/** An error of the client for a response with a `Status`. */
function responded(code: number, message: string, more: object = {}): Error {
  const body = JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Failure", message, code, ...more });
  return Object.assign(new Error(`HTTP-Code: ${code}`), { code, body, headers: {} });
}

const status = (code: number, message: string, more: object = {}): ScriptedResponse => ({
  status: code,
  body: { kind: "Status", apiVersion: "v1", status: "Failure", message, code, ...more },
});

const SECRET = { kind: "Secret", apiVersion: "v1", metadata: { name: "nats" } };

describe("a request to the API server that fails", () => {
  /** Sends a request to an API server that gives these responses one after the other. */
  async function readSecret(...responses: ScriptedResponse[]) {
    const api = await ScriptedApi.start(() => (responses.length > 1 ? responses.shift() : responses[0]));
    try {
      const client = await NamespaceClient.connect({ api: api.access, namespace: "nats" });
      return { secret: await client.readSecret("nats"), requests: api.requests.length };
    } finally {
      api.close();
    }
  }

  for (const [what, failure] of [
    ["its database has another leader", status(500, "etcdserver: leader changed")],
    [
      "it is overloaded",
      status(500, "please try again", { reason: "ServerTimeout", details: { retryAfterSeconds: 1 } }),
    ],
    ["it stops", status(503, "the server is currently unable to handle the request")],
  ] as const) {
    it(`should be repeated when ${what}`, async () => {
      const { secret, requests } = await readSecret(failure, failure, { body: SECRET });
      assert.deepEqual([secret?.metadata?.name, requests], ["nats", 3]);
    });
  }

  it("should be repeated after the time that the API server names", async () => {
    const start = performance.now();
    await readSecret(
      { ...status(429, "too many requests"), body: {}, headers: { "retry-after": "1" } },
      { body: SECRET },
    );
    assert.ok(performance.now() - start >= 1_000);
    const details = { retryAfterSeconds: 3_600 };
    assert.equal(readFailure(responded(429, "later", { details })).retryAfter, 10_000);
  });

  it("should be repeated when a node does not respond to a WebSocket", () => {
    assert.equal(readFailure(new Error("Unexpected server response: 500")).mayPass, true);
    assert.equal(readFailure(new Error("Unexpected server response: 403")).mayPass, false);
  });

  it("should be repeated, and described, when it is abandoned", () => {
    const aborted = Object.assign(new Error("The user aborted a request."), { name: "AbortError", type: "aborted" });
    const failure = readFailure(aborted);
    assert.equal(failure.mayPass, true);
    assert.match(apiError("get secrets", aborted).message, /NA5150.*\n {2}no response within 30 seconds$/);
  });

  it("should not be repeated when it can never succeed", async () => {
    for (const code of [400, 401, 403, 422]) {
      assert.equal(readFailure(responded(code, "no")).mayPass, false);
    }
    await assert.rejects(readSecret(status(403, "no")), { code: "NA5152" });
  });

  for (const [what, code, message] of [
    [
      "quota",
      403,
      'pods "nats-static-0-trial-a" is forbidden: exceeded quota: q, requested: pods=1, used: pods=10, limited: pods=10',
    ],
    ["LimitRange", 403, 'pods "a" is forbidden: minimum memory usage per Container is 64Mi, but request is 16Mi'],
    ["security standard", 403, 'pods "a" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true'],
    ["webhook", 400, 'admission webhook "validate.kyverno.svc-fail" denied the request: label team is required'],
  ] as const) {
    it(`should name the rule, and no missing permission, when a ${what} does not allow it`, () => {
      const error = apiError("create pods", responded(code, message));
      assert.equal(error.code, "NA5161");
      assert.ok(error.message.includes(message));
    });
  }

  it("should name a missing permission when a role is missing", () => {
    const message =
      'pods is forbidden: User "ci" cannot create resource "pods" in API group "" in the namespace "nats"';
    assert.equal(apiError("create pods", responded(403, message)).code, "NA5152");
    assert.equal(apiError("create pods/exec", new Error("Unexpected server response: 403")).code, "NA5152");
  });
});
