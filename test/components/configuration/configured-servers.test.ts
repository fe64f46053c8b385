import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
  Account,
  AuthConfiguration,
  ClusterVerification,
  Operator,
  UserSet,
  type AuthConfigurationArgs,
  type ClusterVerificationArgs,
} from "../../../provider";
import { verificationDiagnostics } from "../../../provider/dynamic/checks/deployment";
import { provider } from "../../../provider/dynamic/cluster-verification";
import { UNKNOWN } from "../../../provider/dynamic/life-cycle/unknown";
import { Authority } from "../../support/certificates";
import { closingGates, reasonOf } from "../../support/gates";
import { keyOf } from "../../support/keys";
import { failureCodes } from "../../support/life-cycle";
import { ofType, valueOf } from "../../support/mocks";
import { collectWarnings } from "../../support/warnings";
import { codesAndPathsIn } from "../reports";

type More = Omit<AuthConfigurationArgs, "operator" | "accounts">;

/** A claim that only operator mode enforces. */
const GAP = { signingKeys: [keyOf("account", "elsewhere")] };

function declare(more: More, account: object = {}) {
  const operator = new Operator("KO", { systemAccount: { users: { sys: {} } } });
  const accounts = [new Account("A", { operator, users: { u: {} }, ...account })];
  return { operator, auth: new AuthConfiguration("nats", { operator, accounts, ...more }) };
}

const problemsOf = async (more: More, account?: object) =>
  codesAndPathsIn((await reasonOf(declare(more, account).auth.gate)) ?? "");

// Other addresses are security gaps without TLS.
const N1 = { mode: "static", host: "n1.example.org", bindAddress: "127.0.0.1" } as const;
const N2 = { mode: "operator", host: "n2.example.org", bindAddress: "127.0.0.1" } as const;

