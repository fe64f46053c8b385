import assert from "node:assert/strict";
import type { Revocations } from "pulumi-nats-auth";
import { DECLARED, STEP_TIMEOUT, succeeded, testStack, type StackOutputs } from "../support/stack";
import { byCreds, bySeed, Clients, refuses } from "../support/stack-clients";
import type { DeclaredAccount } from "./programs/declared/declaration";

const SIDES = ["static", "operator"] as const;

describe("revocations of users that stay in the program", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED);
  const clients = new Clients();
  const account: DeclaredAccount = { roles: { reader: {} }, users: { own: {}, other: {}, read: { role: "reader" } } };
  let first: StackOutputs;
  let revocations: Revocations;

  const now = () => Math.floor(Date.now() / 1000);
  const declare = (more: DeclaredAccount) =>
    stack.declare({ accounts: { A: { ...account, ...more } }, parity: { mode: "lenient" } });
  const login = (of: StackOutputs, user: string, side: (typeof SIDES)[number]) =>
    side === "static" ? bySeed(of.seeds[`A/${user}`]) : byCreds(of.creds[`A/${user}`]);

  /** Returns the users that a preview or an update names, by the keys of the revocations. */
  function namedIn(output: string): Record<string, string[]> {
    const lines = output.matchAll(/^ +- revocations(\S+) = \S+: locks out (.+): both .*\[NA1411\]$/gm);
    return Object.fromEntries([...lines].map(([, key = "", names = ""]) => [key, JSON.parse(`[${names}]`)]));
  }

  before("a deployed cluster", async () => {
    await declare({});
    succeeded(await stack.up());
    first = await stack.outputs();
    for (const side of SIDES) {
      await clients.connect(first.clientUrls[side], login(first, "own", side));
    }
  });

  it("should be named with the users that they lock out, who get no creds", async () => {
    revocations = { "*": now() };
    await declare({ revocations });
    const named = { '["*"]': ["own", "other", "read"] };
    assert.deepEqual(namedIn(succeeded(await stack.preview()).output), named);
    assert.deepEqual(namedIn(succeeded(await stack.up()).output), named);
    const { creds, seeds } = await stack.outputs();
    assert.deepEqual(Object.keys(creds), ["SYS/sys"]);
    assert.deepEqual(Object.keys(seeds).sort(), ["A/other", "A/own", "A/read", "SYS/sys"]);
    for (const side of SIDES) {
      for (const user of ["own", "other", "read"]) {
        await refuses(clients, first.clientUrls[side], login(first, user, side));
      }
    }
  });

  it("should not apply to the new JWTs of users whose keys or roles are rotated", async () => {
    const rotation = { version: 2 };
    await declare({ revocations, roles: { reader: { rotation } }, users: { ...account.users, own: { rotation } } });
    assert.deepEqual(namedIn(succeeded(await stack.preview()).output), { '["*"]': ["other"] });
    assert.deepEqual(namedIn(succeeded(await stack.up()).output), { '["*"]': ["other"] });
    const second = await stack.outputs();
    assert.deepEqual(Object.keys(second.creds).sort(), ["A/own", "A/read", "SYS/sys"]);
    for (const side of SIDES) {
      await clients.connect(second.clientUrls[side], login(second, "own", side));
      await clients.connect(second.clientUrls[side], login(second, "read", side));
      await refuses(clients, first.clientUrls[side], login(first, "own", side));
    }
    await refuses(clients, first.clientUrls.operator, login(first, "read", "operator"));
  });

  it("should be named when they are in the future, also for users that are signed now", async () => {
    await declare({ revocations: { "*": now() + 3600 }, users: { ...account.users, added: {} } });
    const named = { '["*"]': ["own", "other", "read", "added"] };
    assert.deepEqual(namedIn(succeeded(await stack.preview()).output), named);
  });

  it("should end when the program has none of them, with the same credentials", async () => {
    await declare({});
    assert.deepEqual(namedIn(succeeded(await stack.up()).output), {});
    const { creds } = await stack.outputs();
    assert.equal(creds["A/other"], first.creds["A/other"]);
    await clients.connect(first.clientUrls.operator, login(first, "other", "operator"));
  });
});
