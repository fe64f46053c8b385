import assert from "node:assert/strict";
import { provider } from "../../provider/dynamic/cluster-verification";
import { UNKNOWN } from "../../provider/dynamic/life-cycle/unknown";
import type { KubernetesAccess } from "../../provider/servers/kubernetes/access";
import { keyOf, seedOf } from "../support/keys";
import { Deployed, Engine } from "../support/life-cycle";
import { ScriptedApi, type ScriptedResponse } from "../support/scripted-api";

type Inputs = Parameters<typeof provider.create>[0];
type State = Parameters<NonNullable<typeof provider.update>>[1];

/** Milliseconds in which the library is loaded, on a slow machine. */
const TIMEOUT = 30_000;
const TOKEN = "secret-token";
const UNAUTHORIZED = { status: 401, body: {} };
const FORBIDDEN = { status: 403, body: {} };
const MISSING = { status: 404, body: {} };

const inputsWith = (kubernetes?: object): Inputs =>
  ({
    servers: { n: { mode: "static", url: "nats://nats-0:4222", ...(kubernetes && { pod: "nats-0" }) } },
    expected: { systemAccount: keyOf("account", "SYS"), operatorJwt: "", accounts: {}, jetstream: false },
    login: { seed: seedOf("user", "sys") },
    seeds: {},
    timeout: "100ms",
    ...(kubernetes && { kubernetes }),
  }) as unknown as Inputs;

const inNamespace = (api: KubernetesAccess, namespace = "nats") => inputsWith({ api, namespace });

/** The state after a verification that has found no problem. */
async function verified(inputs: Inputs): Promise<State> {
  const { inputs: checked } = await new Engine(provider).check(inputs);
  return { ...checked, verified: {}, condition: "as declared", stateVersion: 4 } as unknown as State;
}

const conditionAfterRefresh = async (inputs: Inputs): Promise<string> => {
  const kept = { inputs, id: "n", outs: await verified(inputs) };
  return (await Deployed.from(provider, kept).refresh()).condition;
};
const changes = async (before: Inputs, after: Inputs): Promise<boolean> => {
  const kept = { inputs: before, id: "n", outs: await verified(before) };
  return (await Deployed.from(provider, kept).preview(after)).changes;
};
const errorOf = async (inputs: Inputs): Promise<string> =>
  new Deployed(provider).up(inputs).then(
    () => "",
    (error: unknown) => (error as Error).message,
  );

describe("the verification of pods", function () {
  this.timeout(TIMEOUT);
  let respond: () => ScriptedResponse;
  let api: ScriptedApi;

  before("an API server", async () => {
    api = await ScriptedApi.start(() => respond());
  });

  after(() => {
    api.close();
  });

  beforeEach(() => {
    respond = () => MISSING;
    api.requests.splice(0);
  });

  const withToken = (token: string): KubernetesAccess => ({
    kubeconfig: (api.access.kubeconfig ?? "").replace('"token":"token"', `"token":"${token}"`),
  });

  it("should not be repeated for another token, as long as the API server accepts the stored one", async () => {
    const [before, after] = [inNamespace(withToken("one")), inNamespace(withToken("two"))];
    assert.notDeepEqual(before, after);
    for (const response of [MISSING, FORBIDDEN]) {
      respond = () => response;
      assert.equal(await changes(before, after), false);
    }
    respond = () => UNAUTHORIZED;
    assert.equal(await changes(before, after), true);
  });

  it("should ask for nothing if the access is the same, and be repeated for another cluster, namespace or place", async () => {
    const before = inNamespace(withToken("one"));
    const elsewhere = { kubeconfig: withToken("two").kubeconfig?.replace("127.0.0.1", "localhost") ?? "" };
    assert.equal(await changes(before, before), false);
    assert.equal(await changes(before, inNamespace(elsewhere)), true);
    assert.equal(await changes(before, inNamespace(withToken("two"), "other")), true);
    assert.equal(await changes(before, inNamespace({ kubeconfig: UNKNOWN })), true);
    assert.equal(await changes(inputsWith(), before), true);
    assert.equal(await changes(inputsWith(), inputsWith()), false);
    assert.deepEqual(api.requests, []);
  });

  it("should report a missing pod, also in a refresh", async () => {
    const missing = /servers\.n: cannot be reached: namespace "nats" has no pod nats-0\. .* \[NA5088\]$/;
    assert.match(await errorOf(inNamespace(api.access)), missing);
    assert.match(await conditionAfterRefresh(inNamespace(api.access)), missing);
  });

  it("should report an API server that does not permit or accept it, also in a refresh, without the token", async () => {
    const cases = [
      [FORBIDDEN, /^Kubernetes does not permit a request: create pods\/portforward in namespace "nats" \[NA5152\]/],
      [UNAUTHORIZED, /^Kubernetes rejected the credentials \(create pods\/portforward .*\) \[NA5151\]/],
    ] as const;
    for (const [response, expected] of cases) {
      respond = () => response;
      const inputs = inNamespace(withToken(TOKEN));
      for (const text of [await errorOf(inputs), await conditionAfterRefresh(inputs)]) {
        assert.match(text, expected);
        assert.ok(!text.includes(TOKEN));
      }
    }
  });

  it("should report an API server that cannot be reached, at once in a refresh", async () => {
    // Nothing listens on port 1.
    const kubeconfig = (api.access.kubeconfig ?? "").replace(/127\.0\.0\.1:\d+/, "127.0.0.1:1");
    const inputs = inNamespace({ kubeconfig });
    const found =
      /^a request to Kubernetes failed: create pods\/portforward in namespace "nats" \[NA5150\]:\s+connect ECONNREFUSED/;
    assert.match(await conditionAfterRefresh({ ...inputs, timeout: "10m" }), found);
    assert.match(await errorOf(inputs), found);
  });

  it("should report an unusable kubeconfig without its content, also in a refresh", async () => {
    const cases = [
      [{ kubeconfig: `{ users: [${TOKEN}` }, /^the kubeconfig cannot be read: .* \[NA5153\]$/],
      [
        { ...withToken(TOKEN), context: "two" },
        /^the kubeconfig has no context "two" \[NA5153\]: Its contexts: one\.$/s,
      ],
    ] as const;
    for (const [access, expected] of cases) {
      const inputs = inNamespace(access);
      for (const text of [(await errorOf(inputs)).replace("\n", " "), await conditionAfterRefresh(inputs)]) {
        assert.match(text, expected);
        assert.ok(!text.includes(TOKEN));
      }
    }
  });
});
