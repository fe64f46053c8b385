import assert from "node:assert/strict";
import fc from "fast-check";
import type { Listener } from "../../provider/config/listener";
import { ROUTES_FILE } from "../../provider/config/listener";
import { renderOperatorConfig } from "../../provider/config/operator";
import { renderStaticConfig } from "../../provider/config/static";
import { accountDiagnostics } from "../../provider/model/account/account-checks";
import type { AccountDeclaration } from "../../provider/model/account/account";
import { MAIN_FILE } from "../../provider/servers/server";
import { account, FREE_USER, hostileText } from "../support/arbitraries";
import { natsJson, operatorObject, staticObject } from "../support/config-json";
import { tryConfig } from "../support/local-server";
import { worldOf } from "../support/world";

const RUNS = 25;
const LISTENER: Listener = { serverName: "one", clusterName: "nats", clientPort: 4222, clusterPort: 6222 };

/** Returns the server's digest of a configuration. It ignores comments and the order of keys. */
async function digestOf(text: string): Promise<string> {
  const { digest, output } = await tryConfig({ [MAIN_FILE]: text, [ROUTES_FILE]: "" });
  return digest ?? assert.fail(`the server does not read the configuration:\n${output}\n${text}`);
}

/** Asserts that the server parses a configuration to the same values as an object. */
async function assertSame(text: string, object: object): Promise<void> {
  const [actual, expected] = await Promise.all([digestOf(text), digestOf(natsJson(object))]);
  assert.equal(actual, expected, `the server reads something else than the model says:\n${text}`);
}

/** A model full of hostile names, subjects and descriptions. */
const hostileAccounts = fc
  .tuple(hostileText, hostileText, hostileText, account("?"), fc.boolean())
  .filter(([name, user]) => name.isWellFormed() && user.isWellFormed() && name.trim() !== "SYS" && user !== FREE_USER)
  .map(([name, user, description, { users = {} }, withLimits]): AccountDeclaration[] => [
    {
      name,
      description,
      users: { ...users, [user]: {} },
      exports: [{ name: user, subject: "a", type: "service", description, latency: { sampling: 7, results: "l.$1" } }],
      ...(withLimits ? { limits: { connections: 0, payload: 1 } } : {}),
    },
    { name: `${name}!`, imports: [{ account: name, subject: "a", type: "service", name: user, localSubject: '"b"' }] },
  ]);

describe("hostile strings", () => {
  it("should not change the structure of the static configuration", async () => {
    await fc.assert(
      fc.asyncProperty(hostileAccounts, async (accounts) => {
        const { model } = await worldOf(accounts);
        await assertSame(renderStaticConfig(model, LISTENER).text, staticObject(model, LISTENER));
      }),
      { numRuns: RUNS },
    );
  });

  it("should not change the structure of the operator configuration", async () => {
    await fc.assert(
      fc.asyncProperty(hostileAccounts, async (accounts) => {
        const { model, tokens } = await worldOf(accounts);
        await assertSame(renderOperatorConfig(model, tokens, LISTENER).text, operatorObject(model, tokens, LISTENER));
      }),
      { numRuns: RUNS },
    );
  });

  it("should reach the server unchanged", async () => {
    const accountWith = (text: string): AccountDeclaration => ({
      name: "A",
      users: { u: { permissions: { subscribe: { allow: [text] } } } },
    });
    const digestWith = async (text: string) =>
      digestOf(renderStaticConfig((await worldOf([accountWith(text)])).model, LISTENER).text);
    await fc.assert(
      fc.asyncProperty(hostileText, hostileText, async (one, other) => {
        fc.pre(one !== other && [one, other].every((text) => accountDiagnostics(accountWith(text)).length === 0));
        const [first, second] = await Promise.all([digestWith(one), digestWith(other)]);
        assert.notEqual(first, second);
      }),
      { numRuns: RUNS },
    );
  });
});
