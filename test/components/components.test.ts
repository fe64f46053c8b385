import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Account, MixedAuthCluster, Nkey, Operator, UserSet } from "../../provider";
import { readToken } from "../../provider/jwt/sign";
import { digestOf, keyOf, seedOf } from "../support/keys";
import { mockEngine, ofType, valueOf } from "../support/mocks";
import { collectWarnings } from "../support/warnings";

const permissions = { publish: { allow: ["b", "a"] } };

describe("operators and accounts, with a mock engine", () => {
  beforeEach(mockEngine);

  describe("Operator", () => {
    it("should create an identity key, a signing key, a key for verifications, and a system account with its own key", async () => {
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

    it("should use a given seed and name", async () => {
      const operator = new Operator("KO", { seed: seedOf("operator", "given"), name: pulumi.output("other name") });
      assert.equal(await valueOf(operator.publicKey), keyOf("operator", "given"));
      assert.equal(readToken(await valueOf(operator.jwt)).name, "other name");
    });

    it("should mark its seeds as secrets", async () => {
      const operator = new Operator("KO", { seed: seedOf("operator", "given") });
      assert.ok(await pulumi.isSecret(operator.signer));
      assert.ok(await pulumi.isSecret(operator.checkSigner));
      assert.equal(await pulumi.isSecret(operator.jwt), false);
    });

    it("should output its JWT as a secret if a part of it is one", async () => {
      const operator = new Operator("KO", { name: pulumi.secret("hidden") });
      assert.equal(await pulumi.isSecret(operator.jwt), true);
      assert.equal(await pulumi.isSecret(operator.publicKey), false);
    });
  });

  describe("Account", () => {
    const warnings = collectWarnings();

    it("should output seeds and creds of its users as secrets, and their keys and JWTs in plaintext", async () => {
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

    it("should output a JWT as a secret that logs in without the seed, or may do so", async () => {
      const roles = { bearer: { bearer: true }, other: {}, later: { bearer: pulumi.output(true) } };
      const { users, jwt } = new Account("A", {
        operator: new Operator("KO"),
        roles,
        users: {
          own: { bearer: true, publicKey: keyOf("user", "own") },
          output: { bearer: pulumi.output(false) },
          role: { role: "bearer" },
          later: { role: "later" },
          not: { bearer: false },
          other: { role: "other" },
        },
      });
      const isHidden = async (of: Readonly<Record<string, { readonly jwt: pulumi.Output<string> }>>) =>
        Object.fromEntries(
          await Promise.all(Object.entries(of).map(async ([name, user]) => [name, await pulumi.isSecret(user.jwt)])),
        ) as Record<string, boolean>;
      assert.deepEqual(await isHidden(users), {
        own: true,
        output: true,
        role: true,
        later: true,
        not: false,
        other: false,
      });
      assert.equal(readToken(await valueOf(users.own.jwt)).sub, keyOf("user", "own"));
      assert.equal(await pulumi.isSecret(jwt), false, "the account's claims hold no JWT of a user");
    });

    for (const [what, part] of [
      ["the permissions of a user", { users: { u: { permissions: pulumi.secret({ publish: { allow: ["a"] } }) } } }],
      ["a user's tags", { users: { u: { tags: [pulumi.secret("tenant:blue")] } } }],
      ["the description", { description: pulumi.secret("hidden") }],
      ["an export", { exports: pulumi.secret([{ subject: "hidden", type: "stream" as const }]) }],
    ] as const) {
      it(`should output its JWT as a secret if ${what} is one`, async () => {
        const operator = new Operator("KO");
        const account = new Account("A", { operator, users: { u: {} }, ...part });
        assert.equal(await pulumi.isSecret(account.jwt), true);
        assert.equal(await pulumi.isSecret(account.users.u.jwt), what === "a user's tags");
        assert.deepEqual(await Promise.all([operator.jwt, account.publicKey].map(pulumi.isSecret)), [false, false]);
      });
    }

    it("should not output the JWT of an importer as a secret: what it refers to has a seed, but does not show it", async () => {
      const operator = new Operator("KO");
      const exports = [{ subject: "s", type: "stream" }] as const;
      const account = new Account("A", { operator, users: { u: {} }, exports });
      const imports = [{ account, subject: "s", type: "stream" }] as const;
      const importer = new Account("B", { operator, users: { u: {} }, imports });
      assert.equal(await pulumi.isSecret(importer.jwt), false);
    });

    it("should show the claims of an account with a bearer, and both configurations", async () => {
      const operator = new Operator("KO");
      const users = { u: { bearer: true }, v: {} };
      const a = new Account("A", { operator, roles: { r: { bearer: true } }, users: { ...users, w: { role: "r" } } });
      const accept = { "A.*.*.bearer": "a test" };
      const { configs } = new MixedAuthCluster("nats", { operator, accounts: [a], parity: { accept } });
      assert.equal(await pulumi.isSecret(a.model), false);
      assert.deepEqual(await Promise.all([configs.static, configs.operator].map(pulumi.isSecret)), [false, false]);
    });

    it("should output creds only while servers accept them, and as secrets", async () => {
      const operator = new Operator("KO");
      const users = {
        ended: { expires: "2026-01-01" },
        lasts: { expires: "2999-01-01" },
        starts: { notBefore: "2999-01-01" },
      };
      const a = new Account("A", { operator, users: { ...users, own: {} } });
      const all = await Promise.all(Object.values(a.users).map(({ creds }) => valueOf<string | undefined>(creds)));
      assert.deepEqual(
        all.map((creds) => creds !== undefined),
        [false, true, true, true],
      );
      assert.deepEqual(await Promise.all(Object.values(a.users).map(({ creds }) => pulumi.isSecret(creds))), [
        false,
        true,
        true,
        true,
      ]);
      assert.equal(await pulumi.isSecret(a.users.ended.seed), true);

      const seed = seedOf("user", "one");
      const b = new Account("B", {
        operator,
        revocations: pulumi.output({ [keyOf("user", "one")]: "2999-01-01T00:00:00Z" }),
        users: { one: { seed }, other: {} },
      });
      assert.equal(await valueOf<string | undefined>(b.users.one.creds), undefined);
      assert.notEqual(await valueOf<string | undefined>(b.users.other.creds), undefined);
      await valueOf(b.jwt);
      await new Promise((resolve) => setImmediate(resolve));
      const found = warnings.filter((text) => text.includes("NA1411"));
      assert.equal(found.length, 1);
      assert.match(found[0] ?? "", /account "B" has 1 problem:\n {2}- revocations\.U\w+ = "2999.*locks out "one":/);
    });

    it("should name revoked keys that no user has, and keep their revocations", async () => {
      const [gone, present] = [keyOf("user", "gone"), keyOf("user", "present")];
      const lines: string[] = [];
      const { log } = console;
      console.log = (text: string) => lines.push(text);
      try {
        const account = new Account("A", {
          operator: new Operator("KO"),
          revocations: { [gone]: 1, [present]: 1 },
          users: { present: { publicKey: present }, generated: {} },
        });
        const { revocations } = readToken(await valueOf(account.jwt)).nats as { revocations: object };
        assert.deepEqual(Object.keys(revocations).sort(), [gone, present].sort());
        await new Promise((resolve) => setImmediate(resolve));
      } finally {
        console.log = log;
      }
      const found = lines.filter((text) => text.includes("NA1413"));
      assert.equal(found.length, 1);
      assert.match(found[0] ?? "", new RegExp(`account "A": revocations: .*"${gone}"\\. `));
    });

    it("should find users of sets among revoked keys, and warn when they are locked out", async () => {
      const lines: string[] = [];
      const { log } = console;
      console.log = (text: string) => lines.push(text);
      const warned = warnings.length;
      try {
        const account = new Account("A", {
          operator: new Operator("KO"),
          roles: { device: {} },
          revocations: { [keyOf("user", "d-1")]: "2999-01-01T00:00:00Z", [keyOf("user", "d-2")]: 1 },
        });
        const users = Object.fromEntries(["d-1", "d-2"].map((name) => [name, { publicKey: keyOf("user", name) }]));
        await valueOf(new UserSet("devices", { account, role: "device", users }).publicKeys);
        await valueOf(account.jwt);
        await new Promise((resolve) => setTimeout(resolve, 50));
      } finally {
        console.log = log;
      }
      assert.deepEqual(
        lines.filter((text) => text.includes("NA1413")),
        [],
      );
      const found = warnings.slice(warned).filter((text) => text.includes("NA1411"));
      assert.equal(found.length, 1);
      assert.match(found[0] ?? "", /locks out "d-1":/);
    });

    it("should sign a user's JWT with the key whose scope has the user's permissions", async () => {
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

    it("should not output a seed or creds for a user with a given public key", async () => {
      const publicKey = keyOf("user", "keeps");
      const { users } = new Account("A", { operator: new Operator("KO"), users: { u: { publicKey } } });
      assert.deepEqual(await Promise.all([valueOf(users.u.seed), valueOf(users.u.creds)]), [undefined, undefined]);
      assert.equal(readToken(await valueOf(users.u.jwt)).sub, publicKey);
    });

    it("should use given seeds of the account and its users", async () => {
      const given = { seed: seedOf("user", "given") };
      const { publicKey, users } = new Account("A", {
        operator: new Operator("KO"),
        seed: seedOf("account", "given"),
        users: { u: given },
      });
      assert.equal(await valueOf(publicKey), keyOf("account", "given"));
      assert.equal(digestOf(await valueOf(users.u.seed)), digestOf(given.seed));
    });

    it("should name its resources after itself and its users, and be their parent", async () => {
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

    it("should use unique resource names for any names of accounts, users and operators", async () => {
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

    it("should import from an account that imports from it, with a key created beforehand", async () => {
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
});
