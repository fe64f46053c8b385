import assert from "node:assert/strict";
import type { NatsConnection } from "@nats-io/transport-node";
import { DECLARED, STEP_TIMEOUT, succeeded, testStack, type StackOutputs } from "../support/stack";
import { byCreds, bySeed, Clients, refuses } from "../support/stack-clients";
import { changedResources } from "../support/stack-diff";
import type { DeclaredAccount, DeclaredSet } from "./programs/declared/declaration";

const SIDES = ["static", "operator"] as const;

describe("a set of users", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED);
  const clients = new Clients();
  let outputs: StackOutputs;
  let account: DeclaredAccount = {
    roles: { device: { permissions: { publish: { allow: ["{{tag(site)}}.>"] }, subscribe: { allow: ["_INBOX.>"] } } } },
  };

  const login = (of: StackOutputs, user: string, side: (typeof SIDES)[number]) =>
    side === "static" ? bySeed(of.seeds[`A/${user}`]) : byCreds(of.creds[`A/${user}`]);
  const both = (of: StackOutputs, user: string) =>
    Promise.all(SIDES.map((side) => clients.connect(of.clientUrls[side], login(of, user, side))));
  async function declare(set: Partial<DeclaredSet>, more: Partial<DeclaredAccount> = {}): Promise<void> {
    const present = account.sets?.devices ?? { role: "device", users: {} };
    account = { ...account, ...more, sets: { devices: { ...present, ...set } } };
    await stack.declare({ accounts: { A: account } });
  }
  async function up(): Promise<StackOutputs> {
    succeeded(await stack.up());
    outputs = await stack.outputs();
    return outputs;
  }

  let stays: NatsConnection[];

  before("a set of three users", async () => {
    await declare({ users: { "d-1": { tags: ["site:north"] }, "d-2": { tags: ["site:south"] }, "d-3": {} } });
    await up();
    stays = await both(outputs, "d-2");
  });

  it("should accept its users on both servers, and change nothing when it is updated again", async () => {
    await both(outputs, "d-1");
    const before = outputs;
    const { output } = succeeded(await stack.preview("--diff"));
    assert.deepEqual(changedResources(output), []);
    assert.deepEqual(await up(), before);
  });

  it("should preview a removed, a changed and a new user by name and public key, and no other", async () => {
    const old = outputs;
    const gone = await both(old, "d-1");
    await declare({ users: { "d-2": { tags: ["site:south"] }, "d-3": { tags: ["site:west"] }, "d-4": {} } });
    const { output } = succeeded(await stack.preview("--diff"));
    assert.deepEqual(changedResources(output), [
      "AccountClaims A",
      "ClusterCheck nats",
      "ClusterConfiguration nats",
      "ConfigurationAttempt nats",
      "UserSetKeys devices",
    ]);
    await up();
    assert.ok(gone.every((client) => clients.hasLost(client)));
    assert.ok(!stays.some((client) => clients.hasLost(client)));
    for (const side of SIDES) {
      await refuses(clients, old.clientUrls[side], login(old, "d-1", side));
    }
    await both(outputs, "d-3");
    await both(outputs, "d-4");
    assert.equal(outputs.creds["A/d-2"], old.creds["A/d-2"]);
    await refuses(clients, old.clientUrls.operator, login(old, "d-3", "operator"));
  });
});
