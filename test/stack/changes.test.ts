import assert from "node:assert/strict";
import type { NatsConnection } from "@nats-io/transport-node";
import { DECLARED, STEP_TIMEOUT, succeeded, testStack, type StackOutputs } from "../support/stack";
import { answer, ask, byCreds, bySeed, Clients, crosses, publishRefusal, refuses } from "../support/stack-clients";
import { changedResources } from "../support/stack-diff";
import type { Declaration, DeclaredAccount } from "./programs/declared/declaration";

const SIDES = ["static", "operator"] as const;
type Side = (typeof SIDES)[number];

/** What a change of who may do what touches: one account's claims, what the servers run with, and the check of that. */
const CHANGE_OF_A = ["AccountClaims A", "ClusterCheck nats", "ClusterConfiguration nats", "ConfigurationAttempt nats"];

/** Lines that a preview of one small change may have. */
const SCREEN_LINES = 50;

const A: DeclaredAccount = {
  exports: [{ subject: "test", type: "service" }],
  users: {
    test: { permissions: { publish: { allow: ["_INBOX.>", "test.>"] }, subscribe: { allow: ["_INBOX.>", "test.>"] } } },
    stays: {},
    leaves: {},
  },
};
const B: DeclaredAccount = { imports: [{ account: "A", subject: "test", type: "service" }], users: { test: {} } };

describe("changes of a deployed cluster", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED);
  const clients = new Clients();
  let accounts: Record<string, DeclaredAccount> = { A, B };
  let outputs: StackOutputs;
  let lives: Awaited<ReturnType<typeof stack.servers.lives>>;
  const bystanders: NatsConnection[] = [];

  const login = (user: string, side: Side) =>
    side === "static" ? bySeed(outputs.seeds[user]) : byCreds(outputs.creds[user]);
  const connect = (user: string, side: Side) => clients.connect(outputs.clientUrls[side], login(user, side));

  /** The same program with other accounts. */
  async function change(changes: Record<string, DeclaredAccount>): Promise<void> {
    accounts = { ...accounts, ...changes };
    const declaration: Declaration = { accounts };
    await stack.declare(declaration);
  }

  before("a deployed cluster with clients on both servers", async () => {
    await change({});
    succeeded(await stack.up());
    outputs = await stack.outputs();
    lives = await stack.servers.lives();
    for (const side of SIDES) {
      bystanders.push(await connect("A/stays", side), await connect("B/test", side), await connect("SYS/sys", side));
    }
  });

  afterEach("no server was restarted or replaced, and no client that may stay was disconnected", async () => {
    assert.deepEqual(await stack.servers.lives(), lives);
    assert.ok(!bystanders.some((client) => clients.hasLost(client)));
  });

  describe("when lists have another order and duplicate subjects", () => {
    before(async () => {
      const { test, ...others } = A.users ?? {};
      const allow = ["test.>", "_INBOX.>", "test.>"];
      await change({
        B: { ...B },
        A: { ...A, users: { ...others, test: { ...test, permissions: { subscribe: { allow }, publish: { allow } } } } },
      });
    });

    it("should change nothing", async () => {
      const { output } = succeeded(await stack.preview("--diff", "--expect-no-changes"));
      assert.deepEqual(changedResources(output), []);
    });
  });

  describe("when a permission is added", () => {
    const publish = { allow: ["_INBOX.>", "news.>", "test.>"] };
    let operatorClient: NatsConnection;
    let staticClient: NatsConnection;

    before(async () => {
      staticClient = await connect("A/test", "static");
      operatorClient = await connect("A/test", "operator");
      const { test, ...others } = A.users ?? {};
      await change({
        A: { ...A, users: { ...others, test: { permissions: { ...test?.permissions, publish } } } },
      });
    });

    it("should show it on one screen, as a line of that account's claims and of the static configuration", async () => {
      const { output } = succeeded(await stack.preview("--diff"));
      assert.deepEqual(changedResources(output), CHANGE_OF_A);
      assert.ok(output.trim().split("\n").length <= SCREEN_LINES, output);
      assert.match(output, /\n +\+ +users\.test\.permissions\.publish\.allow "news\.>"\n/);
      assert.match(output, /- +allow: \["_INBOX.>", "test.>"\]\n +\+ +allow: \["_INBOX.>", "news.>", "test.>"\]/);
    });

    it("should be enforced after the update, with the user's old credentials", async () => {
      assert.match(await publishRefusal(staticClient, "news.today"), /Permissions Violation/);
      assert.match(await publishRefusal(operatorClient, "news.today"), /Permissions Violation/);
      const { output } = succeeded(await stack.up());
      assert.match(output, /~ 5 updated/);
      assert.deepEqual((await stack.outputs()).creds, outputs.creds);
      for (const side of SIDES) {
        const publisher = await connect("A/test", side);
        for (const [index, subscriber] of [bystanders[0], bystanders[3]].entries()) {
          assert.ok(subscriber);
          await crosses(publisher, subscriber, `news.${side}${index}`);
        }
      }
      // The operator server has the clients of a changed scope log in again; they need nothing new for it.
      assert.deepEqual(
        [staticClient, operatorClient].map((client) => clients.hasLost(client)),
        [false, true],
      );
    });
  });

  describe("when a user and an export are added", () => {
    before(async () => {
      await change({
        A: {
          ...accounts.A,
          exports: [...(A.exports ?? []), { subject: "added", type: "service" }],
          users: { ...accounts.A?.users, added: {} },
        },
        B: { ...B, imports: [...(B.imports ?? []), { account: "A", subject: "added", type: "service" }] },
      });
    });

    it("should show the new user, and a property of each account", async () => {
      const { output } = succeeded(await stack.preview("--diff"));
      assert.deepEqual(changedResources(output), ["User A/added", "AccountClaims B", ...CHANGE_OF_A].sort());
    });

    it("should serve the new user and the new export, in both directions", async () => {
      succeeded(await stack.up());
      outputs = await stack.outputs();
      for (const [here, there] of [["static", "operator"] as const, ["operator", "static"] as const]) {
        const answering = await answer(await connect("A/added", here), "added", `from ${here}`);
        const reply = await ask(await connect("B/test", there), "added", "hello?");
        assert.equal(reply.string(), `from ${here}`);
        answering.unsubscribe();
      }
    });
  });

  describe("when a user is removed", () => {
    const leavers: NatsConnection[] = [];

    before(async () => {
      for (const side of SIDES) {
        leavers.push(await connect("A/leaves", side));
      }
      const { leaves, ...users } = accounts.A?.users ?? {};
      assert.ok(leaves);
      await change({ A: { ...accounts.A, users } });
    });

    it("should show the deletion of the user, and the change of its account's claims", async () => {
      const { output } = succeeded(await stack.preview("--diff"));
      assert.deepEqual(changedResources(output), ["User A/leaves", ...CHANGE_OF_A].sort());
    });

    it("should lock the user out on both servers, at once", async () => {
      succeeded(await stack.up());
      assert.ok(leavers.every((client) => clients.hasLost(client)));
      for (const side of SIDES) {
        await refuses(clients, outputs.clientUrls[side], login("A/leaves", side));
      }
    });
  });
});
