import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { NatsConnection } from "@nats-io/transport-node";
import type { CredsSecret, NackAccount } from "../../provider";
import { covers } from "../../provider/model/subjects/subjects";
import { waitFor } from "../../provider/servers/log";
import { writeTlsSecret } from "../support/cert-manager";
import { Authority, type Issued } from "../support/certificates";
import { isPrivateCluster, requirePrivateCluster, serverImage } from "../support/kubernetes";
import { Nack, NackDefinitions, type NackResource } from "../support/nack";
import { readBlocks } from "../support/page-blocks";
import { podStack } from "../support/pod-stack";
import { CHECKOUT, STEP_TIMEOUT, succeeded } from "../support/stack";
import { byCreds, Clients } from "../support/stack-clients";
import { storeMessage } from "../support/streams";
import { replaceOnce, useWrittenProgram } from "../support/written-program";

/** Milliseconds in which NACK notices a change. */
const TIMEOUT = 60_000;
/** Secrets with the authority of the servers and a certificate, and with another authority. */
const [CERTIFICATE, OTHER_CA] = ["nats-client", "other-ca"];

/** The subjects to which servers publish in an account: their answers, and what they report. */
const OF_SERVERS = /^(_INBOX|\$JS\.EVENT)\./;

/** What the engine needs to manage resources of NACK. */
const RESOURCES = `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: resources
rules:
  - apiGroups: ["jetstream.nats.io"]
    resources: ["*"]
    verbs: ["*"]
`;

/** What JetStream answers about a stream or a consumer. */
interface Reply {
  readonly config?: Readonly<Record<string, unknown>>;
  readonly state?: { readonly messages: number };
  readonly success?: boolean;
}

interface Outputs {
  readonly creds: Readonly<Record<"test" | "other", string>>;
  /** The subjects to which NACK may publish. */
  readonly allowed: readonly string[];
  /** Objects beside those of the page, by the way in which NACK runs. */
  readonly objects: Readonly<Record<"control" | "legacy", readonly (CredsSecret | NackAccount)[]>>;
}

/** Returns the blocks of the page: the account, and its objects in Kubernetes. */
function documented(): Readonly<Record<"account" | "objects" | "allowed", string>> {
  const page = readFileSync(join(CHECKOUT, "docs/kubernetes.md"), "utf8");
  const [, section = assert.fail("no section")] = /^## NACK$([^]*?)^## /m.exec(page) ?? [];
  const [account = assert.fail(), objects = assert.fail()] = readBlocks(section, "ts").map(({ lines }) =>
    lines.join("\n"),
  );
  const [, allowed = assert.fail("no permissions")] = /allow: (\[\n[^]*?^ {10}\]),$/m.exec(account) ?? [];
  return { account, objects, allowed };
}

function streamOf(account: string, name: string, more: object = {}): NackResource {
  const spec = { account, name: name.toUpperCase(), subjects: [`${name}.>`], storage: "memory", ...more };
  return { kind: "Stream", name, spec };
}

