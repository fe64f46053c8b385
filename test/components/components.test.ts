import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Account, MixedAuthCluster, Nkey, Operator } from "../../provider";
import { readToken } from "../../provider/jwt/sign";
import { digestOf, keyOf, seedOf } from "../support/keys";
import { mockEngine, ofType, registered, valueOf } from "../support/mocks";

const permissions = { publish: { allow: ["b", "a"] } };

describe("components, with mocks in the place of the engine", () => {
  beforeEach(mockEngine);

  describe("Operator", () => {
    it("should have an identity, a signing key, a key for checks, and a system account with its own key", async () => {
      const operator = new Operator("KO");
      const { jwt, systemAccount } = operator;
      const token = readToken(await valueOf(jwt));
      assert.deepEqual(
        ofType("Nkey")
          .map(({ name }) => name)
          .sort(),
        ["KO/SYS", "KO/check", "KO/identity", "KO/signing"],
      );
      assert.deepEqual([token.name, token.sub], ["KO", await valueOf(operator.publicKey)]);
      const { signing_keys: keys, system_account: system } = token.nats as Record<string, unknown>;
      assert.equal(system, await valueOf(systemAccount.publicKey));
      assert.equal(readToken(await valueOf(systemAccount.jwt)).iss, (keys as string[])[0]);
      assert.notEqual((keys as string[])[0], token.sub);
    });

    it("should keep an existing seed when one is given", async () => {
      const operator = new Operator("KO", { seed: seedOf("operator", "given"), name: "other name" });
      assert.equal(await valueOf(operator.publicKey), keyOf("operator", "given"));
      assert.equal(readToken(await valueOf(operator.jwt)).name, "other name");
    });

    it("should mark each seed that it passes on as secret", async () => {
      const operator = new Operator("KO", { seed: seedOf("operator", "given") });
      assert.ok(await pulumi.isSecret(operator.signer));
      assert.ok(await pulumi.isSecret(operator.checkSigner));
      assert.equal(await pulumi.isSecret(operator.jwt), false);
    });
  });

  describe("Account", () => {
    it("should give its users what they log in with: seeds and creds as secrets, keys and JWTs in the open", async () => {
      const account = new Account("A", { operator: new Operator("KO"), users: { u: { permissions } } });
      const { seed, creds, jwt, publicKey } = account.users.u;
      assert.deepEqual(await Promise.all([seed, creds, jwt, publicKey].map(pulumi.isSecret)), [
        true,
        true,
        false,
        false,
      ]);
      const [text, token] = await Promise.all([valueOf(creds), valueOf(jwt)]);
      assert.ok(text.includes(token));
      assert.equal(readToken(token).sub, await valueOf(publicKey));
    });

    it("should let the user's token be signed by the very key whose scope has the user's permissions", async () => {
      const account = new Account("A", { operator: new Operator("KO"), users: { u: { permissions }, v: {} } });
      const { signing_keys: keys } = readToken(await valueOf(account.jwt)).nats as {
        signing_keys: { key: string; role: string; template: { pub: unknown } }[];
      };
      for (const name of ["u", "v"] as const) {
        const issuer = readToken(await valueOf(account.users[name].jwt)).iss;
        assert.equal(keys.find(({ key }) => key === issuer)?.role, name);
      }
      assert.deepEqual(keys.find(({ role }) => role === "u")?.template.pub, { allow: ["a", "b"] });
    });

    it("should have no seed and no creds when a user keeps its seed", async () => {
      const publicKey = keyOf("user", "keeps");
      const { users } = new Account("A", { operator: new Operator("KO"), users: { u: { publicKey } } });
      assert.deepEqual(await Promise.all([valueOf(users.u.seed), valueOf(users.u.creds)]), [undefined, undefined]);
      assert.equal(readToken(await valueOf(users.u.jwt)).sub, publicKey);
    });

    it("should keep existing seeds of the account and its users", async () => {
      const given = { seed: seedOf("user", "given") };
      const { publicKey, users } = new Account("A", {
        operator: new Operator("KO"),
        seed: seedOf("account", "given"),
        users: { u: given },
      });
      assert.equal(await valueOf(publicKey), keyOf("account", "given"));
      assert.equal(digestOf(await valueOf(users.u.seed)), digestOf(given.seed));
    });

    it("should name its resources after itself and its users, and put them under itself", async () => {
      const account = new Account("A", { operator: new Operator("KO"), users: { u: {}, v: {} } });
      await valueOf(account.jwt);
      assert.deepEqual(
        ofType("User")
          .map(({ name }) => name)
          .sort(),
        ["A/u", "A/v"],
      );
      assert.ok(ofType("AccountClaims").some(({ name }) => name === "A"));
      const urn = await valueOf(account.urn);
      assert.match(urn, /nats-auth:index:Account::A$/);
      assert.deepEqual(
        ofType("User").map(({ parent }) => parent),
        [urn, urn],
      );
    });

    it("should have names of its own whatever the names of accounts, users and operators are", async () => {
      const operator = new Operator("KO");
      const accounts = [
        operator.systemAccount,
        new Operator("KO/SYS").systemAccount,
        new Operator("KO-signing").systemAccount,
        new Account("A", { operator, users: { "b/c": {}, "b%2Fc": {}, "b%252Fc": {} } }),
        new Account("A/b", { operator, users: { c: {} } }),
        new Account("A%2Fb", { operator, users: { c: {} } }),
      ];
      await Promise.all(accounts.map(({ jwt }) => valueOf(jwt)));
      assert.ok(ofType("User").some(({ name }) => name === "A/b%2Fc"));
      for (const type of ["Nkey", "User", "AccountClaims", "OperatorClaims"]) {
        const names = ofType(type).map(({ name }) => name);
        assert.deepEqual([...new Set(names)], names);
      }
    });

    it("should import from another when that one imports from it, through a key made beforehand", async () => {
      const operator = new Operator("KO");
      const key = new Nkey("A", { kind: "account" });
      const exports = [{ subject: "of.a", type: "service" as const }];
      const b = new Account("B", {
        operator,
        exports: [{ subject: "of.b", type: "service" }],
        imports: [{ account: { accountName: "A", publicKey: key.publicKey }, subject: "of.a", type: "service" }],
      });
      const a = new Account("A", {
        operator,
        key,
        exports,
        imports: [{ account: b, subject: "of.b", type: "service" }],
      });
      const importsOf = async (account: Account) =>
        (readToken(await valueOf(account.jwt)).nats as { imports: { account: string }[] }).imports;
      assert.equal((await importsOf(a))[0]?.account, await valueOf(b.publicKey));
      assert.equal((await importsOf(b))[0]?.account, await valueOf(a.publicKey));
      assert.equal(await valueOf(a.publicKey), await valueOf(key.publicKey));
      assert.equal(ofType("Nkey").filter(({ name }) => name === "A").length, 1);
    });
  });

  describe("MixedAuthCluster", () => {
    function cluster(args: object = {}): MixedAuthCluster {
      const operator = new Operator("KO", { systemAccount: { users: { sys: {} } } });
      const account = new Account("A", { operator, users: { u: { permissions } } });
      return new MixedAuthCluster("nats", { operator, accounts: [account], ...args });
    }

    const inputsOf = (type: string, name: string) =>
      (registered.find((one) => one.type.endsWith(`:${type}`) && one.name === name)?.inputs ?? {}) as Record<
        string,
        unknown
      >;

    it("should have the documented ports, image and loopback address by default", async () => {
      const { clientUrls, networkUrls, checked } = cluster();
      await valueOf(checked);
      assert.deepEqual(await valueOf(pulumi.all([clientUrls.static, clientUrls.operator])), [
        "nats://127.0.0.1:4222",
        "nats://127.0.0.1:4223",
      ]);
      assert.equal(await valueOf(networkUrls.operator), "nats://operator:4223");
      assert.equal(inputsOf("RemoteImage", "nats").name, "nats:2.15.2");
      const published = (side: string) => inputsOf("Container", `nats-${side}`).ports;
      assert.deepEqual(
        published("static"),
        [4222, 6222].map((port) => ({ internal: port, external: port, ip: "127.0.0.1" })),
      );
      assert.deepEqual(
        published("operator"),
        [4223, 6223].map((port) => ({ internal: port, external: port, ip: "127.0.0.1" })),
      );
    });

    it("should make containers that are stopped, without privileges, and replaced for what no reload can change", async () => {
      await valueOf(cluster().checked);
      const { start, mustRun, capabilities, securityOpts, user, labels } = inputsOf("Container", "nats-static");
      assert.deepEqual(
        [start, mustRun, capabilities, securityOpts],
        [false, false, { drops: ["ALL"] }, ["no-new-privileges"]],
      );
      assert.doesNotMatch(String(user), /^(0|root)/);
      assert.deepEqual(
        (labels as { label: string }[]).map(({ label }) => label),
        ["pulumi-nats-auth.server", "pulumi-nats-auth.restart-for"],
      );
    });

    it("should put the arguments where they belong when they are given", async () => {
      const { clientUrls, checked } = cluster({
        image: "nats:other",
        bindAddress: "0.0.0.0",
        static: { clientPort: 5000, monitoringPort: 5001 },
        check: "skip",
      });
      assert.equal(await valueOf(clientUrls.static), "nats://127.0.0.1:5000");
      assert.equal(await valueOf(checked), undefined);
      await valueOf(clientUrls.operator);
      assert.equal(ofType("ClusterCheck").length, 0);
    });

    it("should write both configurations from the one model, with every user and no seed", async () => {
      const { configs, checked } = cluster();
      await valueOf(checked);
      const [ofStatic, ofOperator] = await valueOf(pulumi.all([configs.static, configs.operator]));
      const users = ofType("User").map(({ name }) => name);
      assert.deepEqual(users.sort(), ["A/u", "KO/SYS/sys"]);
      assert.equal(ofStatic.match(/nkey: "U/g)?.length, 2);
      assert.equal(ofOperator.match(/: "eyJ/g)?.length, 3);
      assert.equal(/\bS[UAO][A-Z2-7]{50}/.test(ofStatic + ofOperator), false);
    });
  });
});
