import assert from "node:assert/strict";
import { join } from "node:path";
import { DECLARED, failed, STEP_TIMEOUT, succeeded, testStack, type StackOutputs } from "../support/stack";
import { seedOf } from "../support/keys";
import { answer, ask, byCreds, bySeed, Clients, publishRefusal, refuses } from "../support/stack-clients";
import { changedResources } from "../support/stack-diff";
import { identitiesOf } from "../support/stack-tokens";
import { problemsIn, YamlProject } from "../support/yaml-project";
import type { Declaration } from "./programs/declared/declaration";

const OUTPUTS = [
  ...["clientUrls", "monitoringUrls", "leafNodeUrls", "websocketUrls", "mqttUrls", "processes", "configs"],
  ...["operatorPublicKey", "operatorJwt", "accountPublicKeys", "userPublicKeys", "creds", "seeds", "checked", "parity"],
  ...["jwts", "identitySeed", "accountSeeds", "roleSeeds", "authorizationSeeds", "references"],
];

const everything = { publish: { allow: [">"] }, subscribe: { allow: [">"] } };

/** A model that both languages can express: exports, imports with an activation, roles, a set, a system account. */
const MODEL: Declaration = {
  accounts: {
    A: {
      exports: [{ subject: "test", type: "service", importers: ["B"] }],
      users: { test: { permissions: everything }, leaves: {} },
      roles: { device: { permissions: { publish: { allow: ["{{tag(site)}}.>"] } } } },
      sets: { devices: { role: "device", users: { "d-1": { tags: ["site:north"] }, "d-2": {} } } },
    },
    B: { imports: [{ account: "A", subject: "test", type: "service" }], users: { test: {} } },
  },
};

/** Values that YAML reads as others than they look like, and values of wrong types. */
const HOSTILE = `{
  target: process,
  operator: { systemAccount: { users: { sys: ~ } } },
  staticServer: { clientPort: "4222", clusterPort: 6222.5 },
  operatorServer: { clientPort: .inf, clusterPort: 0x1F90, monitoringPort: null },
  accounts: {
    "1": { users: { "2": {}, "yes": {} } },
    A: {
      users: {
        u: { expires: 2099-01-01T00:00:00Z, bearer: "true", permissions: { publish: { allow: [1, true, ~, a.b] } } },
        __proto__: { bearer: true },
        "": {}
      },
      limits: { connections: 1e3, payload: 64KiB, subscriptions: 99999999999999999999 },
      exports: { subject: a, type: service }
    },
    B: ~,
    C: []
  }
}`;

