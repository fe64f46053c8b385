import assert from "node:assert/strict";
import { DECLARED, EXAMPLE, failed, STEP_TIMEOUT, succeeded, testStack } from "../support/stack";
import { describeOn, TARGETS } from "../support/stack-servers";
import type { Declaration } from "./programs/declared/declaration";

const SIDES = ["static", "operator"] as const;

/** A seed of any kind of key, and what stands above one in a credentials file. */
const SEEDS = [/S[OAUNCX][A-Z2-7]{56}/, /BEGIN USER NKEY SEED/];

describeOn(TARGETS, "the secrets of a deployed cluster", function (target) {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(EXAMPLE, { targets: [target] });
  /** Every seed of the stack, users' or not, and every text that holds one. */
  let seeds: string[];
  let routePassword: string;

  before("a deployed cluster, and every command that shows something of it", async () => {
    succeeded(await stack.up("--diff"));
    const resources = await stack.resources();
    seeds = resources.flatMap(({ outputs }) => (typeof outputs?.seed === "string" ? [outputs.seed] : []));
    const configuration = resources.find(({ type }) => type.endsWith(":ClusterConfiguration"));
    assert.ok(typeof configuration?.outputs?.routePassword === "string");
    routePassword = configuration.outputs.routePassword;
    // Three of the operator and for its system account's check, three accounts, three users.
    assert.equal(new Set(seeds).size, 9);
    assert.match(routePassword, /^[0-9a-f]{48}$/);

    succeeded(await stack.show("stack", "output"));
    succeeded(await stack.show("stack", "--show-urns"));
    succeeded(await stack.refresh("--diff"));
    await stack.servers.remove("static");
    succeeded(await stack.refresh("--diff"));
    const { operatorPort } = stack.ports;
    stack.config.staticPort = operatorPort;
    failed(await stack.preview("--diff"));
    delete stack.config.staticPort;
    succeeded(await stack.preview("--diff"));
    succeeded(await stack.up("--diff"));
  });

  function assertNone(place: string, text: string, more: readonly string[] = []): void {
    const shown = [...seeds, ...more].some((secret) => text.includes(secret));
    // Nothing of the text goes into the message: it would show what must not be shown.
    assert.ok(!shown, `a secret stands in ${place}`);
    assert.ok(!SEEDS.some((pattern) => pattern.test(text)), `something like a seed stands in ${place}`);
  }

  it("should not stand in the state in plain text", async () => {
    const state = await stack.rawState();
    assert.match(state, /"ciphertext"/);
    assertNone("the state", state, [routePassword]);
  });

  it("should not stand in anything that the CLI shows: updates, diffs, refreshes, outputs, errors", () => {
    assert.match(stack.transcript, /\[secret\]/);
    assertNone("the CLI's output", stack.transcript, [routePassword]);
  });

  it("should not stand in the CLI's logs", async () => {
    assertNone("the CLI's logs", await stack.logs(), [routePassword]);
  });

  for (const side of SIDES) {
    it(`should not stand in what can be seen of the ${side} server: labels, arguments, variables, its log`, async () => {
      assertNone("what can be seen", await stack.servers.seen(side), [routePassword]);
      const log = await stack.servers.log(side);
      assert.match(log, /Server is ready/);
      assertNone("the log", log, [routePassword]);
    });

    it(`should not stand in any file of the ${side} server, but the route's password in its own`, async () => {
      const files = await stack.servers.allFiles(side);
      assert.ok(Object.keys(files).length > 2);
      const withPassword = Object.keys(files).filter((name) => files[name]?.includes(routePassword));
      assert.deepEqual(withPassword, ["routes.conf"]);
      for (const [name, content] of Object.entries(files)) {
        assertNone(name, content);
      }
    });
  }
});

describe("seeds that a program gives in plain text, in the wrong places", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED);
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
