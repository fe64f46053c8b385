import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { NatsConnection } from "@nats-io/transport-node";
import { createAccount } from "nkeys.js";
import { formatTime } from "../../../provider/model/keys/lifetime";
import { stackOn, urlAt, type PlaceName } from "../../support/pod-stack";
import { STEP_TIMEOUT, succeeded, type StackOutputs } from "../../support/stack";
import { byCreds, bySeed, Clients, refuses } from "../../support/stack-clients";
import { changedResources } from "../../support/stack-diff";
import type { DeclaredAccount } from "../programs/declared/declaration";

const SIDES = ["static", "operator"] as const;
type Side = (typeof SIDES)[number];

/** What a change of an account's keys touches, beside who has them. */
const CHANGE_OF_A = ["AccountClaims A", "ClusterCheck nats", "ClusterConfiguration nats", "ConfigurationAttempt nats"];

/** Creates the tests of rotation and lifetimes, with servers in some place. */
export function describeRotation(place: PlaceName): void {
  describe(`rotation and lifetime of keys and credentials (${place})`, function () {
    this.timeout(STEP_TIMEOUT);
    const stack = stackOn(place);
    const clients = new Clients();
    let account: DeclaredAccount = { roles: { reader: {} }, users: { u: {}, stays: {}, r: { role: "reader" } } };
    let outputs: StackOutputs;
    let lives: Awaited<ReturnType<typeof stack.servers.lives>>;
    const bystanders: NatsConnection[] = [];

    const login = (of: StackOutputs, user: string, side: Side) =>
      side === "static" ? bySeed(of.seeds[user]) : byCreds(of.creds[user]);
    const connect = async (of: StackOutputs, user: string, side: Side) =>
      clients.connect(await urlAt(stack, side), login(of, user, side));
    const both = (of: StackOutputs, user: string) => Promise.all(SIDES.map((side) => connect(of, user, side)));

    /** The same program with other users or roles. */
    async function change(more: Partial<DeclaredAccount>): Promise<void> {
      const { users, roles } = account;
      account = { ...account, ...more, users: { ...users, ...more.users }, roles: { ...roles, ...more.roles } };
      // Only one server enforces times; here that is a warning, not an error.
      await stack.declare({ accounts: { A: account, B: { users: { other: {} } } }, parity: { mode: "lenient" } });
    }

    async function up(): Promise<StackOutputs> {
      succeeded(await stack.up());
      outputs = await stack.outputs();
      return outputs;
    }

    before("a deployed cluster with clients on both servers", async () => {
      await change({});
      await up();
      lives = await stack.servers.lives();
      bystanders.push(...(await both(outputs, "A/stays")), ...(await both(outputs, "B/other")));
    });

    afterEach("no server was restarted, and no client that may stay was disconnected", async () => {
      assert.deepEqual(await stack.servers.lives(), lives);
      assert.ok(!bystanders.some((client) => clients.hasLost(client)));
    });

    describe("when a user's key is rotated until the next change", () => {
      let old: StackOutputs;
      let oldClients: NatsConnection[];
      let newClients: NatsConnection[];

      before(async () => {
        old = outputs;
        oldClients = await both(old, "A/u");
        await change({ users: { u: { rotation: { version: 2 } } } });
      });

      it("should preview the new key and the overlap with the old one", async () => {
        const { output } = succeeded(await stack.preview("--diff"));
        assert.deepEqual(changedResources(output), ["User A/u", ...CHANGE_OF_A].sort());
        assert.match(output, new RegExp(String.raw`\+ publicKey +: "${old.publicKeys["A/u"] ?? "?"}"`));
        assert.match(output, /\+ until +: "changed"/);
      });

      it("should accept both keys on both servers, and disconnect no client", async () => {
        await up();
        assert.notEqual(outputs.publicKeys["A/u"], old.publicKeys["A/u"]);
        assert.ok(!oldClients.some((client) => clients.hasLost(client)));
        newClients = await both(outputs, "A/u");
        await both(old, "A/u");
      });

      it("should refuse the old key on both servers after the next change, and keep the clients with the new one", async () => {
        await change({ users: { u: {} } });
        const { output } = succeeded(await stack.preview("--diff"));
        assert.deepEqual(changedResources(output), CHANGE_OF_A);
        await up();
        assert.ok(await clients.areLost(oldClients));
        assert.ok(!newClients.some((client) => clients.hasLost(client)));
        for (const side of SIDES) {
          await refuses(clients, await urlAt(stack, side), login(old, "A/u", side));
        }
      });
    });

    describe("when a user's key is rotated with an overlap of some time", () => {
      it("should accept both keys, and only the new one after an update when the time is over", async () => {
        const old = outputs;
        const rotation = { version: 3, overlap: "30s" };
        await change({ users: { u: { rotation } } });
        await up();
        await both(old, "A/u");
        const newClients = await both(outputs, "A/u");
        await sleep(30_000);
        const { output } = succeeded(await stack.preview("--diff"));
        assert.deepEqual(changedResources(output), CHANGE_OF_A);
        await up();
        for (const side of SIDES) {
          await refuses(clients, await urlAt(stack, side), login(old, "A/u", side));
        }
        assert.ok(!newClients.some((client) => clients.hasLost(client)));
      });
    });

    describe("when the key of a role is rotated", () => {
      it("should sign the role's users again with the same keys, and accept their old creds until the next change", async () => {
        const old = outputs;
        const oldClients = await both(old, "A/r");
        await change({ roles: { reader: { rotation: { version: 2 } } } });
        const { output } = succeeded(await stack.preview("--diff"));
        assert.deepEqual(changedResources(output), ["Nkey A/roles/reader", "User A/r", ...CHANGE_OF_A].sort());
        await up();
        assert.equal(outputs.publicKeys["A/r"], old.publicKeys["A/r"]);
        assert.ok(outputs.creds["A/r"] !== old.creds["A/r"], "the user was not signed again");
        assert.ok(!oldClients.some((client) => clients.hasLost(client)));
        const newClients = await both(outputs, "A/r");
        await connect(old, "A/r", "operator");

        await change({ roles: { reader: {} } });
        await up();
        await refuses(clients, await urlAt(stack, "operator"), login(old, "A/r", "operator"));
        assert.ok(!newClients.some((client) => clients.hasLost(client)));
      });
    });

    describe("when credentials have a lifetime", () => {
      it("should be renewed in time with the same key, while the old ones stay valid until they expire", async () => {
        const user = { lifetime: "1h", renewBefore: "3599s" };
        await change({ users: { brief: user } });
        const old = await up();
        const oldClients = await both(old, "A/brief");
        await sleep(1_000);
        const { output } = succeeded(await stack.preview("--diff"));
        assert.deepEqual(changedResources(output), ["User A/brief", ...CHANGE_OF_A].sort());
        assert.match(output, /~ expires +: "20[^"]+Z" => "20[^"]+Z"/);
        await up();
        assert.equal(outputs.publicKeys["A/brief"], old.publicKeys["A/brief"]);
        assert.ok(outputs.creds["A/brief"] !== old.creds["A/brief"], "the user was not signed again");
        assert.ok(!oldClients.some((client) => clients.hasLost(client)));
        await both(outputs, "A/brief");
        await connect(old, "A/brief", "operator");
      });

      it("should be found by a refresh when they have expired, and removed by the next update", async () => {
        const end = Math.floor(Date.now() / 1000) + 40;
        await change({ users: { brief: {}, ending: { expires: formatTime(end) } } });
        await up();
        const [onStatic, onOperator] = await both(outputs, "A/ending");
        assert.ok(onStatic && onOperator);
        await sleep(Math.max(0, end * 1000 - Date.now()));
        assert.equal(await clients.areLost([onOperator]), true, "the operator server knows the end by itself");
        assert.equal(clients.hasLost(onStatic), false, "the static server knows no times");

        const { output } = succeeded(await stack.refresh("--diff"));
        assert.deepEqual(changedResources(output), ["User A/ending"]);
        assert.match(output, /~ condition +: "valid" => "expired"/);
        const updated = succeeded(await stack.up());
        assert.match(updated.output, /users\.ending\.expires = "20.*\[NA4009\]/);
        assert.ok(await clients.areLost([onStatic]));
        for (const side of SIDES) {
          await refuses(clients, await urlAt(stack, side), login(outputs, "A/ending", side));
        }
      });
    });

    describe("when the identity key of an account is replaced", () => {
      it("should give its users other creds with the same seeds, and disconnect no client of another account", async () => {
        const old = outputs;
        // The servers then have another account.
        const ofAccount = [...(await both(old, "A/u")), ...bystanders.splice(0, SIDES.length)];
        const pair = createAccount();
        await change({ seed: new TextDecoder().decode(pair.getSeed()) });
        await up();
        assert.equal(outputs.publicKeys.A, pair.getPublicKey());
        assert.ok(await clients.areLost(ofAccount));
        await refuses(clients, await urlAt(stack, "operator"), login(old, "A/u", "operator"));
        assert.ok(outputs.seeds["A/u"] === old.seeds["A/u"], "the user has another seed");
        await both(outputs, "A/u");
      });
    });
  });
}
