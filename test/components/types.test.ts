import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Account, Operator, type AccountArgs, type MixedAuthClusterArgs } from "../../provider";
import { keyOf, seedOf } from "../support/keys";
import { mockEngine, valueOf } from "../support/mocks";

/** The compiler checks these: a line that should not compile and does is an error, too. */
describe("types of components", () => {
  beforeEach(mockEngine);

  it("should know the users of an account, and that there are none when none are given", () => {
    const operator = new Operator("KO");
    const none = new Account("none", { operator });
    const some = new Account("some", { operator, users: { one: {}, two: {} } });
    const users: pulumi.Output<string>[] = [some.users.one.publicKey, some.users.two.publicKey];
    // @ts-expect-error -- no users are given
    assert.equal(none.users.whoever, undefined);
    // @ts-expect-error -- another user is given
    assert.equal(some.users.three, undefined);
    // @ts-expect-error -- the system account has no users unless they are given
    assert.equal(operator.systemAccount.users.sys, undefined);
    assert.ok(new Operator("KO2", { systemAccount: { users: { sys: {} } } }).systemAccount.users.sys.publicKey);
    assert.equal(users.length, 2);
  });

  it("should know that there are creds of a user who does not keep the seed", async () => {
    const operator = new Operator("KO");
    const permissions = { publish: { allow: ["a"] } };
    const publicKey = keyOf("user", "keeps");
    const { users } = new Account("A", { operator, users: { one: { permissions }, two: {}, keeps: { publicKey } } });
    const creds: pulumi.Output<string>[] = [users.one.creds, users.two.creds, users.one.seed];
    assert.equal(creds.length, 3);
    // @ts-expect-error -- who keeps the seed has none
    const none: pulumi.Output<string> = users.keeps.creds;
    assert.equal(await valueOf(none), undefined);
  });

  it("should know the roles of an account, and let users have no others", () => {
    const operator = new Operator("KO");
    const roles = {
      reader: { permissions: { publish: { deny: [">"] } } },
      far: { publicKey: keyOf("account", "far") },
    };
    const account = new Account("A", { operator, roles, users: { one: { role: "reader" }, two: {} } });
    const seeds: pulumi.Output<string>[] = [account.roles.reader.seed];
    assert.equal(seeds.length, 1);
    // @ts-expect-error -- whose key is elsewhere has no seed
    const none: pulumi.Output<string> = account.roles.far.seed;
    assert.ok(none);
    // @ts-expect-error -- another role is given
    assert.equal(account.roles.writer, undefined);
    // @ts-expect-error -- no roles are given
    assert.equal(new Account("B", { operator }).roles.reader, undefined);
    const args: AccountArgs = { operator, roles, users: { one: { role: "reader" } } };
    const wrong = () => [
      // @ts-expect-error -- there is no such role
      new Account("C", { operator, roles, users: { one: { role: "writer" } } }),
      // @ts-expect-error -- there is no role
      new Account("D", { operator, users: { one: { role: "reader" } } }),
      new Account("E", args),
    ];
    assert.equal(typeof wrong, "function");
    const { systemAccount } = new Operator("KO2", { systemAccount: { roles: { watcher: {} } } });
    assert.ok(systemAccount.roles.watcher.publicKey);
  });

  it("should not let a key pass that no user and no permissions have", () => {
    const operator = new Operator("KO");
    const args: AccountArgs[] = [
      // @ts-expect-error -- `sed` is no key of a user
      { operator, users: { one: { permissions: {}, sed: "" } } },
      // @ts-expect-error -- `pub` is no key of permissions
      { operator, users: { one: { permissions: { publish: {}, pub: {} } } } },
    ];
    assert.equal(args.length, 2);
    const direct = () => [
      // @ts-expect-error -- `sed` is no key of a user
      new Account("A", { operator, users: { one: { permissions: {}, sed: "" } } }),
      // @ts-expect-error -- `pub` is no key of permissions
      new Account("A", { operator, users: { one: { permissions: { publish: {}, pub: {} } } } }),
      // @ts-expect-error -- `sed` is no key of a user
      new Operator("KO", { systemAccount: { users: { one: { seed: "", sed: "" } } } }),
    ];
    assert.equal(typeof direct, "function");
  });

  it("should not know the users of an account when the program does not know them either", () => {
    const args: AccountArgs = { operator: new Operator("KO"), users: Object.fromEntries([["one", {}]]) };
    const account = new Account("A", args);
    assert.ok(account.users.one?.publicKey);
    // @ts-expect-error -- the user may be one who keeps the seed
    const creds: pulumi.Output<string> | undefined = account.users.one.creds;
    assert.ok(creds);
    assert.equal(account.users.whoever?.publicKey, undefined);
  });

  it("should take any operator and accounts for a cluster", () => {
    const operator = new Operator("KO", { systemAccount: { users: { sys: {} } } });
    const args: AccountArgs = { operator };
    const accounts = [new Account("A", args), new Account("B", { operator, users: { one: {} } })];
    const cluster: MixedAuthClusterArgs = { operator, accounts: [...accounts, new Account("C", { operator })] };
    assert.equal(cluster.accounts.length, 3);
  });

  it("should let a text sign an account, and keep it secret", async () => {
    const signer = seedOf("operator", "signing");
    const account = new Account("A", { operator: { signer }, users: { one: { publicKey: keyOf("user", "one") } } });
    assert.match(await valueOf(account.jwt), /^eyJ/);
    assert.equal(await pulumi.isSecret(account.jwt), false);
  });
});
