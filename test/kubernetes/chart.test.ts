import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CredsSecret, VerifiedServer } from "../../provider";
import { digestOfFiles } from "../../provider/config/config-digest";
import type { Tunnel } from "../../provider/servers/kubernetes/tunnel";
import { renderConfig, podsOf, secretFiles, type PlainValues } from "../support/chart";
import { manifestsOf } from "../support/chart-manifests";
import { testNamespace, verificationRole } from "../support/kubernetes";
import { openPodTunnel } from "../support/pod-tunnel";
import { CHART, failed, STEP_TIMEOUT, succeeded, testStack } from "../support/stack";
import { answer, ask, byCreds, bySeed, Clients, crosses, publishRefusal } from "../support/stack-clients";

type Mode = "static" | "operator";
type PlainSecret = Omit<CredsSecret, "stringData"> & { readonly stringData: Readonly<Record<string, string>> };

interface Outputs {
  readonly values: Readonly<Record<Mode, PlainValues>>;
  readonly secrets: Readonly<Record<"a" | "b", Readonly<Record<"test", PlainSecret>>>> & {
    readonly devices: Readonly<Record<"d-1" | "d-2", PlainSecret>>;
  };
  readonly verified?: Readonly<Record<string, VerifiedServer>>;
}

const RELEASES = { static: { name: "nats-static" }, operator: { name: "nats-operator", replicas: 2 } };
const MODES = ["static", "operator"] as const;
const PODS = MODES.flatMap((mode) => podsOf(RELEASES[mode]).map((pod) => ({ mode, pod })));
const CONFIG = "/etc/nats-config/nats.conf";
const ROUTES = "/etc/nats-auth/routes.conf";
/** The service account with which the servers are verified. */
const ACCOUNT = "verification";
const HUB_PASSWORD = "correct-horse";
const DEADLINE = 150_000;
const RECEIVE_TIMEOUT = 10_000;

