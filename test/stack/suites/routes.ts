import assert from "node:assert/strict";
import type { NatsConnection } from "@nats-io/transport-node";
import { SIDES } from "../../support/sides";
import { stackOn, urlAt, type PlaceName } from "../../support/pod-stack";
import { failed, STEP_TIMEOUT, succeeded } from "../../support/stack";
import { byCreds, bySeed, Clients, crosses } from "../../support/stack-clients";
import { changedResources } from "../../support/stack-diff";
import type { Declaration } from "../programs/declared/declaration";

const ACCOUNTS: Declaration = { accounts: { A: { users: { test: {} } } } };
const CHANGED = ["ClusterCheck nats", "ClusterConfiguration nats", "ConfigurationAttempt nats"];

/** Creates the tests of the route password, with servers in some place. */
export function describeRoutePassword(place: PlaceName): void {
  describe(`the route password of a deployed cluster (${place})`, function () {
    this.timeout(STEP_TIMEOUT);
    const stack = stackOn(place);
    const clients = new Clients();
    let onStatic: NatsConnection;
    let onOperator: NatsConnection;

    before("a deployed cluster with a client on each server", async () => {
      await stack.declare(ACCOUNTS);
      succeeded(await stack.up());
      const { seeds, creds } = await stack.outputs();
      onStatic = await clients.connect(await urlAt(stack, "static"), bySeed(seeds["A/test"]));
      onOperator = await clients.connect(await urlAt(stack, "operator"), byCreds(creds["A/test"]));
    });

    const routes = async () => {
      const configurations = await stack.servers.configurations();
      return SIDES.map((side) => configurations[side]["routes.conf"]);
    };

    const passwords = (configurations: readonly (string | undefined)[]) =>
      configurations.map((text = "") => /password: "([^"]+)"/.exec(text)?.[1] ?? assert.fail("there is no password"));

    it("should change by a reload, without disconnecting clients, when the version changes", async () => {
      const [before, lives] = [await routes(), await stack.servers.lives()];
      await stack.declare({ ...ACCOUNTS, routes: { rotation: { version: 2 } } });
      const { output } = succeeded(await stack.preview("--diff"));
      assert.deepEqual(changedResources(output), CHANGED);
      succeeded(await stack.up());
      const now = await routes();
      SIDES.forEach((_, index) => {
        assert.notEqual(now[index], before[index]);
      });
      assert.deepEqual(await stack.servers.lives(), lives);
      for (const side of SIDES) {
        // A server logs the address of each closed route. Its password is no longer valid.
        const log = await stack.servers.log(side);
        assert.equal(passwords(now).filter((password) => log.includes(password)).length, 0);
      }
      await crosses(onStatic, onOperator, "one");
      await crosses(onOperator, onStatic, "two");
      assert.equal(clients.lost, 0);
      succeeded(await stack.preview("--refresh", "--expect-no-changes"));
    });

    it("should not change when the version is removed again", async () => {
      const before = await routes();
      await stack.declare(ACCOUNTS);
      succeeded(await stack.up());
      assert.deepEqual(await routes(), before);
      assert.equal(clients.lost, 0);
    });

    it("should be rejected at preview when the rotation has an overlap", async () => {
      const rotation = { version: 3, overlap: "1h" };
      await stack.declare({ ...ACCOUNTS, routes: { rotation } });
      assert.match(failed(await stack.preview()).output, /routes\.rotation\.overlap/);
    });
  });
}
