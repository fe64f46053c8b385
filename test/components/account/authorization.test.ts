import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Account, MixedAuthCluster, Operator, type AccountSettings } from "../../../provider";
import { readToken } from "../../../provider/jwt/sign";
import { keyPairFromSeed } from "../../../provider/nkeys/keys";
import { closingGates, reasonOf } from "../../support/gates";
import { keyOf, seedOf } from "../../support/keys";
import { mockEngine, ofType, valueOf } from "../../support/mocks";
import { codesAndPathsIn, pathsIn } from "../reports";

const SYS = seedOf("account", "SYS");
const A = seedOf("account", "A");
const users = { service: {}, other: {} };
const accept = { "A.authorization": "The service requires a password." };

interface Claims {
  readonly signing_keys: readonly unknown[];
  readonly authorization?: object;
}

/** Returns the label that restarts the static server when it changes. */
function restartFor(): unknown {
  const { labels } = ofType("Container").find(({ name }) => name === "nats-static")?.inputs ?? {};
  return (labels as { label: string; value: string }[]).find(({ label }) => label.endsWith("restart-for"))?.value;
}

describe("authorization by a service of an account", () => {
  closingGates();

  /** Deploys a cluster whose account A has these arguments, in a separate program. */
  async function deployed(args: Omit<AccountSettings, "users">, given: object = {}) {
    await mockEngine();
    const operator = new Operator("KO", { systemAccount: { users: { sys: {} }, seed: SYS } });
    const account = new Account("A", { operator, users: { ...users, ...given }, seed: A, ...args });
    const parity = args.authorization === undefined ? {} : { parity: { accept } };
    const cluster = new MixedAuthCluster("nats", { operator, accounts: [account], ...parity });
    await valueOf(cluster.checked);
    const { authorization, signing_keys: keys } = readToken(await valueOf(account.jwt)).nats as unknown as Claims;
    return { account, authorization, keys, config: await valueOf(cluster.configs.static), restartFor: restartFor() };
  }

  it("should be in both configurations, with a signing key whose seed is a secret", async () => {
    const { account, authorization, keys, config } = await deployed({ authorization: { users: ["service"] } });
    const service = await valueOf(account.users.service.publicKey);
    const seed = (await valueOf(account.authorizationSigner)) ?? "";
    const issuer = keyPairFromSeed("account", seed).getPublicKey();
    assert.deepEqual(authorization, { auth_users: [service] });
    assert.ok(keys.includes(issuer));
    assert.ok(await pulumi.isSecret(account.authorizationSigner));
    assert.match(config, new RegExp(`issuer: "${issuer}"\\n.*account: "${keyOf("account", "A")}"\\n.*"${service}"`));
  });

  it("should use a given issuer without a seed, and refer to other accounts by their keys", async () => {
    const issuer = keyOf("account", "service");
    const b = { accountName: "SYS", publicKey: keyOf("account", "SYS") };
    const strict = new Account("A", {
      operator: new Operator("KO"),
      users,
      authorization: { users: ["service"], issuer, allowedAccounts: [b] },
    });
    const { authorization, signing_keys: keys } = readToken(await valueOf(strict.jwt)).nats as unknown as Claims;
    assert.deepEqual(Reflect.get(authorization ?? {}, "allowed_accounts"), [b.publicKey]);
    assert.ok(keys.includes(issuer));
    assert.equal(await valueOf(strict.authorizationSigner), undefined);
    assert.ok(ofType("Nkey").every(({ name }) => name !== "A/authorization"));
  });

  it("should restart the static server when it changes, but not when other arguments of the account change", async () => {
    const issuer = keyOf("account", "service");
    const seeded = { service: { seed: seedOf("user", "service") }, other: { seed: seedOf("user", "other") } };
    const authorization = { users: ["service"], issuer };
    const without = await deployed({}, seeded);
    const before = await deployed({ authorization }, seeded);
    const same = await deployed({ authorization, limits: { connections: 5 } }, { ...seeded, more: {} });
    const changed = await deployed({ authorization: { issuer, users: ["service", "other"] } }, seeded);
    assert.equal(same.restartFor, before.restartFor);
    assert.notEqual(before.restartFor, without.restartFor);
    assert.notEqual(changed.restartFor, before.restartFor);
  });

  it("should be rejected for the system account, and with malformed arguments", async () => {
    const authorization = { users: ["sys"] };
    const operator = new Operator("KO", { systemAccount: { users: { sys: {} }, authorization } });
    assert.deepEqual(codesAndPathsIn(await reasonOf(operator.gate)), ["NA4005 systemAccount.authorization"]);
    const wrong = { users: 5, allowedAccounts: ["B"], later: 1 } as unknown as { users: string[] };
    const account = new Account("A", { operator, users, authorization: wrong });
    assert.deepEqual(pathsIn(await reasonOf(account.gate)), [
      "authorization.later",
      "authorization.allowedAccounts[0]",
    ]);
  });
});