describe("NACK, with the program of docs/kubernetes.md", function () {
  this.timeout(2 * STEP_TIMEOUT);
  const stack = podStack();
  const definitions = new NackDefinitions();
  const [control, legacy] = [new Nack(), new Nack()];
  const clients = new Clients();
  let write: (program: string) => Promise<void>;
  let authority: Authority;
  let certificate: Issued;

  /** Writes the program. @param isLater whether the user has new credentials and one more permission, and the stream another limit */
  async function declare(isLater: boolean): Promise<void> {
    const { account, objects, allowed } = documented();
    const { name } = stack.namespace;
    const cluster = {
      image: serverImage(),
      target: { kubernetes: stack.targetOf({ jetstream: {} }) },
      servers: { static: { mode: "static" }, operator: { mode: "operator", replicas: 2 } },
      jetstream: { fileStorage: "64MiB", memoryStorage: "64MiB" },
      tls: { certificate: certificate.cert, key: certificate.key, ca: authority.cert, clients: { verify: true } },
    };
    const nack = isLater ? 'nack: { rotation: { version: 2, overlap: "none" },' : "nack: {";
    const ownAccount = replaceOnce(account, "nack: {", `test: {}, ${nack}`);
    const server = 'nats://nats-operator.nats.svc:4222"]';
    const ownServer = `nats://nats-operator.${name}.svc:4222"], tls: { secretName: "${CERTIFICATE}" }`;
    const ownObjects = replaceOnce(objects, server, ownServer);
    await write(`
      import * as kubernetes from "@pulumi/kubernetes";
      import { Account, credsSecrets, MixedAuthCluster, nackAccount, Operator } from "pulumi-nats-auth";

      const operator = new Operator("KO", { systemAccount: { users: { sys: {} } } });
      ${isLater ? replaceOnce(ownAccount, "allow: [\n", 'allow: ["$JS.API.INFO",\n') : ownAccount}
      const other = new Account("other", { operator, jetstream: {}, users: { test: {}, nack: {} } });
      const cluster = new MixedAuthCluster("nats", { operator, accounts: [orders, other], ...${JSON.stringify(cluster)} });
      ${replaceOnce(ownObjects, '"file"', isLater ? '"file", maxMsgs: 1000' : '"file"').replaceAll("apps", control.namespace.name)}
      export const clientUrls = cluster.clientUrls;
      export const creds = { test: orders.users.test.creds, other: other.users.test.creds };
      export const allowed = ${allowed};

      const { nack: elsewhere } = credsSecrets(orders, { namespace: "${legacy.namespace.name}", users: ["nack"] });
      const { nack: permitted } = credsSecrets(other, { namespace: "${control.namespace.name}", users: ["nack"] });
      const at = (mode, secretName) =>
        ({ mode, servers: [\`tls://nats-\${mode}.${name}.svc:4222\`], tls: { secretName } });
      export const objects = {
        control: [
          nackAccount(nack, { name: "static", ...at("static", "${CERTIFICATE}") }),
          nackAccount(nack, { name: "distrusting", ...at("operator", "${OTHER_CA}") }),
          permitted,
          nackAccount(permitted, { name: "other", ...at("operator", "${CERTIFICATE}") }),
        ],
        legacy: [
          elsewhere,
          nackAccount(elsewhere, { name: "operator", ...at("operator", "${CERTIFICATE}") }),
          nackAccount(elsewhere, { name: "static", ...at("static", "${CERTIFICATE}") }),
        ],
      };`);
  }

  const outputs = async () => (await stack.outputs()) as unknown as Outputs;

  before("NACK", async function () {
    requirePrivateCluster(this);
    await definitions.create();
    await control.start("--control-loop", "--crd-connect", "--sync-interval=5s");
    await legacy.start("--crd-connect", "--cleanup-period=2s");
    for (const { namespace } of [control, legacy]) {
      await stack.permitIn(namespace);
      await namespace.bindRoles(stack.account, [RESOURCES]);
    }
    authority = await Authority.create();
    const { name } = stack.namespace;
    const hosts = [`*.nats.${name}.svc`, `nats-static.${name}.svc`, `nats-operator.${name}.svc`];
    certificate = await authority.issue({ hosts });
    await writeTlsSecret(legacy.namespace, authority, CERTIFICATE, ["nack"]);
    await writeTlsSecret(control.namespace, authority, CERTIFICATE, ["nack"]);
    await control.trust(OTHER_CA, await Authority.create());
    write = await useWrittenProgram(stack);
  });

  after("nothing of NACK is left", async () => {
    if (isPrivateCluster()) {
      const removals = [control.remove(), legacy.remove()];
      await Promise.allSettled(removals);
      await definitions.remove();
      await Promise.all(removals);
    }
  });

  /** Creates or changes the objects beside those of the page. */
  async function applyObjects(): Promise<void> {
    const { objects } = await outputs();
    const list = (items: readonly unknown[]) => JSON.stringify({ apiVersion: "v1", kind: "List", items });
    await control.namespace.apply(list(objects.control));
    await legacy.namespace.apply(list(objects.legacy));
  }

  async function connect(creds: string | undefined): Promise<NatsConnection> {
    const tls = { ...certificate, ca: authority.cert, host: `nats-operator.${stack.namespace.name}.svc` };
    return clients.connect(await stack.urlOf("operator-0"), byCreds(creds), { tls });
  }

  const connectAs = async (user: "test" | "other") => connect((await outputs()).creds[user]);

  async function ask<T = Reply>(client: NatsConnection, subject: string): Promise<T> {
    return (await client.request(`$JS.API.${subject}`, "", { timeout: 10_000 })).json<T>();
  }

  /** Waits until JetStream answers as expected. */
  async function until(client: NatsConnection, subject: string, isExpected: (reply: Reply) => boolean): Promise<void> {
    const find = async () => (isExpected(await ask(client, subject)) ? true : undefined);
    assert.equal(await waitFor(find, TIMEOUT), true, subject);
  }

  it("should log in with creds and a certificate, create the stream and the consumer, and change nothing when it is updated again", async () => {
    await declare(false);
    succeeded(await stack.up());
    const client = await connectAs("test");
    const { name, subjects, storage, num_replicas } = (await ask(client, "STREAM.INFO.EVENTS")).config ?? {};
    const declared = { name: "EVENTS", subjects: ["orders.>"], storage: "file", num_replicas: 3 };
    assert.deepEqual({ name, subjects, storage, num_replicas }, declared);
    assert.equal((await ask(client, "CONSUMER.INFO.EVENTS.shipping")).config?.ack_policy, "explicit");
    await storeMessage(client, "orders.one");
    assert.equal((await ask(client, "STREAM.INFO.EVENTS")).state?.messages, 1);
    assert.equal((await ask<{ total: number }>(await connectAs("other"), "STREAM.NAMES")).total, 0);
    succeeded(await stack.up("--refresh", "--expect-no-changes"));
  });

  it("should log in to a server in static mode", async () => {
    await applyObjects();
    await control.apply(streamOf("static", "static", { preventDelete: true }));
    await control.ready("stream/static");
    await storeMessage(await connectAs("test"), "static.one");
  });

  it("should log in with creds without its control loop, and show a seed in place of using it", async () => {
    await legacy.apply(streamOf("operator", "legacy"), streamOf("operator", "left"), streamOf("static", "seed"));
    await legacy.ready("stream/legacy");
    await storeMessage(await connectAs("test"), "legacy.one");
    // It takes the seed for the name of a file. The assertion does not show it as well.
    assert.ok((await legacy.failure("stream", "seed"))?.includes("error opening nkey file SU"));
  });

  it("should not log in to servers that it does not trust", async () => {
    await control.apply(streamOf("distrusting", "distrusting"));
    assert.match((await control.failure("stream", "distrusting")) ?? "", /certificate signed by unknown authority/);
    await control.ready("account/distrusting");
  });

  it("should show a missing permission in its log, and wait in vain for the answer", async () => {
    await control.apply({ kind: "KeyValue", name: "kv", spec: { account: "static", bucket: "kv" } });
    assert.match((await control.failure("keyvalue", "kv")) ?? "", /context deadline exceeded/);
    assert.match(await control.log(), /Permissions Violation for Publish to "\$JS\.API\.INFO"/);
  });

  it("should need every permission of the page, and no other for streams and consumers", async () => {
    // Nothing else logs in to this account, in which everything is permitted.
    const client = await connectAs("other");
    const used = new Set<string>();
    const tap = client.subscribe(">", { callback: (_error, { subject }) => void used.add(subject) });
    await client.flush();
    for (const description of ["one", "two"]) {
      const consumer = { streamName: "LIFE", durableName: "life", filterSubject: "life.x", description };
      await control.apply(streamOf("other", "life", { description }));
      await control.ready("stream/life");
      await control.apply({ kind: "Consumer", name: "life", spec: { account: "other", ...consumer } });
      await control.ready("consumer/life");
    }
    await control.delete("consumer/life", "stream/life");
    const last = ["$JS.API.CONSUMER.DELETE.LIFE.life", "$JS.API.STREAM.DELETE.LIFE"];
    const haveArrived = () => Promise.resolve(last.every((subject) => used.has(subject)) || undefined);
    assert.equal(await waitFor(haveArrived, TIMEOUT), true, [...used].join(", "));
    tap.unsubscribe();
    const { allowed } = await outputs();
    const needed = [...used]
      .filter((subject) => !OF_SERVERS.test(subject))
      .map((subject) => allowed.find((pattern) => covers(pattern, subject)) ?? subject);
    assert.deepEqual([...new Set(needed)].sort(), allowed.toSorted());
  });

  it("should log in with the credentials that a rotation writes into the Secret, without a restart", async () => {
    const [secret] = (await outputs()).objects.legacy as unknown as { stringData: Record<string, string> }[];
    await declare(true);
    succeeded(await stack.up());
    await assert.rejects(connect(secret?.stringData["nats.creds"]), /authorization violation/i);
    const client = await connectAs("test");
    await until(client, "STREAM.INFO.EVENTS", ({ config }) => config?.max_msgs === 1000);
    // Its resource does not change.
    assert.equal((await ask(client, "STREAM.DELETE.STATIC")).success, true);
    await until(client, "STREAM.INFO.STATIC", ({ config }) => config !== undefined);
    await applyObjects();
    await legacy.apply(streamOf("operator", "legacy", { maxMsgs: 10 }));
    await until(client, "STREAM.INFO.LEGACY", ({ config }) => config?.max_msgs === 10);
  });

  it("should create key-value stores with one more permission, and object stores without it", async () => {
    const spec = { account: "static", bucket: "kv" };
    await control.apply({ kind: "KeyValue", name: "kv", spec: { ...spec, description: "permitted" } });
    await control.apply({ kind: "ObjectStore", name: "files", spec: { ...spec, bucket: "files" } });
    await control.ready("keyvalue/kv");
    await control.ready("objectstore/files");
  });

  it("should delete a stream with its resource, unless that prevents it", async () => {
    const client = await connectAs("test");
    await control.delete("stream/static");
    assert.equal((await ask(client, "STREAM.INFO.STATIC")).config?.name, "STATIC");
    await legacy.delete("stream/legacy");
    await until(client, "STREAM.INFO.LEGACY", ({ config }) => config === undefined);
  });

  it("should give up without its control loop, also if the account of a deleted stream is gone", async () => {
    const failures = /"Unhandled Error" err="failed to process stream: .* error opening nkey file/g;
    const count = async (...flags: string[]) => [...(await legacy.log(...flags)).matchAll(failures)].length;
    // A further attempt would follow within ten seconds.
    const countAtEnd = async () => ((await count("--since=20s")) === 0 ? count() : undefined);
    assert.equal(await waitFor(countAtEnd, TIMEOUT), 11);
    await legacy.delete("account/operator", "stream/left");
    // Its log is wrong.
    const hasEnded = async () => /deleted stream \S+\/left from JetStream/.test(await legacy.log()) || undefined;
    assert.equal(await waitFor(hasEnded, TIMEOUT), true);
    assert.equal((await ask(await connectAs("test"), "STREAM.INFO.LEFT")).config?.name, "LEFT");
  });

  it("should delete the stream and the consumer of the program that is destroyed", async () => {
    await clients.close();
    succeeded(await stack.destroy());
    const left = await control.namespace.kubectl(["get", "accounts,streams,consumers,secrets", "--output", "name"]);
    assert.doesNotMatch(left, /orders|events|shipping/);
  });
});
