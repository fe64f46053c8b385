import assert from "node:assert/strict";
import { DECLARED, failed, STEP_TIMEOUT, succeeded, testStack, type StackOutputs } from "../support/stack";
import { byCreds, bySeed, Clients } from "../support/stack-clients";
import { seedOf } from "../support/keys";
import {
  assertHealthy,
  bucketConfig,
  StoredMessages,
  streamConfig,
  type StreamConfig,
} from "../support/stored-messages";
import type { Declaration, DeclaredAccount } from "./programs/declared/declaration";

const SIDES = ["static", "operator"] as const;

/** The streams that must survive every change. Those with one replica end up on either server. */
const STREAMS: readonly StreamConfig[] = [
  streamConfig("one", 1, "file"),
  streamConfig("another", 1, "file", { max_bytes: 1_000_000 }),
  streamConfig("two", 2, "file"),
  streamConfig("memory", 2, "memory"),
  bucketConfig("settings", 2),
];

const users = { stream: {}, stays: {} };
const A: DeclaredAccount = { jetstream: {}, users };
const OLD: DeclaredAccount = { jetstream: {}, users };
const LIMITED: DeclaredAccount = { jetstream: {}, users };
const BASE: Declaration = {
  accounts: { A, OLD, LIMITED },
  jetstream: { fileStorage: "256MiB", memoryStorage: "64MiB" },
};

/** Changes that servers reload, of the table in docs/operating.md: what can be added, and limits of streams. */
const RELOADED: Declaration = {
  ...BASE,
  routes: { rotation: { version: 2 } },
  accounts: {
    A: {
      description: "changed",
      tags: ["changed"],
      jetstream: { fileStorage: "64MiB", streams: 10, consumers: 10, maxAckPending: 5_000 },
      limits: { connections: 100, subscriptions: 1_000 },
      defaultPermissions: { publish: { deny: ["secret"] } },
      exports: [{ subject: "ask.>", type: "service" }],
      roles: { reader: { permissions: { subscribe: { allow: ["news.>"] } } } },
      users: {
        ...users,
        added: { permissions: { publish: { allow: ["news.a"] } } },
        reads: { role: "reader" },
      },
    },
    OLD,
    LIMITED,
    NEW: { imports: [{ account: "A", subject: "ask.>", type: "service" }], users: { new: {} } },
  },
};

/** The same accounts with other permissions, users that join and leave a role and become bearers, and other settings of servers. */
const PERMITTED: Declaration = {
  ...RELOADED,
  settings: { maxPayload: "2MiB" },
  // A bearer logs in to the operator server alone.
  parity: { mode: "lenient" },
  accounts: {
    ...RELOADED.accounts,
    A: {
      ...RELOADED.accounts?.A,
      roles: { reader: { permissions: { subscribe: { allow: ["news.>", "more.>"] } } } },
      users: {
        stream: {},
        stays: { role: "reader" },
        added: { permissions: { publish: { allow: ["news.a", "news.b"] } } },
        reads: { bearer: true },
      },
    },
  },
};

/** Less than that: reduced permissions, fewer connections than there are, and revocations. */
function reduced(publicKey: string): Declaration {
  return {
    ...PERMITTED,
    accounts: {
      ...PERMITTED.accounts,
      A: {
        ...PERMITTED.accounts?.A,
        limits: { connections: CONNECTIONS },
        revocations: { [publicKey]: "2999-01-01T00:00:00Z", "*": "2020-01-01T00:00:00Z" },
        users: {
          ...PERMITTED.accounts?.A?.users,
          added: { permissions: { publish: { allow: ["news.b"] } } },
        },
      },
    },
  };
}

/** The clients that an account may have on each server. */
const CONNECTIONS = 4;

/** Takes back what {@link RELOADED} added, and lowers limits below the present use. */
const LOWERED: Declaration = {
  ...BASE,
  routes: { rotation: { version: 2 } },
  accounts: {
    A: {
      name: "Alpha",
      limits: { connections: 50 },
      jetstream: { memoryStorage: "32MiB" },
      users,
    },
    OLD,
    LIMITED: { ...LIMITED, jetstream: { fileStorage: 1, streams: 1, consumers: 1 } },
  },
};

/** Changes that restart both servers. */
const RESTARTED = {
  ...BASE,
  settings: { maxPending: "32MiB" },
  operator: { name: "renamed", rotation: { version: 2 } },
  jetstream: { fileStorage: "128MiB", memoryStorage: "32MiB" },
  routes: { rotation: { version: 2 } },
} satisfies Declaration;

/** Limits by tiers, for which the operator server restarts. */
const TIERED: DeclaredAccount = { jetstream: { tiers: { R1: {}, R2: { fileStorage: "1MiB" } } }, users };
const PARITY = { accept: { "LIMITED.jetstream.tiers": "Clients of the account do not create streams." } };

