import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Account, MixedAuthCluster, Operator, type AccountArgs, type MixedAuthClusterArgs } from "../../provider";
import { keyOf, seedOf } from "../support/keys";
import { mockEngine, valueOf } from "../support/mocks";

/** The compiler checks these tests: `@ts-expect-error` is an error itself if the next line compiles. */
describe("types of components", () => {
  beforeEach(mockEngine);

  it("should infer the users of an account, and that an account without the argument has none", () => {
    const operator = new Operator("KO");
    const none = new Account("none", { operator });
    const some = new Account("some", { operator, users: { one: {}, two: {} } });
    const users: pulumi.Output<string>[] = [some.users.one.publicKey, some.users.two.publicKey];
    // @ts-expect-error -- the account has no users
    assert.equal(none.users.any, undefined);
    // @ts-expect-error -- the account has other users
    assert.equal(some.users.three, undefined);
    // @ts-expect-error -- the system account has no users by default
    assert.equal(operator.systemAccount.users.sys, undefined);
    assert.ok(new Operator("KO2", { systemAccount: { users: { sys: {} } } }).systemAccount.users.sys.publicKey);
    assert.equal(users.length, 2);
  });

  it("should infer that creds are defined for a user without a given public key", async () => {
    const operator = new Operator("KO");
    const permissions = { publish: { allow: ["a"] } };
    const publicKey = keyOf("user", "keeps");
    const { users } = new Account("A", { operator, users: { one: { permissions }, two: {}, keeps: { publicKey } } });
    const creds: pulumi.Output<string>[] = [users.one.creds, users.two.creds, users.one.seed];
    assert.equal(creds.length, 3);
    // @ts-expect-error -- creds can be undefined for a given public key
    const none: pulumi.Output<string> = users.keeps.creds;
    assert.equal(await valueOf(none), undefined);
  });

  it("should infer the roles of an account, and accept no other roles for users", () => {
    const operator = new Operator("KO");
    const roles = {
      reader: { permissions: { publish: { deny: [">"] } } },
      far: { publicKey: keyOf("account", "far") },
    };
    const account = new Account("A", { operator, roles, users: { one: { role: "reader" }, two: {} } });
    const seeds: pulumi.Output<string>[] = [account.roles.reader.seed];
    assert.equal(seeds.length, 1);
    // @ts-expect-error -- the seed can be undefined for a given public key
    const none: pulumi.Output<string> = account.roles.far.seed;
    assert.ok(none);
    // @ts-expect-error -- the account has other roles
    assert.equal(account.roles.writer, undefined);
    // @ts-expect-error -- the account has no roles
    assert.equal(new Account("B", { operator }).roles.reader, undefined);
    const args: AccountArgs = { operator, roles, users: { one: { role: "reader" } } };
    const wrong = () => [
      // @ts-expect-error -- the role is not declared
      new Account("C", { operator, roles, users: { one: { role: "writer" } } }),
      // @ts-expect-error -- there is no role
      new Account("D", { operator, users: { one: { role: "reader" } } }),
      new Account("E", args),
    ];
    assert.equal(typeof wrong, "function");
    const { systemAccount } = new Operator("KO2", { systemAccount: { roles: { watcher: {} } } });
    assert.ok(systemAccount.roles.watcher.publicKey);
  });

  it("should reject unknown properties of users and permissions", () => {
    const operator = new Operator("KO");
    const args: AccountArgs[] = [
      // @ts-expect-error -- `sed` is not a property of users
      { operator, users: { one: { permissions: {}, sed: "" } } },
      // @ts-expect-error -- `pub` is not a property of permissions
      { operator, users: { one: { permissions: { publish: {}, pub: {} } } } },
    ];
    assert.equal(args.length, 2);
    const direct = () => [
      // @ts-expect-error -- `sed` is not a property of users
      new Account("A", { operator, users: { one: { permissions: {}, sed: "" } } }),
      // @ts-expect-error -- `pub` is not a property of permissions
      new Account("A", { operator, users: { one: { permissions: { publish: {}, pub: {} } } } }),
      // @ts-expect-error -- `sed` is not a property of users
      new Operator("KO", { systemAccount: { users: { one: { seed: "", sed: "" } } } }),
    ];
    assert.equal(typeof direct, "function");
  });

  it("should accept outputs of booleans and of values that are one of several", () => {
    const output = pulumi.output({ yes: true, type: "stream" as "stream" | "service", after: 5 as string | number });
    const args: AccountArgs = {
      operator: new Operator("KO"),
      exports: [{ subject: "s", type: output.type, responseThreshold: output.after, advertise: output.yes }],
      users: { one: { bearer: output.yes, lifetime: output.after } },
    };
    assert.ok(args.users?.one);
  });

  it("should allow any user name when the compiler cannot infer the names", () => {
    const args: AccountArgs = { operator: new Operator("KO"), users: Object.fromEntries([["one", {}]]) };
    const account = new Account("A", args);
    assert.ok(account.users.one?.publicKey);
    // @ts-expect-error -- creds can be undefined for a given public key
    const creds: pulumi.Output<string> | undefined = account.users.one.creds;
    assert.ok(creds);
    assert.equal(account.users.any?.publicKey, undefined);
  });

  it("should accept operators and accounts with any names in a cluster", () => {
    const operator = new Operator("KO", { systemAccount: { users: { sys: {} } } });
    const args: AccountArgs = { operator };
    const accounts = [new Account("A", args), new Account("B", { operator, users: { one: {} } })];
    const cluster: MixedAuthClusterArgs = { operator, accounts: [...accounts, new Account("C", { operator })] };
    assert.equal(cluster.accounts.length, 3);
  });

  it("should infer the pods of a cluster in Kubernetes, and its outputs, from `servers` and `target`", () => {
    const inPods = () =>
      new MixedAuthCluster("nats", {
        operator: new Operator("KO"),
        accounts: [],
        target: { kubernetes: { context: "kind" } },
        servers: { a: { mode: "static", replicas: 2 } },
      });
    const outputs = (cluster: ReturnType<typeof inPods>): unknown[] => [
      cluster.clientUrls["a-1"],
      cluster.serviceUrls.a,
      // @ts-expect-error -- a server has the name of its pod
      cluster.clientUrls.a,
      // @ts-expect-error -- there are no containers of a Docker Engine
      cluster.containers.a,
      // @ts-expect-error -- there are no processes
      cluster.processes.a,
    ];
    const inContainers = () => new MixedAuthCluster("nats", { operator: new Operator("KO"), accounts: [] });
    // @ts-expect-error -- there are no Services of Kubernetes
    const none = (cluster: ReturnType<typeof inContainers>): unknown => cluster.serviceUrls.static;
    assert.deepEqual([typeof outputs, typeof none], ["function", "function"]);
  });

  it("should infer the outputs of all platforms that a cluster spans", () => {
    const spanning = () =>
      new MixedAuthCluster("nats", {
        operator: new Operator("KO"),
        accounts: [],
        target: { kubernetes: { context: "kind" } },
        hosts: { machine: { target: "docker", address: "192.0.2.1" }, pods: {} },
        servers: { a: { mode: "static", host: "machine" }, b: { mode: "operator", host: "pods" } },
      });
    const outputs = (cluster: ReturnType<typeof spanning>): unknown[] => [
      cluster.clientUrls.a,
      cluster.clientUrls["b-0"],
      cluster.serviceUrls?.b,
      cluster.containers?.a,
      // @ts-expect-error -- there are no processes
      cluster.processes?.a,
      // @ts-expect-error -- there are other servers
      cluster.clientUrls.c,
    ];
    assert.equal(typeof outputs, "function");
  });

  it("should accept a plain seed as the signer of an account", async () => {
    const signer = seedOf("operator", "signing");
    const account = new Account("A", { operator: { signer }, users: { one: { publicKey: keyOf("user", "one") } } });
    assert.match(await valueOf(account.jwt), /^eyJ/);
    assert.equal(await pulumi.isSecret(account.jwt), false);
  });
});
