import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { NatsConnection } from "@nats-io/transport-node";
import { createUser } from "nkeys.js";
import { DECLARED, STEP_TIMEOUT, succeeded, testStack, type StackOutputs } from "../support/stack";
import { byCreds, bySeed, Clients, crosses, refuses } from "../support/stack-clients";
import type { DeclaredAccount } from "./programs/declared/declaration";

type Side = "static" | "operator";

/** Milliseconds in which a message must have been heard, from before the update on. */
const HEAR_TIMEOUT = 60_000;
const PAUSE = 5;

describe("accounts and ports that are added and removed", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED);
  const clients = new Clients();
  const eager = new TextDecoder().decode(createUser().getSeed());
  const stays: DeclaredAccount = { users: { test: {} } };
  const comes: DeclaredAccount = { users: { eager: { seed: eager }, test: {} } };
  let outputs: StackOutputs;

  const connect = (user: string, side: Side) =>
    clients.connect(
      outputs.clientUrls[side],
      side === "static" ? bySeed(outputs.seeds[user]) : byCreds(outputs.creds[user]),
    );

  before("a deployed cluster", async () => {
    await stack.declare({ accounts: { stays } });
    succeeded(await stack.up());
    outputs = await stack.outputs();
  });

  it("should serve a new account, also to a client that connected before both servers had loaded it", async () => {
    await stack.declare({ accounts: { stays, comes } });
    const updating = stack.up();
    const early = await firstMoment(outputs.clientUrls.static, eager);
    const heard = early.subscribe("early.>", { max: 1, timeout: HEAR_TIMEOUT });
    await early.flush();
    succeeded(await updating);
    outputs = await stack.outputs();
    const onOperator = await connect("comes/test", "operator");
    await crosses(onOperator, await connect("comes/test", "static"), "late.one");
    await crosses(await connect("comes/test", "static"), onOperator, "late.two");
    onOperator.publish("early.news", "hello");
    for await (const message of heard) {
      assert.equal(message.string(), "hello");
    }
  });

  it("should add a user as in a saved plan, of which the preview knew no key", async () => {
    const plan = join(stack.folder, "plan.json");
    await stack.declare({ accounts: { stays: { users: { ...stays.users, added: {} } }, comes } });
    succeeded(await stack.preview("--diff", "--save-plan", plan));
    succeeded(await stack.up("--plan", plan));
    outputs = await stack.outputs();
    await crosses(await connect("stays/added", "operator"), await connect("stays/test", "static"), "planned");
  });

  it("should move a server to another port, with the same keys and creds", async () => {
    const before = await stack.servers.lives();
    const { staticPort } = stack.ports;
    stack.config.staticPort = stack.sparePort;
    succeeded(await stack.up());
    const { creds, seeds, clientUrls } = await stack.outputs();
    assert.deepEqual([creds, seeds], [outputs.creds, outputs.seeds]);
    assert.deepEqual((await stack.servers.lives()).operator, before.operator);
    await assert.rejects(clients.connect(`nats://127.0.0.1:${staticPort}`), /refused/i);
    outputs = { ...outputs, clientUrls };
    await crosses(await connect("stays/test", "static"), await connect("stays/test", "operator"), "moved");
  });

  it("should refuse only the users of a removed account", async () => {
    const others = [await connect("stays/test", "static"), await connect("stays/test", "operator")];
    const gone = [await connect("comes/test", "static"), await connect("comes/test", "operator")];
    await stack.declare({ accounts: { stays } });
    succeeded(await stack.up());
    assert.ok(gone.every((client) => clients.hasLost(client)));
    assert.ok(!others.some((client) => clients.hasLost(client)));
    await refuses(clients, outputs.clientUrls.static, bySeed(outputs.seeds["comes/test"]));
    await refuses(clients, outputs.clientUrls.operator, byCreds(outputs.creds["comes/test"]));
    succeeded(await stack.preview("--refresh", "--expect-no-changes"));
  });

  it("should hide the JWTs of an account and an operator that contain a secret", async () => {
    const hidden = "unheard of";
    await stack.declare({ accounts: { stays: { ...stays, description: hidden } } });
    succeeded(await stack.up());
    const plain = await claimsOf("stays");
    assert.ok((await stack.rawState()).includes(plain));
    await stack.declare({ accounts: { stays }, hidden });
    succeeded(await stack.up("--diff"));
    assert.equal(await claimsOf("stays"), plain, "a JWT of the same content stays");
    const state = await stack.rawState();
    for (const jwt of [plain, await claimsOf("KO")]) {
      assert.ok(!state.includes(jwt), "the JWT is in plain text");
    }
    assert.ok(!state.includes(hidden), "the secret is in plain text");
    succeeded(await stack.refresh());
    succeeded(await stack.up("--expect-no-changes"));
    assert.ok(!(await stack.rawState()).includes(plain));
  });

  /** Returns the JWT of an account or an operator in the state. */
  async function claimsOf(name: string): Promise<string> {
    const found = (await stack.resources()).find(({ urn }) => new RegExp(`Claims::${name}$`).test(urn));
    return String(found?.outputs?.jwt);
  }

  /** Tries to log in until the server accepts the user. */
  async function firstMoment(url: string, seed: string): Promise<NatsConnection> {
    for (;;) {
      try {
        return await clients.connect(url, bySeed(seed));
      } catch {
        await sleep(PAUSE);
      }
    }
  }
});
