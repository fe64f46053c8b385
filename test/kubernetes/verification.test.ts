import assert from "node:assert/strict";
import { provider } from "../../provider/dynamic/cluster-verification";
import type { KubernetesAccess } from "../../provider/servers/kubernetes/access";
import { waitFor } from "../../provider/servers/log";
import { ApiRequests } from "../support/api-requests";
import { keyOf, seedOf } from "../support/keys";
import { Namespace, testContext, testNamespace, verificationRole } from "../support/kubernetes";
import { Deployed } from "../support/life-cycle";
import { permissionsOf } from "../support/permissions";
import { createPlace, startServer } from "./pod-host";

type Inputs = Parameters<typeof provider.create>[0];

/** Milliseconds in which Kubernetes starts a pod, on a slow machine. */
const TIMEOUT = 180_000;
/** What a node reports about a pod whose containers do not run. */
const UNREADY = "containers with unready status";
/** How long a verification waits that must fail. */
const SOON = "1s";

describe("the verification of pods that something else deploys", function () {
  this.timeout(TIMEOUT);
  const namespace = testNamespace();
  const access = async (name: string, ...roles: readonly string[]): Promise<KubernetesAccess> => ({
    kubeconfig: await namespace.createAccount(name, roles),
    context: testContext(),
  });

  const inputsFor = (api: KubernetesAccess, servers: object) =>
    ({
      servers,
      expected: { systemAccount: keyOf("account", "SYS"), operatorJwt: "", accounts: {}, jetstream: false },
      login: { seed: seedOf("user", "sys"), creds: "" },
      seeds: {},
      timeout: SOON,
      kubernetes: { api, namespace: namespace.name },
    }) as unknown as Inputs;
  const server = (pod: string, port = 4222) => ({ mode: "static", url: `nats://${pod}:${port}`, pod });
  const errorOf = async (inputs: Inputs): Promise<string> => {
    try {
      await new Deployed(provider).up(inputs);
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  };

  /** The codes and paths of the problems in an error. */
  const codesIn = (message: string) =>
    [...message.matchAll(/^ {2}- (\S+): .*\[(NA\d+)\]$/gm)].map(([, path, code]) => `${code} ${path}`);

  it("should need all permissions of its role, and no others, and name each pod that does not run", async () => {
    const role = verificationRole();
    const api = await access("verifying", role);
    const { pod } = await startServer(namespace);
    const { statefulSet } = await createPlace(namespace, { image: "nats-auth.invalid/missing:1" });
    await namespace.kubectl(["scale", `statefulset/${statefulSet}`, "--replicas=1"]);
    const waiting = `${statefulSet}-0`;
    const report = ".status.conditions[?(@.type=='ContainersReady')].message";
    const isReported = async () => (await namespace.partOfPod(waiting, report)).includes(UNREADY) || undefined;
    assert.equal(await waitFor(isReported, TIMEOUT), true);
    const requests = new ApiRequests();
    const message = await errorOf(
      inputsFor(api, {
        runs: server(pod),
        waits: server(waiting),
        "nats-9": server("nats-9"),
        silent: server(pod, 4999),
      }),
    );
    // Newer versions of Kubernetes require both verbs for the same request.
    assert.deepEqual([...requests.end(), "create pods/portforward"].sort(), await permissionsOf(role));
    const expected = [
      `servers.waits: cannot be reached: pod ${waiting} does not run \\(.*${UNREADY}.*\\[NA5088\\]`,
      `servers.nats-9: cannot be reached: namespace "${namespace.name}" has no pod nats-9\\. .*\\[NA5088\\]`,
      `servers.silent: cannot be reached at nats://${pod}:4999 \\(.*connection refused.*\\[NA5080\\]`,
      // The tests give it no user of this account.
      `servers.runs: does not answer requests of the system account .*\\[NA5081\\]`,
    ];
    for (const line of expected) {
      assert.match(message, new RegExp(`^  - ${line}$`, "m"));
    }
  });

  it("should reach servers in several namespaces", async () => {
    const elsewhere = new Namespace();
    await elsewhere.create();
    try {
      const { pod } = await startServer(namespace);
      const { pod: other } = await startServer(elsewhere);
      const api = await access("everywhere", verificationRole());
      await elsewhere.bindRoles(`${namespace.name}:everywhere`, [verificationRole()]);
      const servers = {
        runs: server(pod),
        other: { ...server(other), namespace: elsewhere.name },
        missed: server(other),
      };
      assert.deepEqual(codesIn(await errorOf(inputsFor(api, servers))), [
        "NA5088 servers.missed",
        "NA5081 servers.runs",
        "NA5081 servers.other",
      ]);
    } finally {
      await elsewhere.remove();
    }
  });

  it("should work without the optional permissions, and report a request that is not permitted", async () => {
    const { pod } = await startServer(namespace);
    const role = await access("connecting", verificationRole().replace(/ {2}# Optional[^]*$/, ""));
    const servers = { runs: server(pod), "nats-9": server("nats-9") };
    const message = await errorOf(inputsFor(role, servers));
    assert.deepEqual(codesIn(message), ["NA5088 servers.nats-9", "NA5081 servers.runs"]);
    const denied = /^Kubernetes does not permit a request: create pods\/portforward in namespace ".*" \[NA5152\]/;
    assert.match(await errorOf(inputsFor(await access("powerless"), servers)), denied);
  });
});
