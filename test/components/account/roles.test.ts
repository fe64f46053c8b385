import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Account, Operator } from "../../../provider";
import { readToken } from "../../../provider/jwt/sign";
import { keyOf, seedOf } from "../../support/keys";
import { mockEngine, ofType, valueOf } from "../../support/mocks";

interface Scope {
  readonly key: string;
  readonly role: string;
  readonly template: { readonly pub: { readonly allow?: string[] } };
}

describe("roles of an account", () => {
  beforeEach(mockEngine);

  const permissions = { publish: { allow: ["orders.{{tag(tenant)}}"] } };

  it("should each have a signing key that signs their users, with their permissions as its scope", async () => {
    const account = new Account("A", {
      operator: new Operator("KO"),
      roles: { reader: { permissions, seed: seedOf("account", "reader") } },
      users: {
        one: { role: "reader", tags: ["tenant:b", "tenant:a"] },
        two: { permissions: { publish: { deny: [">"] } } },
      },
    });
    const token = readToken(await valueOf(account.users.one.jwt));
    assert.equal(token.iss, keyOf("account", "reader"));
    assert.deepEqual((token.nats as { tags: string[] }).tags, ["tenant:a", "tenant:b"]);
    assert.equal(await valueOf(account.roles.reader.publicKey), keyOf("account", "reader"));
    assert.ok(await pulumi.isSecret(account.roles.reader.seed));

    const { signing_keys: keys } = readToken(await valueOf(account.jwt)).nats as { signing_keys: Scope[] };
    const scopes = Object.fromEntries(keys.map(({ role, key }) => [role, key]));
    const alone = readToken(await valueOf(account.users.two.jwt)).iss;
    assert.deepEqual(scopes, { reader: keyOf("account", "reader"), two: alone });
    assert.deepEqual(keys.find(({ role }) => role === "reader")?.template.pub, permissions.publish);
    const names = ofType("Nkey").map(({ name }) => name);
    assert.ok(names.includes("A/roles/reader"));
  });

  it("should be in the JWT when only the public key is known", async () => {
    const roles = { far: { publicKey: keyOf("account", "far"), permissions } };
    const account = new Account("A", { operator: new Operator("KO"), roles });
    const { signing_keys: keys } = readToken(await valueOf(account.jwt)).nats as { signing_keys: Scope[] };
    assert.deepEqual(
      keys.map(({ key }) => key),
      [keyOf("account", "far")],
    );
    assert.equal(await valueOf(account.roles.far.seed), undefined);
  });

  for (const [condition, args, problem] of [
    [
      "a user has a role whose seed is not managed here",
      { roles: { far: { publicKey: keyOf("account", "far") } }, users: { u: { role: "far" } } },
      /users\.u\.role = "far": .*\[NA4003\]/,
    ],
    ["a seed is the seed of a user", { roles: { r: { seed: seedOf("user", "r") } } }, /roles\.r\.seed = \(secret\): /],
    [
      "a seed and a public key are set",
      { roles: { r: { seed: seedOf("account", "r"), publicKey: keyOf("account", "r") } } },
      /roles\.r\.publicKey: .*\[NA4001\]/,
    ],
    ["a user has an undeclared role", { users: { u: { role: "r" } } }, /users\.u\.role = "r": /],
  ] as [string, object, RegExp][]) {
    it(`should be rejected when ${condition}`, async () => {
      const account = new Account("A", { operator: new Operator("KO"), ...args });
      await assert.rejects(account.gate, problem);
    });
  }

  it("should work with role and user names that are properties of every object", async () => {
    // Pulumi's serialization drops these two.
    const names = Object.getOwnPropertyNames(Object.prototype).filter(
      (name) => name !== "toString" && name !== "__proto__",
    );
    const each = <T>(of: (name: string) => T) => Object.fromEntries(names.map((name) => [name, of(name)]));
    const account = new Account("A", {
      operator: new Operator("KO"),
      roles: each(() => ({ permissions })),
      users: each((role) => ({ role, tags: ["tenant:a"] })),
    });
    const { signing_keys: keys } = readToken(await valueOf(account.jwt)).nats as { signing_keys: Scope[] };
    assert.deepEqual(keys.map(({ role }) => role).toSorted(), names.toSorted());
    const { users } = await valueOf(account.model);
    assert.deepEqual(Object.keys(users).toSorted(), names.toSorted());
  });
});
