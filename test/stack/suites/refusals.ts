import assert from "node:assert/strict";
import type { NatsConnection } from "@nats-io/transport-node";
import { createUser } from "nkeys.js";
import { stackOn, urlAt, type PlaceName } from "../../support/pod-stack";
import { otherSide, SIDES, type Side } from "../../support/sides";
import { activeIn, failed, STEP_TIMEOUT, succeeded } from "../../support/stack";
import { byCreds, bySeed, Clients, crosses, refuses } from "../../support/stack-clients";
import type { Declaration } from "../programs/declared/declaration";

/** An option that a test of the configuration rejects. */
const REJECTED = "max_traced_msg_len: many";
/** An option that a test of the configuration accepts, and a reload rejects. */
const REJECTED_BY_RELOAD = 'client_advertise: "nowhere:port"';

/** Creates the tests of configurations that the servers of only one mode reject, in some place. */
export function describeRefusals(place: PlaceName): void {
  describe(`a configuration that only the servers of one mode reject (${place})`, function () {
    this.timeout(STEP_TIMEOUT);
    const stack = stackOn(place);
    const clients = new Clients();
    /** The seed of a user that each of the updates adds, with an account. */
    const seed = new TextDecoder().decode(createUser().getSeed());
    const PRESENT: NonNullable<Declaration["accounts"]> = { A: { users: { test: {} } } };
    const NEXT = { ...PRESENT, late: { users: { late: { seed } } } };
    let connected: Record<Side, NatsConnection>;
    let former: object;

    const declare = (side: Side, extra: string) =>
      stack.declare({ accounts: NEXT, [`${side}Server`]: { settings: { extra } } });

    const connectBoth = async (user: string): Promise<Record<Side, NatsConnection>> => {
      const { seeds, creds } = await stack.outputs();
      return {
        static: await clients.connect(await urlAt(stack, "static"), bySeed(seeds[user])),
        operator: await clients.connect(await urlAt(stack, "operator"), byCreds(creds[user])),
      };
    };

    const present = async () => ({
      lives: await stack.servers.lives(),
      configurations: await stack.servers.configurations(),
    });

    /** How often a server has reloaded a configuration, and has rejected one. */
    async function reloads(side: Side): Promise<{ readonly loaded: number; readonly rejected: number }> {
      const log = await stack.servers.log(side);
      const count = (text: string) => log.split(text).length - 1;
      return {
        loaded: count("Reloaded server configuration"),
        rejected: count("Failed to reload server configuration"),
      };
    }

    const allReloads = async () => ({ static: await reloads("static"), operator: await reloads("operator") });

    /** Every server runs as before the refused update, with the same clients, and without the user that it adds. */
    async function assertUnchanged(): Promise<void> {
      assert.deepEqual(await present(), former);
      await refuses(clients, await urlAt(stack, "static"), bySeed(seed));
      assert.ok(SIDES.every((side) => !clients.hasLost(connected[side])));
      await crosses(connected.static, connected.operator, "one");
      await crosses(connected.operator, connected.static, "two");
    }

    before("a cluster with a client on each server", async () => {
      await stack.declare({ accounts: PRESENT });
      succeeded(await stack.up());
      connected = await connectBoth("A/test");
      former = await present();
    });

    for (const side of SIDES) {
      it(`should change no server, and make none reload, when ${side} servers reject it in the test`, async () => {
        const earlier = await allReloads();
        await declare(side, REJECTED);
        const { output } = failed(await stack.up());
        assert.match(
          output,
          new RegExp(`the ${stack.serverOf(side)} server rejected .*NA5001[^]*No server was changed`),
        );
        assert.doesNotMatch(output, new RegExp(`the ${stack.serverOf(otherSide(side))} server`));
        assert.deepEqual(await allReloads(), earlier);
        await assertUnchanged();
      });
    }

    for (const side of SIDES) {
      it(`should return all servers to their former configurations when ${side} servers reject it in the reload`, async () => {
        const earlier = await allReloads();
        await declare(side, REJECTED_BY_RELOAD);
        const { output } = failed(await stack.up());
        const name = stack.serverOf(side);
        assert.match(
          output,
          new RegExp(`the ${name} server rejected the reload \\[NA5003\\]:\\n.*invalid ClientAdvertise`),
        );
        const active = activeIn(output);
        for (const each of SIDES) {
          assert.match(active, new RegExp(`- the ${stack.serverOf(each)} server has its previous configuration$`, "m"));
        }
        const later = await allReloads();
        assert.equal(later[side].rejected, earlier[side].rejected + 1);
        const other = otherSide(side);
        assert.equal(later[other].rejected, earlier[other].rejected);
        assert.ok(later[other].loaded >= earlier[other].loaded + 2, "it has not loaded the new configuration");
        await assertUnchanged();
      });
    }

    it("should be in force on all servers after the next update, which corrects it", async () => {
      const { lives } = await present();
      await stack.declare({ accounts: NEXT });
      succeeded(await stack.up());
      assert.deepEqual((await present()).lives, lives);
      const late = await connectBoth("late/late");
      await crosses(late.static, late.operator, "one");
      await crosses(late.operator, late.static, "two");
      assert.ok(SIDES.every((side) => !clients.hasLost(connected[side])));
      assert.deepEqual(await stack.leftOvers(), []);
      succeeded(await stack.preview("--refresh", "--expect-no-changes"));
    });
  });
}
