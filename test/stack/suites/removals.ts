import assert from "node:assert/strict";
import type { NatsConnection } from "@nats-io/transport-node";
import { readToken } from "../../../provider/jwt/sign";
import { SIDES, type Side } from "../../support/sides";
import { stackOn, urlAt, type PlaceName } from "../../support/pod-stack";
import { STEP_TIMEOUT, succeeded, type StackOutputs } from "../../support/stack";
import { byCreds, bySeed, Clients, publishRefusal, refuses } from "../../support/stack-clients";
import type { Declaration, DeclaredAccount } from "../programs/declared/declaration";

const everything = { publish: { allow: [">"] }, subscribe: { allow: [">"] } };
const worker = { permissions: everything };

/** Accounts of each program, in addition to the user that stays. */
const A: DeclaredAccount = {
  roles: { worker },
  users: { stays: {}, leaves: {}, works: { role: "worker" }, narrows: { permissions: everything } },
};
const C: DeclaredAccount = { users: { only: {} } };

/** Creates the tests of removals from a program, with servers in some place. */
export function describeRemovals(place: PlaceName): void {
  describe(`removing users, roles, accounts and permissions from a program (${place})`, function () {
    this.timeout(STEP_TIMEOUT);
    const stack = stackOn(place);
    const clients = new Clients();
    let stays: NatsConnection[];
    let outputs: StackOutputs;

    const login = (of: StackOutputs, user: string, side: Side) =>
      side === "static" ? bySeed(of.seeds[user]) : byCreds(of.creds[user]);
    const enter = (of: StackOutputs, user: string) =>
      Promise.all(SIDES.map(async (side) => clients.connect(await urlAt(stack, side), login(of, user, side))));

    /** Asserts that the former seed and creds of a user are refused: both by the static server, the creds by the other. */
    async function assertDead(of: StackOutputs, user: string): Promise<void> {
      await refuses(clients, await urlAt(stack, "static"), bySeed(of.seeds[user]));
      await refuses(clients, await urlAt(stack, "static"), byCreds(of.creds[user]));
      await refuses(clients, await urlAt(stack, "operator"), byCreds(of.creds[user]));
    }

    async function upTo(accounts: Declaration["accounts"]): Promise<StackOutputs> {
      await stack.declare({ accounts: accounts ?? {} });
      succeeded(await stack.up());
      outputs = await stack.outputs();
      assert.ok(!stays.some((client) => clients.hasLost(client)), "a client was lost that may stay");
      return outputs;
    }

    /** Returns the keys of the users whose JWTs account A revokes. */
    async function revoked(): Promise<string[]> {
      const claims = (await stack.sealedResources()).find(({ urn }) => urn.endsWith("AccountClaims::A"));
      const { nats } = readToken(String(claims?.outputs?.jwt));
      return Object.keys(nats.revocations ?? {});
    }

    before("a deployed cluster", async () => {
      stays = [];
      await upTo({ A, C });
      stays = await enter(outputs, "A/stays");
    });

    it("should refuse the credentials and disconnect the clients when a user, role or account is removed", async () => {
      const before = outputs;
      const gone = ["A/leaves", "A/works", "C/only"];
      const open = (await Promise.all(gone.map((user) => enter(before, user)))).flat();
      const { stays: staying = {}, narrows = {} } = A.users ?? {};
      await upTo({ A: { users: { stays: staying, narrows } } });
      assert.ok(await clients.areLost(open));
      for (const user of gone) {
        await assertDead(before, user);
      }
      // The keys that signed their JWTs are no longer listed, so no revocation is needed.
      assert.deepEqual(await revoked(), []);

      const again = await upTo({ A, C });
      for (const user of gone) {
        await enter(again, user);
        await assertDead(before, user);
      }
    });

    it("should revoke a user when it has left a role whose key is still listed", async () => {
      const before = outputs;
      const { works, ...others } = A.users ?? {};
      assert.ok(works);
      await upTo({ A: { ...A, users: others }, C });
      assert.deepEqual(await revoked(), [before.publicKeys["A/works"]]);
      await assertDead(before, "A/works");

      await upTo({ A: { users: others }, C });
      assert.deepEqual(await revoked(), []);
      await assertDead(before, "A/works");
    });

    it("should refuse a removed permission when a client uses an old JWT", async () => {
      const before = outputs;
      const narrow = { publish: { allow: ["few"] } };
      await upTo({ A: { users: { stays: {}, narrows: { permissions: narrow } } }, C });
      for (const client of await enter(before, "A/narrows")) {
        assert.match(await publishRefusal(client, "many"), /Permissions Violation/);
      }
    });
  });
}
