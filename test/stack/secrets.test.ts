import assert from "node:assert/strict";
import { DECLARED, failed, STEP_TIMEOUT, succeeded, testStack, type StateResource } from "../support/stack";
import { TARGETS } from "../support/stack-servers";
import { Wire } from "../support/wire";
import type { DeclaredAccount, Declaration } from "./programs/declared/declaration";
import { describeSecrets, SEEDS } from "./suites/secrets";

TARGETS.forEach(describeSecrets);

describe("the JWTs of users that log in without their seed", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED, { logs: true });
  const users = { own: { bearer: true }, member: { role: "bearers" }, changes: {}, joins: { role: "others" }, not: {} };
  const earlier: DeclaredAccount = { roles: { bearers: { bearer: true }, others: {} }, users };
  const later: DeclaredAccount = {
    roles: { bearers: { bearer: true }, others: { bearer: true } },
    users: { ...users, changes: { bearer: true } },
  };
  /** The JWTs by user, of the first update and of the one that makes two users bearers. */
  let first: Readonly<Record<string, string>>;
  let second: Readonly<Record<string, string>>;

  const declare = (account: DeclaredAccount) =>
    stack.declare({ accounts: { A: account }, parity: { mode: "lenient" } });

  /** Returns the JWTs of the account's users, by name. */
  async function jwts(): Promise<Record<string, string>> {
    const { jwts: all = {} } = await stack.outputs();
    return Object.fromEntries(Object.keys(users).map((user) => [user, all[`A/${user}`] ?? ""]));
  }

  async function assertHidden(tokens: readonly (string | undefined)[]): Promise<void> {
    const places = { state: await stack.rawState(), transcript: stack.transcript, logs: await stack.logs() };
    for (const token of tokens) {
      for (const [place, text] of Object.entries(places)) {
        assert.ok(!text.includes(signatureOf(token)), `the JWT of a bearer stands in the ${place}`);
      }
    }
  }

  /** Returns whether the operator server lets a client in that shows a JWT alone. */
  async function isLetIn(jwt = ""): Promise<boolean> {
    try {
      await (await Wire.open(stack.ports.operatorPort, { jwt, nkey: false })).close();
      return true;
    } catch {
      return false;
    }
  }

  /** Updates the stack, with every command that shows something of it. */
  async function upAndShow(): Promise<void> {
    succeeded(await stack.preview("--diff"));
    succeeded(await stack.up("--diff"));
    succeeded(await stack.show("stack", "output"));
    succeeded(await stack.show("stack", "export"));
    succeeded(await stack.refresh("--diff"));
    succeeded(await stack.up("--diff", "--expect-no-changes"));
  }

  it("should be in the state and in the CLI's output as secrets only, unlike those of other users", async () => {
    await declare(earlier);
    await upAndShow();
    first = await jwts();
    await assertHidden([first.own, first.member]);
    const state = await stack.rawState();
    for (const user of ["changes", "joins", "not"]) {
      assert.ok(state.includes(signatureOf(first[user])), user);
    }
    assert.deepEqual(await Promise.all(Object.values(first).map(isLetIn)), [true, true, false, false, false]);
  });

  it("should be signed again when users become bearers, because the former ones are not secrets", async () => {
    await declare(later);
    await upAndShow();
    second = await jwts();
    await assertHidden([second.own, second.member, second.changes, second.joins]);
    assert.deepEqual([second.own, second.member, second.not], [first.own, first.member, first.not]);
    assert.deepEqual(await Promise.all(Object.values(second).map(isLetIn)), [true, true, true, true, false]);
    assert.deepEqual(await Promise.all([first.changes, first.joins].map(isLetIn)), [false, false]);
  });

  it("should become secrets when an earlier version stored them in plain text, and stay valid", async () => {
    const { stdout } = succeeded(await stack.show("stack", "export"));
    const exported = JSON.parse(stdout) as { deployment: { resources: StateResource[] } };
    const resources = exported.deployment.resources.map((one) => asEarlier(one, second));
    await stack.import(JSON.stringify({ ...exported, deployment: { ...exported.deployment, resources } }));
    assert.ok((await stack.rawState()).includes(signatureOf(second.own)));
    succeeded(await stack.refresh());
    succeeded(await stack.up("--diff"));
    assert.deepEqual(await jwts(), second);
    await assertHidden(Object.values({ ...second, not: second.own }));
    succeeded(await stack.refresh("--diff"));
    succeeded(await stack.up("--diff", "--expect-no-changes"));
    await assertHidden(Object.values({ ...second, not: second.own }));
    assert.equal(await isLetIn(second.member), true);
  });

  it("should stay and be refused alone when users become ordinary ones, and not work when they become bearers again", async () => {
    await declare(earlier);
    succeeded(await stack.up("--diff"));
    assert.deepEqual(await jwts(), second);
    assert.deepEqual(await Promise.all([second.changes, second.joins].map(isLetIn)), [false, false]);
    await declare(later);
    succeeded(await stack.up("--diff"));
    const third = await jwts();
    await assertHidden([third.own, third.member, third.changes, third.joins]);
    assert.deepEqual(await Promise.all([second.changes, second.joins].map(isLetIn)), [false, false]);
    assert.deepEqual(await Promise.all([third.changes, third.joins].map(isLetIn)), [true, true]);
  });
});

/** Returns the part of a JWT that the state has, too: there, the other parts are packed. */
function signatureOf(jwt = ""): string {
  assert.match(jwt, /^eyJ[\w-]+\.[\w-]+\.[\w-]{86}$/);
  return jwt.slice(-86);
}

/** Returns a resource as a version of the package stored it that knew no secret JWTs. */
function asEarlier(resource: StateResource, jwts: Readonly<Record<string, string>>): StateResource {
  const [, user] = /:User::A\/(\w+)$/.exec(resource.urn) ?? [];
  if (user === undefined) {
    return resource;
  }
  const without = (properties: Record<string, unknown> = {}) =>
    Object.fromEntries(Object.entries(properties).filter(([key]) => !["bearer", "reissues"].includes(key)));
  const outputs = { ...without(resource.outputs), jwt: jwts[user], stateVersion: 3 };
  return { ...resource, inputs: without(resource.inputs), outputs, additionalSecretOutputs: ["seed"] };
}

describe("seeds that a program gives in plain text, in the wrong places", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED, { hosted: false });
  const user = "SUAMLK2ZNL35WSMW37E7UD4VZ7ELPKW7DHC3BWBSD2GCZ7IUQQXZIORRBU";
  const account = "SAANWFZ3JINNPERWT3ALE45U7GYT2ZDW6GJUIVPDKUF6GKAX6AISZJMAS4";

  const mistyped = user.replace("MLK", "MKL");

  it("should be refused and not be shown, at a preview as at an update", async () => {
    const declaration: Declaration = {
      operator: { seed: user },
      accounts: { A: { seed: user, users: { x: { publicKey: user }, y: { seed: account }, z: { seed: mistyped } } } },
    };
    await stack.declare(declaration);
    for (const command of [() => stack.preview("--diff"), () => stack.up("--diff")]) {
      const { output } = failed(await command());
      assert.match(output, /account "A" has 4 problems:/);
      assert.match(output, /operator "KO" has 1 problem:/);
      assert.doesNotMatch(output, /unhandled/);
      assert.ok(!SEEDS.some((pattern) => pattern.test(output)), "something like a seed is shown");
    }
    const state = await stack.rawState();
    assert.ok(!SEEDS.some((pattern) => pattern.test(state)), "the state holds a seed");
  });
});
