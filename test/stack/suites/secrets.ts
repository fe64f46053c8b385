import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { stackOn, type PlaceName } from "../../support/pod-stack";
import { SIDES } from "../../support/sides";
import { EXAMPLE, failed, STEP_TIMEOUT, succeeded } from "../../support/stack";

/** A seed of any kind of key, and what stands above one in a credentials file. */
export const SEEDS = [/S[OAUNCX][A-Z2-7]{56}/, /BEGIN USER NKEY SEED/];

/** Creates the tests of the secrets of a cluster, with servers in some place. */
export function describeSecrets(place: PlaceName): void {
  describe(`the secrets of a deployed cluster (${place})`, function () {
    this.timeout(STEP_TIMEOUT);
    // With processes of its own for each command on one target: what these print and keep is the same on both.
    const stack = stackOn(place, EXAMPLE, {
      hosted: place !== "process",
      logs: true,
      passphrase: randomBytes(24).toString("base64url"),
    });
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
      const { staticPort } = stack.ports;
      stack.config.staticPort = -staticPort;
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

    it("should not be in the state in plain text", async () => {
      const state = await stack.rawState();
      assert.match(state, /"ciphertext"/);
      assertNone("the state", state, [routePassword]);
    });

    it("should not be in the output of the CLI: updates, diffs, refreshes, outputs, errors", () => {
      assert.match(stack.transcript, /\[secret\]/);
      assertNone("the CLI's output", stack.transcript, [routePassword]);
    });

    it("should not be in the logs of the CLI", async () => {
      assertNone("the CLI's logs", await stack.logs(), [routePassword]);
    });

    for (const side of SIDES) {
      it(`should not be visible outside the ${side} server: labels, arguments, variables, its log`, async () => {
        assertNone("what can be seen", await stack.servers.seen(side), [routePassword]);
        const log = await stack.servers.log(side);
        assert.match(log, /Server is ready/);
        assertNone("the log", log, [routePassword]);
      });

      it(`should not be in a file of the ${side} server, except the route password in its file`, async () => {
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
}
