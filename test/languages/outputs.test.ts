import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { constructCluster } from "../../provider/languages/construct";
import { SECRET_OUTPUTS } from "../../provider/languages/outputs";
import { keyPairFromSeed } from "../../provider/nkeys/keys";
import { asInPlugin, outputsOf, problems, SERVERS } from "../support/construct";
import { keyOf, seedOf } from "../support/keys";

const OWN_KEY = keyOf("user", "own");

/** Every kind of key: a user with a key of its own, a bearer, roles, sets, an authorization service, an account of another stack. */
const ACCOUNTS = {
  A: {
    roles: { "r/1": {}, device: {} },
    users: { own: { publicKey: OWN_KEY }, u: {}, service: {} },
    sets: {
      shown: { role: "device", users: { "d-1": { publicKey: keyOf("user", "d-1") }, "d-2": {} }, outputCreds: true },
      other: { role: "device", users: ["d-3"] },
    },
    authorization: { users: ["service"] },
  },
  B: { users: { u: {} } },
};

const ARGS = {
  ...SERVERS,
  accounts: ACCOUNTS,
  parity: { accept: { "A.authorization": "one service for all clients" } },
};

describe("the outputs of a component for other languages", () => {
  asInPlugin();

  it("should have the JWT of each user, also of those without a seed here", async () => {
    const { jwts = {}, creds = {} } = await outputsOf(await constructCluster("nats", ARGS, {}));
    assert.deepEqual(Object.keys(jwts).sort(), ["A/d-1", "A/d-2", "A/own", "A/service", "A/u", "B/u"]);
    assert.deepEqual(Object.keys(creds).sort(), ["A/d-2", "A/service", "A/u", "B/u"]);
    const [, claims = ""] = jwts["A/own"]?.split(".") ?? [];
    assert.equal((JSON.parse(Buffer.from(claims, "base64url").toString()) as { sub: string }).sub, OWN_KEY);
    for (const user of Object.keys(creds)) {
      assert.ok(jwts[user] !== undefined && creds[user]?.includes(jwts[user]), user);
    }
  });

  it("should have the seeds of the operator, the accounts, the roles and the authorization service", async () => {
    const operator = { name: "KO" };
    const outputs = await outputsOf(await constructCluster("nats", { ...ARGS, operator }, {}));
    const { accountSeeds = {}, roleSeeds = {}, authorizationSeeds = {}, accountPublicKeys } = outputs;
    const identity = outputs.identitySeed as unknown as string;
    assert.equal(keyPairFromSeed("operator", identity).getPublicKey(), outputs.operatorPublicKey as unknown as string);
    const publicKeys = Object.entries(accountSeeds).map(([account, seed]) => [
      account,
      keyPairFromSeed("account", seed).getPublicKey(),
    ]);
    assert.deepEqual(Object.fromEntries(publicKeys), accountPublicKeys);
    assert.deepEqual(Object.keys(roleSeeds).sort(), ["A/device", "A/r%2F1"]);
    assert.deepEqual(Object.keys(authorizationSeeds), ["A"]);
    const { A: service = "" } = authorizationSeeds;
    const { operator: configuration = "" } = outputs.configs ?? {};
    const jwt = /eyJ[^\s"']+/g;
    const claims = [...configuration.matchAll(jwt)].map(([token]) =>
      Buffer.from(token.split(".")[1] ?? "", "base64url").toString(),
    );
    assert.ok(claims.some((text) => text.includes(keyPairFromSeed("account", service).getPublicKey())));
  });

  it("should have no seed of an identity key that is offline, or of an account that is created from its public key", async () => {
    const operator = { identityKey: "offline", seed: seedOf("operator", "KO") };
    const accounts = { A: { publicKey: keyOf("account", "A"), users: { u: {} } } };
    const { accountSeeds = {} } = await outputsOf(await constructCluster("nats", { ...SERVERS, accounts }, {}));
    assert.deepEqual(Object.keys(accountSeeds), ["SYS"]);
    assert.ok((await problems({ ...SERVERS, operator, accounts })).length > 0);
  });

  it("should be secrets where the schema marks them as secrets", async () => {
    const { state } = await constructCluster("nats", ARGS, {});
    const all = Object.entries(state).map(
      async ([name, value]) => [name, await pulumi.isSecret(value as pulumi.Output<unknown>)] as const,
    );
    const secrets = (await Promise.all(all)).flatMap(([name, isSecret]) => (isSecret ? [name] : []));
    assert.deepEqual(secrets.sort(), SECRET_OUTPUTS.filter((name) => name in state).sort());
    assert.equal(secrets.length, 7);
  });

  it("should have how clients reach servers in pods, and load balancers only when they have addresses", async () => {
    const target = { kubernetes: { context: "kind", serviceType: "LoadBalancer" } };
    const listeners = ["clients", "routes", "monitoring"].map((name) => [`(servers).*.${name}`, "A test."] as const);
    const args = { accounts: { A: { users: { u: {} } } }, target, parity: { accept: Object.fromEntries(listeners) } };
    const { serviceUrls, nodePorts, listenerNodePorts, loadBalancers } = await outputsOf(
      await constructCluster("nats", args, {}),
    );
    assert.deepEqual(Object.keys(serviceUrls ?? {}), ["static", "operator"]);
    assert.deepEqual(
      { nodePorts, listenerNodePorts, loadBalancers },
      { nodePorts: {}, listenerNodePorts: { static: {}, operator: {} }, loadBalancers: {} },
    );
  });

  it("should report the arguments of an account that a program of another language does not have", async () => {
    const accounts = {
      A: { key: "x", users: { u: {} } },
      R: { reference: { version: 1 }, operator: "KO", sets: { s: { role: "r", users: ["u"] } }, limits: {}, key: "x" },
    };
    assert.deepEqual(await problems({ ...SERVERS, accounts }), [
      "NA1001 accounts.A.key",
      "NA1001 accounts.R.key",
      "NA1001 accounts.R.limits",
      "NA1001 accounts.R.operator",
      "NA1001 accounts.R.sets",
      "NA4101 accounts.R.reference.account",
    ]);
  });
});
