import assert from "node:assert/strict";
import fc from "fast-check";
import { accountsIn, lameDuckTimeIn, portsIn, systemAccountIn } from "../../provider/config/deployed";
import { renderOperatorConfig } from "../../provider/config/operator";
import { hasReopenedRoutes, renderRoutesConfig, withReopenedRoutes } from "../../provider/config/routes";
import { lineOrigins } from "../../provider/config/source-map";
import { renderStaticConfig } from "../../provider/config/static";
import { models } from "../differential/models";
import { EVERYTHING } from "../parity/everything";
import { ROUTE_PASSWORD } from "../support/pair";
import { worldOf } from "../support/world";
import { runs } from "../support/seed";

const LISTENER = { serverName: "s", clusterName: "c", clientPort: 4222, clusterPort: 6222, address: "::1" };

/** Asserts that reading a rendered configuration returns the values that rendering returned with the text. */
async function assertReadBack(accounts: Parameters<typeof worldOf>[0]): Promise<void> {
  const { model, tokens } = await worldOf(accounts);
  const extra = "a: [1, [2, {}], { b: c }, []], d { e: [x], f {}, 'g h': i }, j: []";
  const settings = { maxPayload: 5, serverTags: ["a"], monitoringBasePath: "/a", extra };
  const listener = { ...LISTENER, monitoringPort: 8222, settings };
  for (const config of [renderStaticConfig(model, listener), renderOperatorConfig(model, tokens, listener)]) {
    assert.deepEqual(accountsIn(config.text), config.accounts);
    assert.deepEqual(portsIn(config.text).sort(), [...config.ports].sort());
    assert.equal(systemAccountIn(config.text), model.systemAccount);
    assert.deepEqual(lineOrigins(config.text).slice(0, -1), config.origins);
  }
}

describe("reading a deployed configuration", () => {
  it("should return the time that a server takes in lame duck mode, if the configuration sets it", () => {
    for (const [text, time] of [
      ['lame_duck_duration: "90s"', 90_000],
      ["Lame_Duck_Duration: 2m\nlame_duck_grace_period: 5s", 120_000],
      ["lame_duck_grace_period: 5s", 120_000],
      ["lame_duck_duration: 90", 120_000],
      ["# lame_duck_duration: 90s", undefined],
      ["lame_duck_duration {", undefined],
      ["", undefined],
    ] as const) {
      assert.equal(lameDuckTimeIn(text), time, text);
    }
  });

  it("should return the rendered values when the model has everything", () => assertReadBack(EVERYTHING.accounts));

  it("should return the rendered values when there is only the system account, or no user", async () => {
    await assertReadBack([]);
    await assertReadBack([{ name: "SYS" }, { name: "A", users: { u: {} }, revocations: { "*": "2999-01-01" } }]);
  });

  it("should return the rendered values when a service authorizes clients and names are hostile", () =>
    assertReadBack([
      {
        name: '"quoted"',
        tags: ["a:b"],
        users: { "odd\nname": { tags: ["c:d"] }, s: {} },
        authorization: { users: ["s"] },
      },
      { name: "# B {", imports: [{ account: '"quoted"', subject: "x", type: "service" }] },
    ]));

  it("should return the rendered values when models are generated", () =>
    fc.assert(fc.asyncProperty(models, assertReadBack), { numRuns: runs(50) }));

  it("should be found when a hand-edited file spells options in another case", () => {
    const config = 'System_Account: "AX"\nPort: 4222\nAccounts { AX {} }\nCluster { PORT: 6222 }\n';
    assert.deepEqual(accountsIn(config), ["AX"]);
    assert.equal(systemAccountIn(config), "AX");
    assert.deepEqual(portsIn(config), [4222, 6222]);
  });

  it("should return nothing when the configuration cannot be parsed", () => {
    assert.deepEqual([accountsIn("accounts {"), portsIn("port: {"), systemAccountIn("a: [")], [[], [], undefined]);
  });

  it("should return no port when the value is not a port", () => {
    assert.deepEqual(portsIn('port: "x"\nhttp: "host:"\ncluster: 1'), []);
    assert.deepEqual(portsIn("http: 8222\ncluster { port: 6222 }"), [8222, 6222]);
  });
});

describe("hasReopenedRoutes", () => {
  it("should return true only when the configuration reopens routes", () => {
    const routes = renderRoutesConfig([{ host: "operator", clusterPort: 6223 }], ROUTE_PASSWORD);
    assert.deepEqual([hasReopenedRoutes(routes), hasReopenedRoutes(withReopenedRoutes(routes))], [false, true]);
    assert.equal(hasReopenedRoutes("pool_size: "), false);
  });
});
