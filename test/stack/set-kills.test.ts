import assert from "node:assert/strict";
import { findCreds } from "../../provider/command/state-creds";
import { DECLARED, STEP_TIMEOUT, succeeded, testStack } from "../support/stack";
import { byCreds, bySeed, Clients } from "../support/stack-clients";
import type { DeclaredSet } from "./programs/declared/declaration";

/** The steps of the first update, and of one that rotates all keys, in their order. */
const CREATING = [
  "create nkey",
  "create user-set-keys",
  "create account-claims",
  "start static",
  "create cluster-configuration",
];
const ROTATING = [
  "update user-set-keys",
  "update account-claims",
  "reload operator",
  "reload static",
  "update cluster-configuration",
];

/** Those of them after which updates of many users are killed: servers accept keys, and the state does not know that. */
const OF_MANY = ["create cluster-configuration", "reload static"];

/** How many users, and how many of them connect. */
const MANY = 10_000;
const CONNECTED = 3;

/** If set, updates with many users are killed after each step. */
const { KILLS } = process.env;

function describeKills(count: number, isKilledAfter: (step: string) => boolean): void {
  describe(`a set of ${count.toLocaleString("en")} users, when updates are killed`, function () {
    this.timeout(4 * STEP_TIMEOUT);
    const stack = testStack(DECLARED);
    const clients = new Clients();
    const names = Array.from({ length: count }, (_, index) => `d-${index + 1}`);
    const connected = [...names.slice(0, CONNECTED - 1), ...names.slice(-1)];

    function declare(more: Partial<DeclaredSet>): Promise<void> {
      const users = Object.fromEntries(names.map((name) => [name, {}]));
      const devices: DeclaredSet = { role: "device", users, shown: [], ...more };
      return stack.declare({ accounts: { A: { roles: { device: {} }, sets: { devices } } } });
    }

    /** Returns the creds that the command writes at the moment, and a client could therefore have, by name. */
    async function credsInState(): Promise<Map<string, string>> {
      const state = { deployment: { resources: await stack.resources() } };
      const { creds } = await findCreds(state, "devices", Math.floor(Date.now() / 1000));
      return new Map(creds.map(({ name, text }) => [name, text]));
    }

    /** Logs in to both servers. */
    async function login(creds: ReadonlyMap<string, string>): Promise<void> {
      const { clientUrls } = await stack.outputs();
      for (const name of connected) {
        const text = creds.get(name) ?? assert.fail(name);
        await clients.connect(clientUrls.static, bySeed(/^SU\w{56}$/m.exec(text)?.[0]));
        await clients.connect(clientUrls.operator, byCreds(text));
      }
    }

    /** Kills an update after each step, and then lets it finish. @returns the creds that a client could have after each kill */
    async function killAfterEach(steps: readonly string[]): Promise<Map<string, string>[]> {
      const seen: Map<string, string>[] = [];
      for (const step of steps.filter(isKilledAfter)) {
        await stack.killAfter(step);
        succeeded(await stack.unlock());
        seen.push(await credsInState());
      }
      succeeded(await stack.up());
      return seen;
    }

    /** Returns how many creds are none of those that some maps have for their users. */
    function unknownIn(seen: readonly ReadonlyMap<string, string>[], known: readonly ReadonlyMap<string, string>[]) {
      const isKnown = ([name, creds]: [string, string]) => known.some((all) => all.get(name) === creds);
      return seen.flatMap((all) => [...all]).filter((one) => !isKnown(one)).length;
    }

    it("should keep each key that a client could have since the first one, and in a rotation", async () => {
      await declare({});
      const first = await killAfterEach(CREATING);
      const created = await credsInState();
      assert.equal(created.size, count);
      assert.ok(
        first.some((all) => all.size === count),
        "no killed update had all creds in its state",
      );
      assert.equal(unknownIn(first, [created]), 0);
      await login(created);

      await declare({ rotation: { version: 2 } });
      const next = await killAfterEach(ROTATING);
      const rotated = await credsInState();
      assert.equal(rotated.size, count);
      assert.equal(names.filter((name) => created.get(name) === rotated.get(name)).length, 0);
      assert.ok(
        next.some((all) => unknownIn([all], [rotated]) === 0),
        "no killed update had the rotated keys in its state",
      );
      assert.equal(unknownIn(next, [created, rotated]), 0);
      // Both are valid until the rotation changes again.
      await login(created);
      await login(rotated);
    });
  });
}

describeKills(3, () => true);
describeKills(MANY, (step) => KILLS !== undefined || OF_MANY.includes(step));
