import assert from "node:assert/strict";
import type { NatsConnection } from "@nats-io/transport-node";
import { waitFor } from "../../provider/servers/log";
import { DECLARED, failed, STEP_TIMEOUT, succeeded, testStack, type StackOutputs } from "../support/stack";
import { byCreds, bySeed, Clients } from "../support/stack-clients";
import { describeOn, TARGETS } from "../support/stack-servers";
import { tokensOf } from "../support/stack-tokens";
import type { Declaration } from "./programs/declared/declaration";

const DECLARATION: Declaration = {
  accounts: {
    A: {
      jetstream: { fileStorage: "1MiB", memoryStorage: 0 },
      exports: [{ subject: "private.>", type: "service", importers: ["B"] }],
      users: { test: {} },
    },
    B: { imports: [{ account: "A", subject: "private.x", type: "service", localSubject: "x" }], users: { test: {} } },
  },
  jetstream: { fileStorage: "64MiB", memoryStorage: "64MiB" },
};

/** Milliseconds that two servers may take to agree who decides about streams. */
const ELECTION = 30_000;

describeOn(TARGETS, "a cluster with streams and a private export", function (target) {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED, { targets: [target] });
  const clients = new Clients();
  let outputs: StackOutputs;

  before("a deployed cluster", async () => {
    await stack.declare(DECLARATION);
    succeeded(await stack.up());
    outputs = await stack.outputs();
  });

  afterEach(() => clients.close());

  const onStatic = (user: string) => clients.connect(outputs.clientUrls.static, bySeed(outputs.seeds[user]));
  const onOperator = (user: string) => clients.connect(outputs.clientUrls.operator, byCreds(outputs.creds[user]));

  /** Sends a request to JetStream until it is answered. */
  async function asked<T>(client: NatsConnection, subject: string, body: object = {}): Promise<T> {
    const answer = await waitFor(
      () =>
        client.request(subject, JSON.stringify(body), { timeout: 2_000 }).then(
          (message) => message.json<T & { error?: { code: number } }>(),
          () => undefined,
        ),
      ELECTION,
    );
    assert.ok(answer !== undefined, `nobody answers ${subject}`);
    return answer;
  }

  it("should change nothing when it is deployed again", async () => {
    const tokens = tokensOf(await stack.resources());
    const { output } = succeeded(await stack.up());
    assert.match(output, /\d+ unchanged/);
    assert.deepEqual(tokensOf(await stack.resources()), tokens);
    succeeded(await stack.preview("--refresh", "--expect-no-changes"));
  });

  it("should let only the named account use the private export, across servers", async () => {
    const [a, b] = [await onStatic("A/test"), await onOperator("B/test")];
    a.subscribe("private.x", { callback: (_error, message) => void message.respond("answered") });
    await a.flush();
    const answer = await waitFor(
      () =>
        b.request("x", "", { timeout: 1_000 }).then(
          (message) => message.string(),
          () => undefined,
        ),
      ELECTION,
    );
    assert.equal(answer, "answered");
  });

  it("should keep stored messages when both servers are restarted", async () => {
    const stream = { name: "orders", subjects: ["orders.>"], storage: "file", num_replicas: 2, max_bytes: 1_000 };
    const created = await asked<{ error?: object }>(await onStatic("A/test"), "$JS.API.STREAM.CREATE.orders", stream);
    assert.equal(created.error, undefined);
    assert.deepEqual(await asked(await onOperator("A/test"), "orders.one"), { stream: "orders", seq: 1 });
    await clients.close();
    const changed = {
      ...DECLARATION,
      operator: { name: "renamed" },
      jetstream: { fileStorage: "65MiB", memoryStorage: 0 },
    };
    await stack.declare(changed);
    succeeded(await stack.up());
    const { state } = await asked<{ state: { messages: number } }>(
      await onOperator("A/test"),
      "$JS.API.STREAM.INFO.orders",
    );
    assert.equal(state.messages, 1);
    succeeded(await stack.preview("--refresh", "--expect-no-changes"));
  });

  it("should fail at the preview when an importer is not named, or JetStream is off in the cluster", async () => {
    const { A, B } = DECLARATION.accounts ?? {};
    const exports = [{ subject: "private.>", type: "service" as const, importers: [] }];
    await stack.declare({ accounts: { A: { ...A, exports }, ...(B && { B }) } });
    const { output } = failed(await stack.preview());
    assert.match(output, /accounts\[0\]\("A"\)\.jetstream: .*\[NA1707\]/);
    assert.match(output, /accounts\[1\]\("B"\)\.imports\[0\]\.subject = "private\.x": .*\[NA1523\]/);
  });
});