describe("servers that the Helm chart of NATS deploys", function () {
  this.timeout(2 * STEP_TIMEOUT);
  const namespace = testNamespace();
  const stack = testStack(CHART);
  const clients = new Clients();
  const urls: Record<string, string> = {};
  const tunnels: Tunnel[] = [];
  const tokens: string[] = [];

  after("no tunnel is open", () => {
    tunnels.forEach((tunnel) => {
      tunnel.close();
    });
  });

  const outputs = async () => (await stack.outputs()) as unknown as Outputs;

  /** Deploys both releases, and waits for their pods. */
  async function deploy(): Promise<void> {
    const { values } = await outputs();
    for (const mode of MODES) {
      await namespace.apply(await manifestsOf(RELEASES[mode].name, namespace, values[mode]));
    }
    for (const mode of MODES) {
      await namespace.rolledOut(RELEASES[mode].name);
    }
  }

  /** Sets the kubeconfig with which the servers are verified. */
  async function writeKubeconfig(kubeconfig: string): Promise<void> {
    const [, token = assert.fail("no token")] = /"token":"([^"]+)"/.exec(kubeconfig) ?? [];
    tokens.push(token);
    await writeFile(join(stack.folder, "kubeconfig.json"), kubeconfig, { mode: 0o600 });
  }

  /** Opens ports of this machine that lead to the pods, and to those that take their places. */
  async function openTunnels(): Promise<void> {
    for (const { mode, pod } of PODS) {
      const { name: statefulSet } = RELEASES[mode];
      const ordinal = Number(pod.slice(statefulSet.length + 1));
      const tunnel = await openPodTunnel({ namespace: namespace.name, statefulSet, ordinal }, 4222);
      tunnels.push(tunnel);
      urls[pod] = tunnel.address;
    }
  }

  /** The files of a release, as a server finds them. */
  async function filesOf(mode: Mode): Promise<Record<string, string>> {
    const { name } = RELEASES[mode];
    const { data = {} } = (await namespace.get("configmap", `${name}-config`)) as { data?: Record<string, string> };
    const { values } = await outputs();
    return { [CONFIG]: data["nats.conf"] ?? "", ...secretFiles(values[mode]) };
  }

  /** Sets the digest that each server must have loaded. */
  async function verifyDigests(): Promise<void> {
    const entries = PODS.map(async ({ mode, pod }) => {
      const digest = digestOfFiles(await filesOf(mode), { SERVER_NAME: pod });
      return [pod, { mode, digest, monitoringUrl: `http://${pod}:8222` }] as const;
    });
    stack.config.servers = Object.fromEntries(await Promise.all(entries));
  }

  async function uids(): Promise<Record<string, string>> {
    const found = PODS.map(async ({ pod }) => {
      const { metadata } = (await namespace.get("pod", pod)) as { readonly metadata: { readonly uid: string } };
      return [pod, metadata.uid] as const;
    });
    return Object.fromEntries(await Promise.all(found));
  }

  async function reload(): Promise<void> {
    for (const { pod } of PODS) {
      await namespace.exec(pod, ["nats-server", "--signal", "reload=/var/run/nats/nats.pid"]);
    }
  }

  /** Waits until the files in each pod have arrived. A change of the pod itself makes Kubernetes update them at once. */
  async function filesArrived(): Promise<void> {
    const deadline = performance.now() + DEADLINE;
    for (const { mode, pod } of PODS) {
      const digest = digestOfFiles(await filesOf(mode), { SERVER_NAME: pod });
      await namespace.kubectl(["annotate", "pod", pod, `nats-auth-test=${digest.slice(-8)}`]);
      const printed = () => namespace.exec(pod, ["nats-server", "-t", "--config", CONFIG]);
      while (!(await printed()).includes(digest)) {
        assert.ok(performance.now() < deadline, `the configuration has not arrived in ${pod}`);
      }
    }
  }

  it("should start with the values, as one cluster whose digests are those of the rendered files", async () => {
    stack.config.releases = RELEASES;
    stack.config.namespace = namespace.name;
    stack.config.subjects = ["test"];
    stack.config.hubPassword = HUB_PASSWORD;
    stack.config.kubeconfigFile = join(stack.folder, "kubeconfig.json");
    await writeKubeconfig(await namespace.createAccount(ACCOUNT, [verificationRole()]));
    succeeded(await stack.preview());
    succeeded(await stack.up());
    await deploy();
    await openTunnels();
    await verifyDigests();
    succeeded(await stack.up());
    const { verified = {} } = await outputs();
    assert.deepEqual(
      Object.entries(verified).map(([name, { serverName, configuration, routes }]) => [
        name,
        serverName,
        configuration,
        routes.length,
      ]),
      PODS.map(({ pod }) => [pod, pod, "digest", PODS.length - 1]).sort(),
    );
  });

  /** Makes the verification compare accounts and users instead of digests. */
  function acceptAnyDigest(): void {
    const servers = Object.entries(stack.config.servers as Record<string, object>);
    stack.config.servers = Object.fromEntries(servers.map(([name, server]) => [name, { ...server, digest: "any" }]));
  }

  it("should be verified without digests, by its JWTs and the logins of its users", async () => {
    acceptAnyDigest();
    succeeded(await stack.up());
    const { verified = {} } = await outputs();
    assert.ok(Object.values(verified).every(({ configuration }) => configuration === "accounts"));
    await verifyDigests();
  });

  it("should not be verified again because of another token", async () => {
    succeeded(await stack.up());
    await writeKubeconfig(await namespace.kubeconfigOf(ACCOUNT));
    assert.equal(new Set(tokens).size, 2);
    succeeded(await stack.preview("--expect-no-changes"));
  });

  /** Updates the stack, which must fail. @param timeout of the verification @returns the output */
  async function outputOfFailure(timeout: string): Promise<string> {
    stack.config.timeout = timeout;
    try {
      return failed(await stack.up()).output;
    } finally {
      delete stack.config.timeout;
    }
  }

  it("should show a release that is scaled down in a refresh, and fail with the name of its pod", async () => {
    const missing = `servers.nats-static-0: cannot be reached: namespace "${namespace.name}" has no pod nats-static-0`;
    await namespace.kubectl(["scale", "statefulset/nats-static", "--replicas=0"]);
    try {
      await namespace.kubectl(["wait", "pod/nats-static-0", "--for=delete", "--timeout=60s"]);
      const refreshed = succeeded(await stack.refresh("--diff"));
      assert.ok(refreshed.output.replaceAll('\\"', '"').includes(missing), refreshed.output);
      const output = await outputOfFailure("3s");
      assert.ok(output.includes(missing), output);
      assert.match(output, /\[NA5088\]/);
    } finally {
      await namespace.kubectl(["scale", "statefulset/nats-static", "--replicas=1"]);
      await namespace.rolledOut("nats-static");
    }
    succeeded(await stack.up());
  });

  it("should connect with the hubs of the configuration", async () => {
    for (const { pod } of PODS) {
      const log = await namespace.kubectl(["logs", pod, "--container", "nats"]);
      assert.match(log, /Error trying to connect as leafnode to remote server "127\.0\.0\.1:1"/);
      assert.ok(!log.includes(HUB_PASSWORD));
    }
  });

  it("should let clients of both modes exchange messages, with the credentials of the Secrets in the cluster", async () => {
    const { secrets } = await outputs();
    const { "d-1": one, "d-2": other } = secrets.devices;
    const all = [secrets.a.test, secrets.b.test, one, other];
    await namespace.apply(JSON.stringify({ apiVersion: "v1", kind: "List", items: all }));
    const read = async ({ metadata }: PlainSecret, key: string) => {
      const { data = {} } = (await namespace.get("secret", metadata.name)) as { data?: Record<string, string> };
      return Buffer.from(data[key] ?? assert.fail(key), "base64").toString();
    };
    const responder = await clients.connect(urls["nats-static-0"] ?? "", bySeed(await read(secrets.a.test, "seed")));
    const requestor = await clients.connect(
      urls["nats-operator-1"] ?? "",
      byCreds(await read(secrets.b.test, "nats.creds")),
    );
    await answer(responder, "test", "from the static server");
    assert.equal((await ask(requestor, "test", "hello")).string(), "from the static server");
    const onStatic = await clients.connect(urls["nats-static-0"] ?? "", bySeed(await read(one, "seed")));
    const onOperator = await clients.connect(urls["nats-operator-0"] ?? "", byCreds(await read(other, "nats.creds")));
    await crosses(onStatic, onOperator, "devices");
    await crosses(onOperator, onStatic, "devices");
  });

  it("should reload a changed permission without a restart, and prove the new digest", async () => {
    const before = await uids();
    const { secrets } = await outputs();
    const client = () => clients.connect(urls["nats-static-0"] ?? "", bySeed(secrets.a.test.stringData.seed));
    assert.match(await publishRefusal(await client(), "more"), /permissions violation/i);
    const { servers } = stack.config;
    stack.config.subjects = ["test", "more"];
    delete stack.config.servers;
    // The outputs of an update that fails are those of the last one that succeeded.
    succeeded(await stack.up());
    stack.config.servers = servers;
    acceptAnyDigest();
    assert.match(await outputOfFailure("5s"), /\[NA508\d\]/);
    await deploy();
    await filesArrived();
    await reload();
    await verifyDigests();
    succeeded(await stack.up());
    assert.deepEqual(await uids(), before);
    const connection = await client();
    const received = connection.subscribe("more", { max: 1, timeout: RECEIVE_TIMEOUT });
    connection.publish("more", "hello");
    for await (const message of received) {
      assert.equal(message.string(), "hello");
    }
  });

  it("should replace every pod for a setting that is read at the start, without another step, and prove the new digest", async () => {
    await clients.close();
    const before = await uids();
    stack.config.maxSubscriptions = 10_000;
    delete stack.config.servers;
    succeeded(await stack.up());
    await deploy();
    const after = await uids();
    for (const { pod } of PODS) {
      assert.notEqual(after[pod], before[pod], pod);
    }
    await verifyDigests();
    succeeded(await stack.up());
    assert.match((await filesOf("static"))[CONFIG] ?? "", /max_subscriptions"?: 10000/);
  });

  it("should be rendered by the chart as the tests expect", async function () {
    if ((process.env.NATS_CHART ?? "") === "") {
      this.skip();
    }
    const { values } = await outputs();
    for (const mode of MODES) {
      const own = { [CONFIG]: renderConfig(values[mode]), ...secretFiles(values[mode]) };
      const environment = { SERVER_NAME: "pod" };
      assert.equal(digestOfFiles(own, environment), digestOfFiles(await filesOf(mode), environment));
    }
  });

  it("should keep every secret out of the ConfigMaps and of the transcript", async () => {
    const { secrets } = await outputs();
    const [, password = "?"] = /route:([0-9a-f]+)@/.exec((await filesOf("static"))[ROUTES] ?? "") ?? [];
    assert.equal(password.length, 64);
    const maps = await namespace.kubectl(["get", "configmaps,statefulsets", "--output", "json"]);
    for (const secret of [password, HUB_PASSWORD, secrets.a.test.stringData.seed ?? "?", ...tokens]) {
      assert.ok(!maps.includes(secret));
      assert.ok(!stack.transcript.includes(secret));
    }
    const state = await stack.rawState();
    assert.ok(tokens.length === 2 && !tokens.some((token) => state.includes(token)));
  });
});