describe("a program in YAML that continues one in TypeScript", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED);
  const project = new YamlProject(join(stack.folder, "yaml"), DECLARED.project);
  const clients = new Clients();
  let outputs: StackOutputs & {
    readonly configs: Record<string, string>;
    readonly parity: string;
    readonly operatorJwt: string;
    readonly identitySeed: string;
  };
  let model: Record<string, object>;
  let former: {
    readonly lives: unknown;
    readonly configurations: unknown;
    readonly identities: unknown;
    readonly creds: Record<string, string>;
  };

  async function write(accounts: object = model.accounts ?? {}, more: object = {}): Promise<void> {
    model = { ...model, accounts };
    await project.write("nats-auth:Cluster", { ...model, ...more }, OUTPUTS);
  }

  before("a cluster of a TypeScript program", async () => {
    await stack.declare(MODEL);
    succeeded(await stack.up());
    const [lives, configurations] = [await stack.servers.lives(), await stack.servers.configurations()];
    former = {
      lives,
      configurations,
      identities: identitiesOf(await stack.resources()),
      creds: (await stack.outputs()).creds,
    };
    const { staticPort, staticClusterPort, operatorPort, operatorClusterPort } = stack.ports;
    model = {
      operator: { name: "KO", systemAccount: { name: "SYS", users: { sys: {} } } },
      accounts: MODEL.accounts ?? {},
      target: "process" as unknown as object,
      staticServer: { clientPort: staticPort, clusterPort: staticClusterPort },
      operatorServer: { clientPort: operatorPort, clusterPort: operatorClusterPort },
    };
    await project.create();
    stack.runProject(project.folder);
    await write();
    succeeded(await stack.up());
    outputs = (await stack.outputs()) as typeof outputs;
  });

  it("should change no key, no token, no server and no byte of a configuration", async () => {
    assert.deepEqual(identitiesOf(await stack.resources()), former.identities);
    assert.deepEqual(await stack.servers.lives(), former.lives);
    assert.deepEqual(await stack.servers.configurations(), former.configurations);
    for (const user of ["SYS/sys", "A/test", "B/test"]) {
      assert.ok(outputs.creds[user] === former.creds[user], user);
    }
    assert.deepEqual(outputs.configs.static, (await stack.servers.configuration("static"))["nats.conf"]);
  });

  it("should change nothing when it is updated again", async () => {
    const { output } = succeeded(await stack.up());
    assert.match(output, /\n\s+\d+ unchanged\n/);
    assert.doesNotMatch(output, /to (?:create|update|delete|replace)|\d+ (?:created|updated|deleted|replaced)/);
  });

  it("should carry a request between the servers, and report the verification and the parity", async () => {
    const responder = await clients.connect(outputs.clientUrls.static, bySeed(outputs.seeds["A/test"]));
    const requestor = await clients.connect(outputs.clientUrls.operator, byCreds(outputs.creds["B/test"]));
    await answer(responder, "test", "hello");
    assert.equal((await ask(requestor, "test", "?")).string(), "hello");
    assert.equal(
      outputs.checked,
      "nats-static and nats-operator are one cluster, nats, and have loaded all 3 accounts",
    );
    assert.match(outputs.parity, /^# Parity/);
    assert.ok(!("A/d-1" in outputs.creds));
    const all = outputs as unknown as Readonly<Record<string, object>>;
    assert.deepEqual(Object.keys(all).sort(), OUTPUTS.toSorted());
    const keysOf = (name: string) => Object.keys(all[name] ?? {}).sort();
    assert.deepEqual(keysOf("accountPublicKeys"), ["A", "B", "SYS"]);
    for (const name of ["userPublicKeys", "creds", "seeds", "jwts"]) {
      assert.deepEqual(keysOf(name), ["A/leaves", "A/test", "B/test", "SYS/sys"]);
    }
    assert.deepEqual(keysOf("accountSeeds"), ["A", "B", "SYS"]);
    assert.deepEqual(["roleSeeds", "authorizationSeeds", "references"].map(keysOf), [["A/device"], [], []]);
    assert.ok(outputs.identitySeed.startsWith("SO") && outputs.operatorJwt.startsWith("eyJ"));
    for (const name of ["clientUrls", "processes", "configs"]) {
      assert.deepEqual(keysOf(name), ["operator", "static"]);
    }
  });

  it("should preview a changed permission and a removed user truly, and apply both", async () => {
    const old = outputs;
    const gone = await clients.connect(old.clientUrls.operator, byCreds(old.creds["A/leaves"]));
    const narrowed = { publish: { allow: ["test.>"] }, subscribe: { allow: [">"] } };
    const { A = {}, B = {} } = MODEL.accounts ?? {};
    const devices = { ...A.sets?.devices, outputCreds: true };
    await write({ A: { ...A, users: { test: { permissions: narrowed } }, sets: { devices } }, B });
    const { output } = succeeded(await stack.preview("--diff"));
    assert.deepEqual(changedResources(output), [
      "AccountClaims nats/A",
      "ClusterCheck nats",
      "ClusterConfiguration nats",
      "ConfigurationAttempt nats",
      "User nats/A/leaves",
    ]);
    assert.match(output, /\+.*test\.>/);
    succeeded(await stack.up());
    outputs = (await stack.outputs()) as typeof outputs;
    assert.ok(clients.hasLost(gone));
    await refuses(clients, old.clientUrls.static, bySeed(old.seeds["A/leaves"]));
    await refuses(clients, old.clientUrls.operator, byCreds(old.creds["A/leaves"]));
    assert.ok(outputs.creds["A/test"] === old.creds["A/test"], "the creds of a user have changed");
    const user = await clients.connect(outputs.clientUrls.operator, byCreds(outputs.creds["A/test"]));
    assert.match(await publishRefusal(user, "elsewhere"), /Permissions Violation for Publish to "elsewhere"/);
    await clients.connect(outputs.clientUrls.static, byCreds(outputs.creds["A/d-1"]));
  });

  it("should rename a set, and keep its keys and creds", async () => {
    const identities = identitiesOf(await stack.resources());
    const { A = {} } = model.accounts as NonNullable<Declaration["accounts"]>;
    await write({ ...model.accounts, A: { ...A, sets: { devices: { ...A.sets?.devices, name: "sensors" } } } });
    succeeded(await stack.up());
    assert.deepEqual(identitiesOf(await stack.resources()), identities);
    const { creds } = await stack.outputs();
    assert.ok(creds["A/d-1"] === outputs.creds["A/d-1"], "the creds of a user have changed");
  });

  it("should report all problems at once, with paths in its own arguments", async () => {
    const { A = {}, B = {} } = MODEL.accounts ?? {};
    const broken = {
      A: {
        ...A,
        limits: { connections: "10" },
        usrs: {},
        users: { test: { permissions: { publish: { allow: "x" } } } },
      },
      B: { ...B, imports: [{ account: "Z", subject: "s", type: "stream" }] },
      C: {
        users: { toString: {}, c: { tags: [null, "a:b"] } },
        sets: { s: { role: "r", users: ["u"], outputCreds: 1 } },
      },
    };
    await project.write("nats-auth:Cluster", { ...model, accounts: broken, clusterName: 5, target: "cloud" });
    const { output } = failed(await stack.preview());
    assert.deepEqual(problemsIn(output), [
      "NA1001 accounts.A.usrs",
      "NA1003 accounts.A.users.test.permissions.publish.allow",
      "NA1003 accounts.C.sets.s.outputCreds",
      "NA1003 accounts.C.users.c.tags[0]",
      "NA1003 clusterName",
      "NA1003 target",
      "NA1008 accounts.A.limits.connections",
      "NA1013 accounts.C.users.toString",
      "NA1703 accounts.B.imports[0].account",
      "NA1907 accounts.C.sets.s.role",
    ]);
    assert.match(output, /cluster "nats" has 10 problems:/);
    await write();
  });

  it("should report what depends on the last update, such as many removed users", async () => {
    const { A = {} } = model.accounts as NonNullable<Declaration["accounts"]>;
    const users = Array.from({ length: 30 }, (_, index) => `m-${index}`);
    const withMeters = (meters: object) => ({
      ...model.accounts,
      A: { ...A, roles: { ...A.roles, meter: {} }, sets: { ...A.sets, meters: { role: "meter", ...meters } } },
    });
    await write(withMeters({ users }));
    succeeded(await stack.up());
    await write(withMeters({ users: users.slice(12) }));
    const { output } = failed(await stack.preview());
    assert.match(output, /UserSetKeys.* nats\/A\/meters/);
    assert.match(output, /lacks 12 of the 30 users of the set; .* set `maxRemovals` to 12 .*\[NA1915\]/);
    await write(withMeters({ users: users.slice(12), maxRemovals: 12 }));
    succeeded(await stack.up());
  });

  it("should report values that YAML reads as other types, and run no program with aliases", async () => {
    await project.write("nats-auth:Cluster", HOSTILE, OUTPUTS);
    assert.deepEqual(problemsIn(failed(await stack.preview()).output), [
      "NA1003 accounts.A.exports",
      "NA1003 accounts.A.users.u.bearer",
      "NA1003 accounts.A.users.u.permissions.publish.allow[0]",
      "NA1003 accounts.A.users.u.permissions.publish.allow[1]",
      "NA1003 accounts.A.users.u.permissions.publish.allow[2]",
      "NA1003 accounts.C",
      "NA1008 accounts.A.limits.subscriptions",
      "NA1008 operatorServer.clientPort",
      "NA1008 staticServer.clientPort",
      "NA1008 staticServer.clusterPort",
      'NA1401 accounts.A.users[""]',
    ]);
    await project.write("nats-auth:Cluster", "{ accounts: { A: { users: { u: &u {}, v: *u, w: { <<: *u } } } } }");
    assert.match(failed(await stack.preview()).output, /alias nodes are not supported/);
    await write();
  });

  it("should keep secrets out of the state, outputs and previews", async () => {
    const { B = {} } = model.accounts as NonNullable<Declaration["accounts"]>;
    const [literal, hidden, supplied] = [seedOf("user", "literal"), seedOf("user", "hidden"), former.creds["A/leaves"]];
    const users = {
      literal: { seed: literal },
      hidden: { seed: { "fn::secret": hidden } },
      again: { creds: { "fn::secret": supplied } },
    };
    await write({ ...model.accounts, B: { ...B, users } });
    succeeded(await stack.preview("--diff"));
    succeeded(await stack.up());
    const { seeds, creds, ...others } = (await stack.outputs()) as unknown as Readonly<
      Record<string, Record<string, string>>
    >;
    assert.ok(seeds?.["B/literal"] === literal && seeds["B/hidden"] === hidden, "a supplied seed is not used");
    assert.ok(supplied?.includes(seeds["B/again"] ?? "none") === true, "the seed of supplied creds is not used");
    const { jwts, accountSeeds, roleSeeds } = others;
    const secrets = [seeds, creds, jwts, accountSeeds, roleSeeds].flatMap((all) => Object.values(all ?? {}));
    assert.ok(secrets.length >= 15 && !secrets.includes(""));
    const shown = [await stack.rawState(), stack.transcript, (await stack.show("stack", "output")).output];
    for (const text of shown) {
      assert.ok(!secrets.some((secret) => text.includes(secret)), "a secret is shown");
      assert.doesNotMatch(text, /S[OAUNCX][A-Z2-7]{56}/);
    }
    assert.match(shown[2] ?? "", /seeds +\[secret\]/);
  });

  it("should leave nothing when it is destroyed", async () => {
    succeeded(await stack.destroy());
    assert.deepEqual(await stack.servers.belongings(), []);
    assert.deepEqual(await stack.sealedResources(), []);
  });
});
