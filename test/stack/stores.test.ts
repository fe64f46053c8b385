import assert from "node:assert/strict";
import type { NatsConnection } from "@nats-io/transport-node";
import { waitFor } from "../../provider/servers/log";
import { findRunningServers, sendSignal } from "../../provider/servers/process/process-table";
import { DECLARED, failed, STEP_TIMEOUT, succeeded, testStack, type StackOutputs } from "../support/stack";
import { byCreds, bySeed, Clients } from "../support/stack-clients";
import type { DeclaredAccount, Declaration } from "./programs/declared/declaration";
import { storeMessage } from "../support/streams";

const ACCOUNT: DeclaredAccount = { jetstream: {}, users: { test: {} } };
const declared = (account: DeclaredAccount, more: Declaration = {}): Declaration => ({
  accounts: { A: account, B: { jetstream: {} } },
  jetstream: { fileStorage: "64MiB", memoryStorage: "64MiB" },
  ...more,
});
const RELOAD_TIMEOUT = 10_000;

describe("streams of a stack", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED, { targets: ["process", "docker"] });
  const clients = new Clients();
  let outputs: StackOutputs;
  /** Messages that the stream must have. */
  let count = 0;

  before("a stream with messages", async () => {
    await stack.declare(declared(ACCOUNT));
    succeeded(await stack.up());
    outputs = await stack.outputs();
    const client = await onOperator();
    const stream = { name: "S", subjects: ["s.>"], storage: "file", num_replicas: 2 };
    assert.equal(
      (await client.request("$JS.API.STREAM.CREATE.S", JSON.stringify(stream))).json<Answer>().error,
      undefined,
    );
    await publish(client);
    await clients.close();
  });

  afterEach(() => clients.close());

  interface Answer {
    readonly error?: object;
    readonly state?: { readonly messages: number };
  }

  const onStatic = () => clients.connect(outputs.clientUrls.static, bySeed(outputs.seeds["A/test"]));
  const onOperator = () => clients.connect(outputs.clientUrls.operator, byCreds(outputs.creds["A/test"]));

  async function publish(client: NatsConnection): Promise<void> {
    await storeMessage(client, "s.x");
    count += 1;
  }

  async function messages(client: NatsConnection): Promise<number | undefined> {
    return (await client.request("$JS.API.STREAM.INFO.S", "", { timeout: 5_000 })).json<Answer>().state?.messages;
  }

  /** Asserts that the stream has all messages, and accepts more, whichever server a client is connected to. */
  async function assertUsable(): Promise<void> {
    for (const client of [await onStatic(), await onOperator()]) {
      assert.equal(await messages(client), count);
      await publish(client);
    }
  }

  it("should be reported as healthy by the verification", () => {
    assert.match(outputs.checked, /all 3 accounts; JetStream has a leader, and every stream is healthy$/);
  });

  it("should be a reason to refuse another cluster name, which is part of the servers' names", async () => {
    await stack.declare(declared(ACCOUNT, { clusterName: "other" }));
    const before = await stack.local.lives();
    for (const command of [() => stack.preview(), () => stack.up()]) {
      const { output } = failed(await command());
      assert.match(output, /clusterName = "other": .*clusterName: "nats"`.*nats account backup.*\[NA1720\]/);
    }
    assert.deepEqual(await stack.local.lives(), before);
  });

  it("should be a reason to refuse another system account", async () => {
    const seed = "SAANWFZ3JINNPERWT3ALE45U7GYT2ZDW6GJUIVPDKUF6GKAX6AISZJMAS4";
    const systemAccount = { name: "SYS", users: { sys: {} }, seed };
    await stack.declare(declared(ACCOUNT, { operator: { systemAccount } }));
    const { output } = failed(await stack.preview());
    assert.match(output, /operator\.systemAccount.*\[NA1722\]/);
  });

  it("should be a reason to refuse another target, which has other stores", async () => {
    await stack.declare(declared(ACCOUNT));
    stack.target = "docker";
    const { output } = failed(await stack.preview());
    stack.target = "process";
    assert.match(output, /target: .*\[NA1721\]/);
  });

  it("should be a reason to refuse that JetStream is taken from their account", async () => {
    await stack.declare(declared({ users: { test: {} } }));
    for (const command of [() => stack.preview(), () => stack.up()]) {
      const { output } = failed(await command());
      assert.match(output, /accounts\.A: .*: S \(R2, file, .*\[NA4061\]/);
    }
    await stack.declare(declared(ACCOUNT));
    succeeded(await stack.up());
    await assertUsable();
  });

  it("should stay replicated when their traffic changes, for which the preview shows a restart of the static server", async () => {
    await stack.declare(declared({ ...ACCOUNT, jetstream: { clusterTraffic: "owner" } }));
    const { output } = succeeded(await stack.preview("--diff"));
    assert.match(output, /\+ restarts *: "the static server, because clusterTraffic changes for \\"A\\""/);
    const before = await stack.local.lives();
    succeeded(await stack.up());
    const now = await stack.local.lives();
    assert.deepEqual([now.static.id, now.operator], [before.static.id, before.operator]);
    assert.notEqual(now.static.startedAt, before.static.startedAt);
    await assertUsable();
  });

  it("should be missed by a refresh, and loaded again by the next update, when someone took JetStream from one server", async () => {
    const reloads = async () => (await stack.local.log("static")).split("Reloaded server configuration").length;
    const before = await reloads();
    const config = (await stack.local.configuration("static"))["nats.conf"] ?? "";
    await stack.local.edit("static", config.replace(/^ {4}jetstream \{[^}]*\}\n/gm, ""));
    const edited = findRunningServers().find(
      ({ place }) => place.startsWith(stack.local.home) && place.includes("/static/"),
    );
    assert.ok(edited);
    sendSignal(edited, "SIGHUP");
    const hasReloaded = async () => ((await reloads()) > before ? true : undefined);
    assert.equal(await waitFor(hasReloaded, RELOAD_TIMEOUT), true);

    const { output } = succeeded(await stack.refresh("--diff"));
    assert.match(output, /~ condition *: "as declared" => "JetStream of the cluster nats is not healthy/);
    assert.match(output, /server nats-static: JetStream stream '\w+ > S' is not current/);
    succeeded(await stack.up());
    await assertUsable();
    succeeded(await stack.preview("--refresh", "--expect-no-changes"));
  });

  it("should be verified with a seed that is shown nowhere, and encrypted in the state", async () => {
    const resources = await stack.resources();
    const seed = resources.find(({ urn }) => urn.endsWith("::KO/check"))?.outputs?.seed;
    const details = resources.find(({ type }) => type.endsWith(":ClusterCheck"))?.outputs?.__details;
    assert.ok(typeof seed === "string" && seed === (details as { signer?: string }).signer);
    assert.ok(![await stack.rawState(), stack.transcript].some((text) => text.includes(seed)), "a seed is shown");
  });
});
