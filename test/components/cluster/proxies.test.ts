import assert from "node:assert/strict";
import { Account, MixedAuthCluster, Operator } from "../../../provider";
import { closingGates } from "../../support/gates";
import { keyOf, seedOf } from "../../support/keys";
import { valueOf } from "../../support/mocks";

describe("the proxies of a cluster", () => {
  closingGates();

  const users = { u: { proxyRequired: true } };

  it("should be in both configurations, in a stable order", async () => {
    const operator = new Operator("KO", { systemAccount: { users: { sys: {} } } });
    const [one = "", two = ""] = ["one", "two"].map((label) => keyOf("server", label)).sort();
    const accounts = [new Account("A", { operator, users })];
    const cluster = new MixedAuthCluster("nats", { operator, accounts, trustedProxies: [two, one, two] });
    for (const side of ["static", "operator"] as const) {
      const config = await valueOf(cluster.configs[side]);
      assert.ok(config.includes(`proxies {\n  trusted: [\n    { key: "${one}" }\n    { key: "${two}" }\n  ]\n}\n`));
    }
    const none = new MixedAuthCluster("none", { operator, accounts: [], trustedProxies: [] });
    assert.doesNotMatch(await valueOf(none.configs.static), /proxies/);
  });

  it("should be rejected when they are not public keys, and required when a user or role needs a proxy", async () => {
    const operator = new Operator("KO", { systemAccount: { users: { sys: {} } } });
    const seed = seedOf("server", "proxy");
    const wrong = new MixedAuthCluster("wrong", { operator, accounts: [], trustedProxies: [seed] });
    await assert.rejects(valueOf(wrong.network), (error) => {
      assert.match(String(error), /trustedProxies\[0\]: .*\[NA4023\]/);
      return !String(error).includes(seed);
    });
    const accounts = [new Account("A", { operator, users, roles: { r: { proxyRequired: true } } })];
    const without = new MixedAuthCluster("without", { operator, accounts });
    await assert.rejects(
      valueOf(without.network),
      /\("A"\)\.users\.u\.proxyRequired: .*\n.*\("A"\)\.roles\.r\.proxyRequired: /,
    );
  });
});
