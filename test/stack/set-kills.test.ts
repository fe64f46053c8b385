import assert from "node:assert/strict";
import { findCreds } from "../../provider/command/state-creds";
import { DECLARED, STEP_TIMEOUT, succeeded, testStack, type StackOutputs } from "../support/stack";
import { byCreds, bySeed, Clients } from "../support/stack-clients";
import type { DeclaredSet } from "./programs/declared/declaration";

const USERS = ["d-1", "d-2", "d-3"];

describe("a set of users, when updates are killed", function () {
  this.timeout(2 * STEP_TIMEOUT);
  const stack = testStack(DECLARED);
  const clients = new Clients();

  function declare(more: Partial<DeclaredSet>): Promise<void> {
    const devices: DeclaredSet = {
      role: "device",
      users: Object.fromEntries(USERS.map((name) => [name, {}])),
      ...more,
    };
    return stack.declare({ accounts: { A: { roles: { device: {} }, sets: { devices } } } });
  }

  /** Returns the creds that the command writes at the moment, and a client could therefore have. */
  async function credsInState(): Promise<[string, string][]> {
    const state = { deployment: { resources: await stack.resources() } };
    const { creds } = await findCreds(state, "devices", Math.floor(Date.now() / 1000));
    return creds.map(({ name, creds: text }) => [name, text]);
  }

  async function login({ clientUrls, creds, seeds }: StackOutputs): Promise<void> {
    for (const path of USERS.map((name) => `A/${name}`)) {
      await clients.connect(clientUrls.static, bySeed(seeds[path]));
      await clients.connect(clientUrls.operator, byCreds(creds[path]));
    }
  }

  /** Kills an update after each step, and then lets it finish. @returns all creds that a client could have meanwhile */
  async function killAfterEach(steps: readonly string[]): Promise<[string, string][]> {
    const seen: [string, string][] = [];
    for (const step of steps) {
      await stack.killAfter(step);
      succeeded(await stack.unlock());
      seen.push(...(await credsInState()));
    }
    succeeded(await stack.up());
    return seen;
  }

  it("should keep each key that a client could have since the first one, and in a rotation", async () => {
    await declare({});
    const first = await killAfterEach([
      "create nkey",
      "create user-set-keys",
      "create account-claims",
      "start static",
      "create cluster-configuration",
    ]);
    const outputs = await stack.outputs();
    assert.ok(first.length > 0, "no creds were in a state");
    assert.ok(first.every(([name, creds]) => outputs.creds[`A/${name}`] === creds));
    await login(outputs);

    await declare({ rotation: { version: 2 } });
    const next = await killAfterEach([
      "update user-set-keys",
      "update account-claims",
      "reload operator",
      "reload static",
      "update cluster-configuration",
    ]);
    const rotated = await stack.outputs();
    const isKnown = ([name, creds]: [string, string]) =>
      [outputs, rotated].some((all) => all.creds[`A/${name}`] === creds);
    assert.ok(next.some(([name, creds]) => rotated.creds[`A/${name}`] === creds));
    assert.ok(next.every(isKnown));
    assert.ok(USERS.every((name) => outputs.publicKeys[`A/${name}`] !== rotated.publicKeys[`A/${name}`]));
    // Both are valid until the rotation changes again.
    await login(outputs);
    await login(rotated);
  });
});
