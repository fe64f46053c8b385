import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Tunnel } from "../../provider/servers/kubernetes/tunnel";
import { isPrivateCluster, Namespace, requirePrivateCluster, serverImage } from "../support/kubernetes";
import { openPodTunnel } from "../support/pod-tunnel";
import { Publishers } from "../support/publishers";
import { CHECKOUT, DECLARED, STEP_TIMEOUT, succeeded, testStack } from "../support/stack";
import { byCreds, bySeed, Clients, publishRefusal } from "../support/stack-clients";
import { MESSAGES, messagesIn, store } from "../support/stack-shape";
import { replaceOnce, useDocumentedContext, useWrittenProgram } from "../support/written-program";

const PODS = ["nats-operator-0", "nats-operator-1", "nats-operator-2", "nats-static-0"];
/** The folder of the chart, where it is at hand. */
const chart = process.env.NATS_CHART ?? "";
const CHART_ARGS = `      chart: "nats",
      version: "2.14.2",
      repositoryOpts: { repo: "https://nats-io.github.io/k8s/helm/charts/" },
`;

/** The complete program of the page that deploys the chart. */
async function documentedProgram(): Promise<string> {
  const page = await readFile(join(CHECKOUT, "docs/kubernetes.md"), "utf8");
  const [, section = assert.fail("no section")] = page.split("\n### A complete program\n");
  return /```ts\n([^]*?)```/.exec(section)?.[1] ?? assert.fail("no program");
}

/** What the cluster of the tests needs in the values: its image, the reloader in a folder of its node, and streams without volumes. */
const OF_THE_TESTS = `
function ofTheTests(values: any): object {
  const image = { fullImageName: ${JSON.stringify(serverImage())}, pullPolicy: "IfNotPresent" };
  const add = (path: string, value: object) => ({ op: "add", path, value });
  const volume = { name: "reloader", hostPath: { path: ${JSON.stringify(process.env.CONFIG_RELOADER)} } };
  const { config, podTemplate } = values;
  const jetstream = { ...config.jetstream, fileStore: { enabled: true, pvc: { enabled: false } } };
  return {
    ...values,
    container: { ...values.container, image },
    config: config.jetstream === undefined ? config : { ...config, jetstream },
    reloader: {
      image,
      merge: { command: ["/reloader/nats-server-config-reloader"] },
      patch: [add("/volumeMounts/-", { name: "reloader", mountPath: "/reloader", readOnly: true })],
    },
    podTemplate: { ...podTemplate, patch: [...(podTemplate.patch ?? []), add("/spec/volumes/-", volume)] },
  };
}
`;

