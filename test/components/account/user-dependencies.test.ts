import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Account, Nkey, Operator } from "../../../provider";
import { withoutDependencies } from "../../../provider/components/join-outputs";
import { valueIfKnown } from "../../../provider/components/validation";
import { mockEngine, ofType, registered, valueOf } from "../../support/mocks";

/** Returns the names of the resources that a resource depends on. */
function dependenciesOf(type: string, name: string): string[] {
  const found = registered.find((one) => one.name === name && one.type.endsWith(`:${type}`));
  assert.ok(found !== undefined, `${type} ${name} is not registered`);
  return found.dependencies.map((urn) => urn.split("::").at(-1) ?? "").sort();
}

describe("the dependencies of users", () => {
  beforeEach(mockEngine);

  it("should not be the keys of the account and of the role, which exist nevertheless when a user is created", async () => {
    const account = new Account("A", {
      operator: new Operator("KO"),
      roles: { reader: {} },
      users: { alone: {}, one: { role: "reader" }, two: { role: "reader" } },
    });
    await valueOf(account.jwt);
    for (const name of ["A/alone", "A/one", "A/two"]) {
      assert.deepEqual(dependenciesOf("User", name), []);
    }
    const key = await valueOf(account.publicKey);
    assert.ok(ofType("User").filter(({ inputs }) => inputs.account === key).length === 3);
    assert.deepEqual(dependenciesOf("AccountClaims", "A"), [
      "A",
      "A/alone",
      "A/one",
      "A/roles/reader",
      "A/two",
      "KO/signing",
    ]);
  });

  it("should be those of the program only in the claims of an account with many users", async () => {
    const subject = new Nkey("other", { kind: "user" }).publicKey;
    const names = Array.from({ length: 60 }, (_, index) => `u${index}`);
    const users = Object.fromEntries(names.map((name) => [name, { permissions: { publish: { allow: [subject] } } }]));
    const account = new Account("A", { operator: new Operator("KO"), users });
    await valueOf(account.jwt);
    assert.deepEqual(dependenciesOf("AccountClaims", "A"), ["A", "KO/signing", "other"]);
  });

  it("should be the resources of the program that arguments come from", async () => {
    const other = new Nkey("other", { kind: "user" });
    const tags = [other.publicKey.apply((key) => `key:${key}`)];
    const account = new Account("A", { operator: new Operator("KO"), users: { u: { tags } } });
    await valueOf(account.users.u.jwt);
    assert.deepEqual(dependenciesOf("User", "A/u"), ["other"]);
  });
});

describe("an output without dependencies", () => {
  beforeEach(mockEngine);

  it("should have the same value, be as secret, and be unknown as long as the value is", async () => {
    const { publicKey, seed } = new Nkey("key", { kind: "user" });
    const [plain, secret] = [withoutDependencies(publicKey), withoutDependencies(seed)];
    assert.equal(await valueOf(plain), await valueOf(publicKey));
    assert.equal(await valueOf(secret), await valueOf(seed));
    assert.deepEqual(await Promise.all([plain, secret].map(pulumi.isSecret)), [false, true]);
    const unknown = withoutDependencies(pulumi.output(pulumi.unknown as unknown as string));
    assert.equal(await valueIfKnown(unknown), undefined);
    assert.equal(await pulumi.isSecret(unknown), false);
  });
});