describe("the servers of an AuthConfiguration", () => {
  closingGates();
  const warnings = collectWarnings();

  it("should have files by their names, with the routes to each other as secrets", async () => {
    const { auth } = declare({ servers: { n1: N1, n2: { ...N2, clientPort: 5000, clusterPort: 7000 } } });
    const config = await valueOf(auth.configs.n1 ?? assert.fail());
    assert.match(config, /^server_name: "?nats-n1"?$/m);
    assert.match(config, /^port: 4222$/m);
    assert.match(await valueOf(auth.configs.n2 ?? assert.fail()), /^operator: /m);
    assert.match(await valueOf(auth.routes.n1 ?? assert.fail()), /"nats:\/\/route:[0-9a-f]{64}@n2\.example\.org:7000"/);
    assert.equal(await valueOf(auth.clientUrls.n2 ?? assert.fail()), "nats://n2.example.org:5000");
    const secrets = (auth.routes.n1 as unknown as { readonly isSecret: Promise<boolean> }).isSecret;
    assert.equal(await secrets, true);
  });

  it("should keep the password of the routes until its version changes", async () => {
    const { operator, auth } = declare({ servers: { n1: N1, n2: N2 } });
    const again = (more: More) =>
      new AuthConfiguration("nats", { operator, accounts: [], servers: { n1: N1, n2: N2 }, ...more });
    const [first, same, other, renamed] = await Promise.all(
      [auth, again({}), again({ routes: { rotation: { version: 2 } } }), again({ clusterName: "other" })].map((one) =>
        valueOf(one.routes.n1 ?? assert.fail()),
      ),
    );
    assert.equal(first, same);
    assert.equal(new Set([first, other, renamed]).size, 3);
  });

  it("should store streams in the folder of the program, and run JetStream alone if there is one", async () => {
    const { auth } = declare({ servers: { n1: N1 }, jetstream: {}, storeFolder: "/var/lib/nats" });
    const config = await valueOf(auth.configs.n1 ?? assert.fail());
    assert.match(config, /store_dir: "?\/var\/lib\/nats"?/);
    assert.doesNotMatch(config, /cluster \{/);
  });

  it("should report every invalid argument", async () => {
    const servers = {
      n1: { mode: "static" },
      n2: { ...N2, host: "n2:4222", monitoringAddress: "nowhere" },
      n3: { ...N2, host: "n3", clusterPort: 4222, extra: 1 },
    };
    assert.deepEqual(await problemsOf({ servers } as unknown as More), [
      "NA1002 servers.n1.host",
      "NA1001 servers.n3.extra",
      "NA1711 servers.n3.clusterPort",
      "NA4093 servers.n2.host",
      "NA4021 servers.n2.monitoringAddress",
    ]);
  });

  it("should report a host that no other machine can use, and a store folder that is not absolute", async () => {
    for (const host of ["0.0.0.0", "::", "fe80::1%eth0"]) {
      assert.deepEqual(await problemsOf({ servers: { n1: { ...N1, host } } }), ["NA4093 servers.n1.host"]);
    }
    for (const storeFolder of [5, null, "", "data"]) {
      const more = { servers: { n1: N1 }, jetstream: {}, storeFolder } as unknown as More;
      assert.deepEqual(await problemsOf(more), ["NA4094 storeFolder"]);
    }
    assert.deepEqual(await problemsOf({ servers: { n1: N1 }, jetstream: {}, storeFolder: "C:\\data" }), []);
  });

  it("should report TLS without servers, and a folder for its files that is not absolute", async () => {
    const authority = await Authority.create();
    const { cert: certificate, key } = await authority.issue({ hosts: [N1.host] });
    const tls = { certificate, key, ca: authority.cert };
    assert.deepEqual(await problemsOf({ tls }), ["NA1817 tls"]);
    assert.deepEqual(await problemsOf({ tls, servers: { n1: N1 } }), []);
    for (const tlsFolder of [5, null, "", "tls"]) {
      const more = { servers: { n1: N1 }, tls, tlsFolder } as unknown as More;
      assert.deepEqual(await problemsOf(more), ["NA4094 tlsFolder"]);
    }
  });

  it("should have checked arguments even if there are none", async () => {
    const more = { clusterName: 5, storeFolder: 7, settings: { maxPaylod: 1 }, jetstream: 5, trustedProxies: ["P"] };
    assert.deepEqual(await problemsOf(more as unknown as More), [
      "NA1003 clusterName",
      "NA1003 jetstream",
      "NA4023 trustedProxies[0]",
      "NA1001 settings.maxPaylod",
      "NA4094 storeFolder",
    ]);
    assert.deepEqual(await problemsOf({ clusterName: "c", storeFolder: "/d", settings: { maxPayload: 5 } }), []);
  });

  it("should have the settings of the program in their files, checked, without extra ones in the state", async () => {
    const settings = { maxPayload: "64KiB", extra: "max_closed_clients: 7" } as const;
    const own = { pingMax: 9, extra: "max_closed_clients: 8" };
    const { auth } = declare({ settings, servers: { n1: { ...N1, settings: own }, n2: N2 } });
    const [n1, n2] = await Promise.all(["n1", "n2"].map((name) => valueOf(auth.configs[name] ?? assert.fail())));
    assert.match(n1 ?? "", /^max_payload: 65536$/m);
    assert.match(n1 ?? "", /^ping_max: 9$/m);
    assert.match(n1 ?? "", /^max_closed_clients: 8$/m);
    assert.match(n2 ?? "", /^max_payload: 65536$/m);
    assert.match(n2 ?? "", /^max_closed_clients: 7$/m);
    assert.doesNotMatch(n2 ?? "", /ping_max/);
    const inputs = ofType("AuthConfiguration").at(-1)?.inputs;
    assert.match(JSON.stringify(inputs), /"maxPayload":"64KiB".*"pingMax":9|"pingMax":9.*"maxPayload":"64KiB"/);
    assert.doesNotMatch(JSON.stringify(inputs), /max_closed_clients/);
    assert.ok(warnings.some((text) => text.includes("[NA2017]")));
  });

  it("should report invalid settings of the program and of a server", async () => {
    const n1 = { ...N1, settings: { extra: "a { password: secret }" } };
    assert.deepEqual(await problemsOf({ settings: { pingMax: -1 }, servers: { n1 } }), [
      "NA1008 settings.pingMax",
      "NA1793 servers.n1.settings.extra.a.password",
    ]);
  });

  it("should report names that cannot be those of servers", async () => {
    assert.deepEqual(await problemsOf({ servers: { a_b: N1 } }), ["NA1740 servers.a_b"]);
    assert.deepEqual(await problemsOf({ servers: {} }), ["NA1741 servers"]);
  });

  it("should report what the servers cannot do for the accounts", async () => {
    assert.deepEqual(await problemsOf({ servers: { n1: N1 } }, { jetstream: {} }), [
      'NA1707 accounts[0]("A").jetstream',
    ]);
    assert.deepEqual(await problemsOf({}, { jetstream: {} }), []);
  });

  it("should require no acceptance of gaps between the modes if all servers have one mode", async () => {
    assert.equal((await problemsOf({ servers: { n1: N1, n2: N2 } }, GAP)).length, 1);
    assert.deepEqual(await problemsOf({ servers: { n2: N2 } }, GAP), []);
  });
});

describe("the arguments of a ClusterVerification", () => {
  closingGates();

  async function reportOf(args: object): Promise<{ codes: string[]; text: string }> {
    await valueOf(new ClusterVerification("nats", args as ClusterVerificationArgs).id);
    const inputs = ofType("ClusterVerification").at(-1)?.inputs;
    const { failures = [] } = (await provider.check?.({} as never, inputs as never)) ?? {};
    const reasons = failures.map(({ reason }) => reason);
    return { codes: failureCodes(reasons), text: reasons.join("\n") };
  }

  const failuresOf = async (args: object) => (await reportOf(args)).codes;

  it("should be taken from the servers of the configuration", async () => {
    const { auth, operator } = declare({ servers: { n1: N1, n2: N2 } });
    const user = operator.systemAccount.users.sys;
    assert.deepEqual(await failuresOf({ configuration: auth, user }), []);
    assert.deepEqual(await failuresOf({ configuration: auth, user, servers: { n1: { url: "tls://127.0.0.1" } } }), []);
    const inputs = ofType("ClusterVerification").at(-1)?.inputs;
    const servers = (inputs?.servers ?? {}) as Record<string, Record<string, string>>;
    assert.deepEqual(Object.keys(servers), ["n1"]);
    assert.equal(servers.n1?.url, "tls://127.0.0.1");
    assert.equal(servers.n1.serverName, "nats-n1");
    assert.match(servers.n1.digest ?? "", /^sha256:[0-9a-f]{64}$/);
  });

  it("should contain the seeds of users if they log in, and not otherwise", async () => {
    const { auth, operator } = declare({ servers: { n1: N1, n2: N2 } });
    const seedsWith = async (more: object) => {
      const user = operator.systemAccount.users.sys;
      assert.deepEqual(await failuresOf({ configuration: auth, user, ...more }), []);
      return Object.keys(ofType("ClusterVerification").at(-1)?.inputs.seeds ?? {}).length;
    };
    assert.equal(await seedsWith({}), 0);
    assert.equal(await seedsWith({ servers: { n2: { digest: "any" } } }), 0);
    assert.equal(await seedsWith({ servers: { n1: { digest: pulumi.output("any") } } }), 2);
    assert.equal(await seedsWith({ servers: { other: { mode: "static", url: "nats://n1" } } }), 2);
    assert.equal(await seedsWith({ servers: { n1: { digest: "any" } }, users: "none" }), 0);
  });

  it("should contain some users of each set, and not all of them", async () => {
    const operator = new Operator("KO", { systemAccount: { users: { sys: {} } } });
    const a = new Account("A", { operator, users: { u: {} }, roles: { device: {} } });
    const users = Array.from({ length: 30 }, (_, index) => `d-${index + 10}`);
    const set = new UserSet("devices", { account: a, role: "device", users });
    const auth = new AuthConfiguration("nats", { operator, accounts: [a], servers: { n1: N1 } });
    const more = { user: operator.systemAccount.users.sys, servers: { n1: { digest: "any" } } };
    assert.deepEqual(await failuresOf({ configuration: auth, ...more }), []);
    const inputs = ofType("ClusterVerification").at(-1)?.inputs;
    const { seeds, expected } = inputs as { readonly seeds: object; readonly expected: object };
    const [names, publicKeys] = [users.slice(0, 10), await valueOf(set.publicKeys)];
    const keys = Object.keys(seeds);
    assert.ok(names.every((name) => keys.includes(publicKeys[name] ?? "")));
    assert.equal(keys.length, names.length + 2);
    const { accounts } = expected as { accounts: Record<string, { users: { name: string }[] }> };
    assert.deepEqual(
      accounts[await valueOf(a.publicKey)]?.users.map(({ name }) => name),
      [...names, "u"],
    );
  });

  it("should contain how clients connect to the servers of the configuration with TLS", async () => {
    const authority = await Authority.create();
    const { cert: certificate, key } = await authority.issue({ hosts: ["nats.internal", N1.host, N2.host] });
    const tls = { certificate, key, ca: authority.cert, serverName: "nats.internal" };
    const n2 = { ...N2, tls: { clients: { handshakeFirst: true } } };
    const { auth, operator } = declare({ servers: { n1: N1, n2 }, tls });
    const user = operator.systemAccount.users.sys;
    assert.deepEqual(await failuresOf({ configuration: auth, user, tls: { ca: authority.cert } }), []);
    const { servers } = (ofType("ClusterVerification").at(-1) ?? assert.fail()).inputs as Record<string, object>;
    const { n1: first, n2: second } = servers as Record<string, Record<string, unknown>>;
    assert.deepEqual([first?.certificateName, first?.handshakeFirst], ["nats.internal", undefined]);
    assert.deepEqual([second?.certificateName, second?.handshakeFirst], ["nats.internal", true]);
  });

  it("should be reported when they are null or of another type, without the value of `user`", async () => {
    const { auth, operator } = declare({ servers: { n1: N1, n2: N2 } });
    const creds = "the content of a creds file";
    for (const user of [null, creds, 5, [creds]]) {
      const { codes, text } = await reportOf({ configuration: auth, user });
      assert.ok(codes.includes("NA1003 user"), text);
      assert.ok(!text.includes(creds), text);
    }
    const user = operator.systemAccount.users.sys;
    assert.deepEqual(await failuresOf({ configuration: auth, user: { seed: 5, creds: null } }), [
      "NA1301 user.seed",
      "NA4092 user.creds",
    ]);
    assert.deepEqual(await failuresOf({ configuration: null, user, servers: null, tls: null, timeout: null }), [
      "NA1003 configuration",
      "NA1003 servers",
      "NA1002 servers",
      "NA1003 tls",
      "NA1006 timeout",
    ]);
  });

  it("should be checked as far as they are known", () => {
    const url = "nats://n1";
    const codesOf = (inputs: object) => verificationDiagnostics(inputs).map(({ code, path }) => `${code} ${path}`);
    const login = { seed: UNKNOWN, creds: UNKNOWN };
    const servers = { n1: { mode: "bogus", url, digest: UNKNOWN }, n2: { mode: UNKNOWN, url: UNKNOWN }, n3: UNKNOWN };
    assert.deepEqual(codesOf({ login, servers }), ["NA1003 servers.n1.mode"]);
    assert.deepEqual(codesOf({ login, servers: UNKNOWN, tls: UNKNOWN }), []);
    const tls = { rejectUnauthorized: false, ca: UNKNOWN, cert: 7, key: "a key" };
    assert.deepEqual(codesOf({ login, servers: { n1: { mode: "static", url } }, tls }), [
      "NA1001 tls.rejectUnauthorized",
      "NA1003 tls.cert",
      "NA1003 tls.key",
    ]);
    assert.doesNotMatch(JSON.stringify(verificationDiagnostics({ tls: "a key" } as object)), /a key/);
  });

  it("should accept a configuration of another copy of the package", async () => {
    const { auth, operator } = declare({ servers: { n1: N1 } });
    const copy: object = Object.create(pulumi.ComponentResource.prototype) as object;
    Object.defineProperties(copy, Object.getOwnPropertyDescriptors(auth));
    const user = operator.systemAccount.users.sys;
    assert.deepEqual(await failuresOf({ configuration: copy, user }), []);
    Reflect.deleteProperty(copy, "parts");
    assert.ok((await failuresOf({ configuration: copy, user })).includes("NA4051 configuration"));
  });

  it("should not show a password in a URL, even if the URL is invalid", async () => {
    const { auth, operator } = declare({ servers: { n1: N1 } });
    const user = operator.systemAccount.users.sys;
    for (const url of ["u:hunter2@n1:4222", "nats://u:hunt#er2@n1:4222", "nats://u:hunter2@n1:4222"]) {
      const { codes, text } = await reportOf({ configuration: auth, user, servers: { n1: { url } } });
      assert.deepEqual(codes, ["NA4090 servers.n1.url"]);
      assert.doesNotMatch(text, /hunt/);
    }
    const { text } = await reportOf({ configuration: auth, user, servers: { n1: { url: "n1:4222" } } });
    assert.match(text, /"n1:4222"/);
  });

  it("should all be reported when they are invalid", async () => {
    const { auth } = declare({});
    assert.deepEqual(await failuresOf({ configuration: auth, user: {} }), ["NA1002 servers"]);
    assert.deepEqual(
      await failuresOf({ configuration: {}, users: "some", timeout: "soon", more: 1, user: {}, servers: {} }),
      ["NA1001 more", "NA1003 configuration", "NA1741 servers", "NA1003 users", "NA1006 timeout"],
    );
    const servers = {
      n1: { mode: "static", url: "n1:4222" },
      n2: { mode: "neither", url: "nats://n2" },
      n3: { mode: "operator" },
    };
    assert.deepEqual(await failuresOf({ configuration: auth, user: { creds: "none" }, servers }), [
      "NA1003 servers.n2.mode",
      "NA1002 servers.n3.url",
      "NA4090 servers.n1.url",
      "NA4092 user.seed",
      "NA4092 user.creds",
    ]);
  });
});