describe("the program of docs/kubernetes.md that deploys the chart", function () {
  this.timeout(3 * STEP_TIMEOUT);
  const stack = testStack(DECLARED);
  const namespace = new Namespace();
  const clients = new Clients();
  const tunnels: Tunnel[] = [];
  let writeProgram: (program: string) => Promise<void>;
  let uids: Record<string, string>;

  before("a context with the name of the program", async function () {
    requirePrivateCluster(this);
    if (chart === "") {
      this.skip();
    }
    await useDocumentedContext(stack);
    writeProgram = await useWrittenProgram(stack);
  });

  after("nothing is left", async () => {
    await clients.close();
    tunnels.forEach((tunnel) => {
      tunnel.close();
    });
    if (isPrivateCluster()) {
      await namespace.remove();
    }
  });

  /** Writes the program, with the chart at hand. @param changes texts that take the place of others */
  async function write(changes: Readonly<Record<string, string>> = {}): Promise<void> {
    const all = {
      'const namespace = "nats";': `const namespace = ${JSON.stringify(namespace.name)};`,
      [CHART_ARGS]: `      chart: ${JSON.stringify(chart)},\n`,
      "      values: {\n": "      values: pulumi.output({\n",
      "      },\n      skipAwait": "      }).apply(ofTheTests),\n      skipAwait",
      ...changes,
    };
    const program = Object.entries(all).reduce(
      (text, [from, to]) => replaceOnce(text, from, to),
      await documentedProgram(),
    );
    await writeProgram(
      `import * as pulumi from "@pulumi/pulumi";\n${program}\nexport const { seed, creds } = a.users.test;\n${OF_THE_TESTS}`,
    );
  }

  const outputs = async () => (await stack.outputs()) as unknown as Readonly<Record<"seed" | "creds", string>>;

  /** Opens tunnels to pods. @returns their URLs */
  async function urlsOf(statefulSet: string, replicas: number): Promise<string[]> {
    const opened = Array.from({ length: replicas }, (_, ordinal) =>
      openPodTunnel({ namespace: namespace.name, statefulSet, ordinal }, 4222),
    );
    const all = await Promise.all(opened);
    tunnels.push(...all);
    return all.map(({ address }) => `nats://${address}`);
  }

  async function findUids(): Promise<Record<string, string>> {
    const { items } = JSON.parse(
      await namespace.kubectl(["get", "pods", "--selector=app.kubernetes.io/component=nats", "--output", "json"]),
    ) as { items: { metadata: { name: string; uid: string } }[] };
    return Object.fromEntries(items.map(({ metadata: { name, uid } }) => [name, uid]));
  }

  it("should deploy both releases as one cluster, which is verified, and change nothing when it runs again", async () => {
    await write();
    succeeded(await stack.preview());
    succeeded(await stack.up());
    uids = await findUids();
    assert.deepEqual(Object.keys(uids).sort(), PODS);
    succeeded(await stack.up("--refresh", "--expect-no-changes"));
  });

  it("should change permissions by reloads of the chart's reloader, and wait until every server has them", async () => {
    const { seed } = await outputs();
    const [url = ""] = await urlsOf("nats-static", 1);
    const client = await clients.connect(url, bySeed(seed));
    await write({ "users: { test: {} }": 'users: { test: { permissions: { publish: { allow: ["one"] } } } }' });
    succeeded(await stack.up());
    assert.match(await publishRefusal(client, "two"), /Permissions Violation/);
    assert.equal(clients.hasLost(client), false);
    assert.deepEqual(await findUids(), uids);
    await clients.close();
  });

  const JETSTREAM = {
    "accounts: [a] }": 'accounts: [a], jetstream: { memoryStorage: "64MiB", fileStorage: "64MiB" } }',
    "users: { test: {} }": "jetstream: {}, users: { test: {} }",
  };

  it("should turn on JetStream while no release is awaited", async () => {
    await write(JETSTREAM);
    succeeded(await stack.up());
  });

  it("should replace every pod, one at a time, and lose no message of a stream when releases are awaited", async () => {
    const servers = await urlsOf("nats-operator", 3);
    const options = { reconnect: true, reconnectTimeWait: 50, maxReconnectAttempts: -1, servers };
    const client = await clients.connect(servers[0] ?? "", byCreds((await outputs()).creds), options);
    assert.equal((await store(client, "S", 3)).length, 3);
    uids = await findUids();
    const publishers = new Publishers({ one: client }, "S.y");
    await write({
      ...JETSTREAM,
      "accounts: [a] }": JETSTREAM["accounts: [a] }"].replace("64MiB", "65MiB"),
      '      skipAwait: true, // until all servers have run once: see "Changes"\n': "",
    });
    succeeded(await stack.up());
    const { acknowledged, failures } = await publishers.stop();
    const now = await findUids();
    assert.ok(PODS.every((pod) => now[pod] !== uids[pod]));
    assert.deepEqual(failures, []);
    assert.ok(acknowledged > 0);
    assert.equal(await messagesIn(client, "S"), MESSAGES + acknowledged);
    await clients.close();
  });

  it("should leave nothing but its namespace when it is destroyed", async () => {
    succeeded(await stack.destroy());
    // Pods end in lame duck mode, for which Helm does not wait.
    const kinds = "statefulsets,services,poddisruptionbudgets";
    assert.equal(await namespace.kubectl(["get", kinds, "--output", "name"]), "");
  });
});
