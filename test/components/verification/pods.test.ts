import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
  Account,
  AuthConfiguration,
  ClusterVerification,
  Operator,
  type AuthConfigurationArgs,
  type ClusterVerificationArgs,
} from "../../../provider";
import { verificationContentDiagnostics } from "../../../provider/components/verification/verification-content";
import { provider } from "../../../provider/dynamic/cluster-verification";
import { HIDDEN } from "../../../provider/dynamic/life-cycle/hidden";
import { closingGates } from "../../support/gates";
import { failureCodes } from "../../support/life-cycle";
import { ofType, valueOf } from "../../support/mocks";

const KUBECONFIG = "users: [{ token: secret-token }]";
const IN_NATS = { context: "production", namespace: "nats" };
const STATIC = { "nats-0": { mode: "static" } };

interface Inputs {
  readonly [HIDDEN]?: true;
  readonly kubernetes?: object;
  readonly servers: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

describe("the pods of a ClusterVerification", () => {
  closingGates();

  function declare(more: Partial<AuthConfigurationArgs> = {}) {
    const operator = new Operator("KO", { systemAccount: { users: { sys: {} } } });
    const accounts = [new Account("A", { operator, users: { u: {} } })];
    const configuration = new AuthConfiguration("nats", { operator, accounts, ...more });
    return { configuration, user: operator.systemAccount.users.sys };
  }

  /** Declares a verification. Returns the inputs of its handler, and the problems that it reports. */
  async function verify(args: object, more?: Partial<AuthConfigurationArgs>) {
    const all = { ...declare(more), ...args } as ClusterVerificationArgs;
    await valueOf(new ClusterVerification("nats", all).id);
    const inputs = ofType("ClusterVerification").at(-1)?.inputs as unknown as Inputs;
    const { failures = [] } = (await provider.check?.({} as never, inputs as never)) ?? {};
    const reasons = failures.map(({ reason }) => reason);
    return { inputs, codes: failureCodes(reasons), text: reasons.join("\n") };
  }

  const codesOf = async (args: object) => (await verify(args)).codes;

  it("should have the names of the servers and the port of the chart, unless the program names others", async () => {
    const servers = {
      ...STATIC,
      one: { mode: "operator", pod: pulumi.output("nats-1"), namespace: "apps" },
      "nats-2": {
        mode: "operator",
        url: "tls://nats.example.org:5222",
        monitoringUrl: "https://nats.example.org:8222",
      },
    };
    const { inputs, codes } = await verify({ kubernetes: IN_NATS, servers });
    assert.deepEqual(codes, []);
    assert.deepEqual(inputs.kubernetes, { api: { context: "production" }, namespace: "nats" });
    assert.deepEqual(inputs.servers, {
      "nats-0": { mode: "static", pod: "nats-0", url: "nats://nats-0:4222" },
      one: { mode: "operator", pod: "nats-1", namespace: "apps", url: "nats://nats-1:4222" },
      "nats-2": { pod: "nats-2", ...servers["nats-2"] },
    });
  });

  it("should have the URLs of the configuration if it has servers with their names", async () => {
    const n1 = { mode: "static", host: "n1.example.org", clientPort: 5222, bindAddress: "127.0.0.1" } as const;
    const { inputs, codes } = await verify(
      { kubernetes: IN_NATS, servers: { n1: { pod: "nats-0" } } },
      { servers: { n1 } },
    );
    assert.deepEqual(codes, []);
    assert.deepEqual([inputs.servers.n1?.pod, inputs.servers.n1?.url], ["nats-0", "nats://n1.example.org:5222"]);
  });

  it("should hide the results because of a secret namespace, and not because of a kubeconfig", async () => {
    const isHidden = async (kubernetes: object) => {
      const { inputs, codes } = await verify({ kubernetes, servers: STATIC });
      assert.deepEqual(codes, []);
      return inputs[HIDDEN];
    };
    assert.equal(await isHidden({ kubeconfig: pulumi.secret(KUBECONFIG), namespace: "nats" }), undefined);
    assert.equal(await isHidden({ ...IN_NATS, namespace: pulumi.secret("nats") }), true);
  });

  it("should be in a cluster and a namespace that the program names", async () => {
    const inCluster = (kubernetes: unknown) => codesOf({ kubernetes, servers: STATIC });
    assert.deepEqual(await inCluster({ namespace: "nats" }), ["NA2200 kubernetes"]);
    assert.deepEqual(await inCluster({ context: "production" }), ["NA1002 kubernetes.namespace"]);
    assert.deepEqual(await inCluster({ context: "", namespace: "My_Apps" }), [
      "NA2200 kubernetes.context",
      "NA2100 kubernetes.namespace",
    ]);
    assert.deepEqual(await inCluster({ ...IN_NATS, context: 5, name: "x" }), [
      "NA1001 kubernetes.name",
      "NA1003 kubernetes.context",
    ]);
    assert.deepEqual(await inCluster(null), ["NA1003 kubernetes", "NA1002 servers.nats-0.url"]);
  });

  it("should not show a kubeconfig that is not a text", async () => {
    const kubernetes = { kubeconfig: { users: [{ token: "secret-token" }] }, namespace: "nats" };
    const { codes, text } = await verify({ kubernetes, servers: STATIC });
    assert.deepEqual(codes, ["NA1003 kubernetes.kubeconfig"]);
    assert.doesNotMatch(text, /secret-token/);
  });

  it("should have valid names, and be pods of a cluster", async () => {
    const servers = { Nats: { mode: "static" }, n: { mode: "static", pod: "nats.0" }, m: { mode: "static", pod: 5 } };
    const { codes, text } = await verify({ kubernetes: IN_NATS, servers });
    assert.deepEqual(codes.sort(), ["NA1003 servers.m.pod", "NA2100 servers.Nats.pod", "NA2100 servers.n.pod"]);
    assert.match(text, /servers\.n\.pod = "nats\.0": is not a valid name of a pod: it must have at most 63 /);
    const elsewhere = { "nats-0": { mode: "static", namespace: "My_Apps" } };
    assert.deepEqual(await codesOf({ kubernetes: IN_NATS, servers: elsewhere }), ["NA2100 servers.nats-0.namespace"]);
    const outside = { n: { mode: "static", url: "nats://n", pod: "nats-0", namespace: "nats" } };
    assert.deepEqual(await codesOf({ servers: outside }), ["NA4095 servers.n.pod", "NA4095 servers.n.namespace"]);
    assert.deepEqual(await codesOf({ servers: STATIC }), ["NA1002 servers.nats-0.url"]);
  });

  it("should be checked in the same way in other languages", async () => {
    const found = async (args: object) => {
      const all = { ...declare(), ...args } as unknown as ClusterVerificationArgs;
      return (await verificationContentDiagnostics(all)).map(({ code, path }) => `${code} ${path}`);
    };
    assert.deepEqual(await found({ kubernetes: IN_NATS, servers: STATIC }), []);
    const kubernetes = { kubeconfig: pulumi.secret(""), namespace: "a.b" };
    assert.deepEqual(await found({ kubernetes, servers: { n_1: { mode: "static" } } }), [
      "NA2200 kubernetes.kubeconfig",
      "NA2100 kubernetes.namespace",
      "NA2100 servers.n_1.pod",
    ]);
  });
});
