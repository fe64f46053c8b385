import assert from "node:assert/strict";
import type { CredsSecret, VerifiedServer } from "../../provider";
import { digestOfFiles } from "../../provider/config/config-digest";
import { renderConfig, podsOf, secretFiles, type PlainValues } from "../support/chart";
import { storedManifests } from "../support/chart-manifests";
import { helmTemplate, serverImage, testNamespace } from "../support/kubernetes";
import { CHART, failed, STEP_TIMEOUT, succeeded, testStack } from "../support/stack";
import { answer, ask, byCreds, bySeed, Clients, publishRefusal } from "../support/stack-clients";

type Mode = "static" | "operator";
type PlainSecret = Omit<CredsSecret, "stringData"> & { readonly stringData: Readonly<Record<string, string>> };

interface Outputs {
  readonly values: Readonly<Record<Mode, PlainValues>>;
  readonly secrets: Readonly<Record<"a" | "b", Readonly<Record<"test", PlainSecret>>>>;
  readonly verified?: Readonly<Record<string, VerifiedServer>>;
}

const RELEASES = { static: { name: "nats-static" }, operator: { name: "nats-operator", replicas: 2 } };
const MODES = ["static", "operator"] as const;
const PODS = MODES.flatMap((mode) => podsOf(RELEASES[mode]).map((pod) => ({ mode, pod })));
const CONFIG = "/etc/nats-config/nats.conf";
const ROUTES = "/etc/nats-auth/routes.conf";
const HUB_PASSWORD = "correct-horse";
const DEADLINE = 150_000;
const RECEIVE_TIMEOUT = 10_000;

describe("servers that the Helm chart of NATS deploys", function () {
  this.timeout(2 * STEP_TIMEOUT);
  const namespace = testNamespace();
  const stack = testStack(CHART);
  const clients = new Clients();
  const urls: Record<string, string> = {};

  const outputs = async () => (await stack.outputs()) as unknown as Outputs;

  /** The manifests of a release: of the chart if it is at hand, otherwise those that it rendered when the tests were written. */
  async function manifestsOf(mode: Mode, values: PlainValues): Promise<string> {
    const { name } = RELEASES[mode];
    const others = { natsBox: { enabled: false }, reloader: { enabled: false } };
    const { container = {} } = values as { readonly container?: object };
    const image = { fullImageName: serverImage(), pullPolicy: "IfNotPresent" };
    const all = { ...values, ...others, container: { ...container, image } };
    return (await helmTemplate(name, namespace.name, all)) ?? storedManifests(values, serverImage());
  }

  /** Deploys both releases, and waits for their pods. */
  async function deploy(): Promise<void> {
    const { values } = await outputs();
    for (const mode of MODES) {
      await namespace.apply(await manifestsOf(mode, values[mode]));
    }
    for (const mode of MODES) {
      await namespace.rolledOut(RELEASES[mode].name);
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
      return [pod, { mode, url: `nats://${urls[pod]}`, digest }] as const;
    });
    stack.config.servers = Object.fromEntries(await Promise.all(entries));
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
    succeeded(await stack.preview());
    succeeded(await stack.up());
    await deploy();
    for (const { pod } of PODS) {
      urls[pod] = await namespace.forward(pod, 4222);
    }
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

  it("should connect with the hubs of the configuration", async () => {
    for (const { pod } of PODS) {
      const log = await namespace.kubectl(["logs", pod, "--container", "nats"]);
      assert.match(log, /Error trying to connect as leafnode to remote server "127\.0\.0\.1:1"/);
      assert.ok(!log.includes(HUB_PASSWORD));
    }
  });

  it("should let clients of both modes exchange messages, with the credentials of the Secrets in the cluster", async () => {
    const { secrets } = await outputs();
    const all = [secrets.a.test, secrets.b.test];
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
  });

  it("should reload a changed permission without a restart, and prove the new digest", async () => {
    const before = await Promise.all(PODS.map(({ pod }) => namespace.get("pod", pod)));
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
    const { output } = failed(await stack.up());
    assert.match(output, /\[NA508\d\]/);
    await deploy();
    await filesArrived();
    await reload();
    await verifyDigests();
    succeeded(await stack.up());
    const uid = ({ metadata }: Record<string, unknown>) => (metadata as { readonly uid: string }).uid;
    const after = await Promise.all(PODS.map(({ pod }) => namespace.get("pod", pod)));
    assert.deepEqual(after.map(uid), before.map(uid));
    const connection = await client();
    const received = connection.subscribe("more", { max: 1, timeout: RECEIVE_TIMEOUT });
    connection.publish("more", "hello");
    for await (const message of received) {
      assert.equal(message.string(), "hello");
    }
  });

  it("should be rendered by the chart as the tests expect", async function () {
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
    for (const secret of [password, HUB_PASSWORD, secrets.a.test.stringData.seed ?? "?"]) {
      assert.ok(!maps.includes(secret));
      assert.ok(!stack.transcript.includes(secret));
    }
  });
});