describe("streams of a cluster that changes", function () {
  this.timeout(2 * STEP_TIMEOUT);
  const stack = testStack(DECLARED);
  const clients = new Clients();
  const kept = new StoredMessages();
  const limited = new StoredMessages();
  let outputs: StackOutputs;

  before("streams with messages and consumers", async () => {
    await stack.declare(BASE);
    succeeded(await stack.up());
    outputs = await stack.outputs();
    await kept.create(await connect("A/stream", "static"), STREAMS);
    await limited.create(await connect("LIMITED/stream", "operator"), [streamConfig("full", 2, "file")]);
    const old = new StoredMessages();
    await old.create(await connect("OLD/stream", "operator"), [streamConfig("history", 2, "file")]);
    await old.publish(await connect("OLD/stream", "static"));
    await publishAll();
  });

  afterEach(() => clients.close());

  const connect = (user: string, side: (typeof SIDES)[number]) =>
    clients.connect(
      outputs.clientUrls[side],
      side === "static" ? bySeed(outputs.seeds[user]) : byCreds(outputs.creds[user]),
    );

  async function publishAll(): Promise<void> {
    for (const side of SIDES) {
      await kept.publish(await connect("A/stream", side));
    }
    await limited.publish(await connect("LIMITED/stream", "operator"));
  }

  /** Asserts that nothing is lost, that both servers are healthy, and that streams can be used from both. */
  async function assertKept(): Promise<void> {
    outputs = await stack.outputs();
    await assertHealthy(await connect("SYS/sys", "operator"));
    for (const side of SIDES) {
      const client = await connect("A/stream", side);
      await kept.assertKept(client);
      await kept.publish(client);
      await kept.consume(client);
    }
    await limited.assertKept(await connect("LIMITED/stream", "operator"));
    await assertHealthy(await connect("SYS/sys", "operator"));
  }

  async function update(declaration: Declaration): Promise<void> {
    await stack.declare(declaration);
    succeeded(await stack.up());
    await assertKept();
  }

  it("should be kept by changes that servers reload", async () => {
    await update(RELOADED);
  });

  it("should be kept by changes of users and roles that servers reload, by revocations, and when clients must go", async () => {
    const lives = await stack.servers.lives();
    await update(PERMITTED);
    const many = Array.from({ length: CONNECTIONS + 2 }, () => connect("A/stays", "static"));
    const connected = await Promise.all(many);
    await stack.declare(reduced(outputs.publicKeys["A/reads"] ?? ""));
    succeeded(await stack.up());
    assert.ok(connected.some((client) => clients.hasLost(client)));
    await clients.close();
    await assertKept();
    assert.deepEqual(await stack.servers.lives(), lives);
  });

  it("should be kept when limits are lowered below their size, and be usable when they are raised again", async () => {
    await update(LOWERED);
    const client = await connect("LIMITED/stream", "operator");
    const answer = await client.request("full.message", "more");
    assert.equal(answer.json<{ error?: { err_code: number } }>().error?.err_code, 10_002);
  });

  it("should be kept when both servers restart, with other limits, names and keys of the operator", async () => {
    await update(RESTARTED);
    await limited.publish(await connect("LIMITED/stream", "static"));
  });

  it("should be a reason to refuse what loses them, before a server is changed", async () => {
    const lives = await stack.servers.lives();
    await stack.declare({
      ...RESTARTED,
      accounts: { A: { ...A, jetstream: { maxBytesRequired: true } }, LIMITED: { users } },
    });
    for (const { output } of [failed(await stack.preview()), failed(await stack.up())]) {
      assert.match(output, /accounts\.OLD: .*history \(R2, file, 1 message, 1 consumer\).*\[NA4060\]/);
      assert.match(output, /accounts\.LIMITED: .*full \(R2, .*\[NA4061\]/);
      assert.match(output, /accounts\.A\.jetstream\.maxBytesRequired: .*"memory", "one", "two".*\[NA1730\]/);
    }
    await stack.declare({
      ...BASE,
      operator: { systemAccount: { seed: seedOf("account", "other"), users: { sys: {} } } },
    });
    assert.match(failed(await stack.preview()).output, /\[NA1722\]/);
    await stack.declare({ accounts: { A: { users }, OLD: { users }, LIMITED: { users } } });
    assert.match(failed(await stack.preview()).output, /accounts\.A: .*one \(R1, file.*\[NA4062\]/);
    await stack.declare(RESTARTED);
    assert.deepEqual(await stack.servers.lives(), lives);
    await assertKept();
  });

  it("should be deleted where the program gives them up, and nowhere else", async () => {
    const declaration = { ...RESTARTED, accounts: { A, LIMITED }, discardStreams: ["OLD"] };
    await stack.declare(declaration);
    const preview = succeeded(await stack.preview("--diff"));
    assert.match(preview.output, /discarded.*OLD: history \(R2, file, 1 message, 1 consumer\)/);
    await update(declaration);
    await update({ ...RESTARTED, accounts: { A, OLD, LIMITED: TIERED }, parity: PARITY, discardStreams: ["OLD"] });
    await limited.publish(await connect("LIMITED/stream", "static"));
    const client = await connect("OLD/stream", "operator");
    const info = (await client.request("$JS.API.STREAM.NAMES", "")).json<{ total: number }>();
    assert.equal(info.total, 0);
  });

  it("should be deleted with JetStream of the cluster, which can then be renamed and run JetStream again", async () => {
    const { operator, routes } = RESTARTED;
    const discardStreams = ["A", "LIMITED"];
    await stack.declare({ operator, routes, accounts: { A: { users }, LIMITED: { users } }, discardStreams });
    succeeded(await stack.up());
    await stack.declare({ ...RESTARTED, accounts: { A, LIMITED }, clusterName: "renamed" });
    succeeded(await stack.up());
    outputs = await stack.outputs();
    await assertHealthy(await connect("SYS/sys", "operator"));
    const streams = new StoredMessages();
    await streams.create(await connect("A/stream", "static"), [streamConfig("two", 2, "file")]);
    await streams.publish(await connect("A/stream", "operator"));
  });
});
