import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MixedAuthCluster, Nkey } from "../../provider";
import { ROUTES_FILE } from "../../provider/config/listener";
import { provider } from "../../provider/dynamic/cluster-verification";
import { MAIN_FILE } from "../../provider/servers/server";
import { createMaterial } from "../support/engine-tls";
import { foreignProgram, MODES, NAMES, problemsOf } from "../support/foreign-program";
import { ForeignServers } from "../support/foreign-servers";
import { temporaryFolder } from "../support/local-server";
import { Deployed } from "../support/life-cycle";
import { valueOf } from "../support/mocks";
import { freePorts } from "../support/stack-ports";

describe("servers that something else deploys", function () {
  this.timeout(120_000);
  const program = foreignProgram();

  describe("with the texts included in larger configurations", () => {
    before(() => program.includeAll());

    it("should be verified server by server, without a secret in the outputs", async () => {
      const inputs = await program.verify();
      const deployed = new Deployed(provider);
      await deployed.up(inputs);
      const { verified, condition } = deployed.outs as unknown as { verified: object; condition: string };
      assert.equal(condition, "as declared");
      assert.deepEqual(verified, {
        n1: {
          serverName: "their-n1",
          mode: "static",
          clusterName: "theirs",
          routes: ["n2", "n3"],
          configuration: "accounts",
          accounts: ["A", "B", "SYS"],
          users: ["A/able", "A/other", "A/queue", "A/test", "B/asks", "SYS/narrow", "SYS/sys"],
        },
        n2: {
          serverName: "their-n2",
          mode: "operator",
          clusterName: "theirs",
          routes: ["n1", "n3"],
          configuration: "accounts",
          accounts: ["A", "B", "SYS"],
          users: [],
        },
        n3: { ...(verified as { n1: object }).n1, serverName: "their-n3", routes: ["n1", "n2"] },
      });
      for (const { seed, creds } of Object.values(await program.logins())) {
        assert.ok(!JSON.stringify({ verified, condition }).includes(seed));
        assert.ok(!JSON.stringify({ verified, condition }).includes(creds));
      }
      assert.equal(await deployed.up(inputs), false);
      assert.equal(provider.delete, undefined);
    });

    it("should decide as the servers of a cluster that the package deploys", async () => {
      const [s1 = 0, s2 = 0, o1 = 0, o2 = 0] = await freePorts(4);
      const cluster = new MixedAuthCluster("reference", {
        operator: program.operator,
        accounts: [program.a, program.b],
        target: "process",
        servers: {
          s: { mode: "static", clientPort: s1, clusterPort: s2 },
          o: { mode: "operator", clientPort: o1, clusterPort: o2 },
        },
      });
      const reference = new ForeignServers();
      try {
        for (const name of ["s", "o"] as const) {
          await reference.start(name, { [MAIN_FILE]: await valueOf(cluster.configs[name]), [ROUTES_FILE]: "" });
        }
        const expected = {
          static: await program.decisionsAt("static", s1),
          operator: await program.decisionsAt("operator", o1),
        };
        assert.deepEqual(expected.static, expected.operator);
        let counted = 0;
        for (const name of NAMES) {
          const decisions = await program.decisionsAt(MODES[name], program.listeners[name].clientPort);
          assert.deepEqual(decisions, expected[MODES[name]]);
          counted += Object.keys(decisions).length;
        }
        console.log(`      ${counted} decisions were those of deployed servers`);
        assert.ok(counted > 300);
      } finally {
        reference.remove();
      }
    });

    it("should report a server that is not verified", async () => {
      const { n1, n2 } = Object.fromEntries(NAMES.map((name) => [name, { mode: MODES[name], url: program.url(name) }]));
      const inputs = await program.verify({ servers: { n1: n1 ?? {}, n2: n2 ?? {} } });
      const { codes, message } = await problemsOf(inputs);
      assert.deepEqual(codes, ["NA5082 servers.n1", "NA5082 servers.n2"]);
      assert.match(message, /servers\.n1: has a route to their-n3, which is not verified\./);
    });

    it("should report two URLs of the same server", async () => {
      const server = { mode: "static", url: program.url("n1") } as const;
      const inputs = await program.verify({ servers: { one: server, two: server } });
      assert.ok((await problemsOf(inputs)).codes.includes("NA5082 servers.two"));
    });

    it("should report credentials of another account with the server's own words", async () => {
      const { codes, message } = await problemsOf(await program.verify({ user: program.a.users.test }));
      assert.deepEqual(codes.slice(0, 3), ["NA5081 servers.n1", "NA5081 servers.n2", "NA5081 servers.n3"]);
      assert.match(message, /does not answer requests of the system account/);
    });

    it("should show the words of a server that does not permit a request", async () => {
      const inputs = await program.verify({ user: program.operator.systemAccount.users.narrow });
      const { codes, message } = await problemsOf(inputs);
      assert.deepEqual(codes, ["NA5081 servers.n1", "NA5081 servers.n2", "NA5081 servers.n3"], message);
      assert.match(message, /Permissions Violation for Publish to "\$SYS\.REQ\.SERVER\.\w+\.ROUTEZ"/);
    });

    it("should report rejected credentials with the server's own words", async () => {
      const { seed } = new Nkey("another", { kind: "user" });
      const { codes, message } = await problemsOf(
        await program.verify({ user: { ...program.operator.systemAccount.users.sys, seed } }),
      );
      assert.deepEqual(codes, ["NA5081 servers.n1", "NA5081 servers.n3"], message);
      assert.match(message, /rejects the seed of the system account at nats:\S+ \(.*Authorization Violation.*\)/i);
      assert.ok(!message.includes(await valueOf(seed)));
    });
  });

  describe("that are not one cluster", () => {
    it("should name the routes that are missing", async () => {
      await program.includeAll({ n3: { password: "other" } });
      const { codes, message } = await problemsOf(await program.verify());
      assert.deepEqual(codes, ["NA5082 servers.n1", "NA5082 servers.n2", "NA5082 servers.n3"], message);
      assert.match(message, /servers\.n3: has no route to their-n1 and their-n2\./);
    });

    it("should name the server that is down, and show it in a refresh", async () => {
      await program.includeAll();
      const deployed = new Deployed(provider);
      const inputs = await program.verify();
      await deployed.up(inputs);
      assert.equal((await deployed.refresh()).condition, "as declared");
      await program.servers.stop("n3");
      const { codes, message } = await problemsOf(inputs);
      assert.deepEqual(codes, ["NA5080 servers.n3"], message);
      assert.match(message, /servers\.n3: cannot be reached at nats:.* \(.*refused.*\)/i);
      assert.match((await deployed.refresh()).condition, /^servers\.n3: cannot be reached .* \[NA5080\]$/);
      assert.equal((await deployed.preview(inputs)).changes, true);
    });
  });

  it("should be verified over TLS, and not without it when the program requires it", async function () {
    const material = createMaterial();
    if (material === undefined) {
      this.skip();
    }
    const folder = temporaryFolder("tls");
    try {
      const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
      writeFileSync(cert, material.certMaterial);
      writeFileSync(key, material.keyMaterial, { mode: 0o600 });
      const [monitored = 0] = await freePorts(1);
      const tls = `tls { cert_file: "${cert}", key_file: "${key}" }`;
      await program.includeAll({ n1: { more: `${tls}\nhttps: "127.0.0.1:${monitored}"` } });
      const target = (name: (typeof NAMES)[number], scheme: string) => ({
        mode: MODES[name],
        url: program.url(name).replace("nats:", scheme),
      });
      const trusting = { tls: { ca: material.caMaterial } };
      const only = { n1: { ...target("n1", "tls:"), monitoringUrl: `https://127.0.0.1:${monitored}` } };
      const trusted = await problemsOf(await program.verify({ servers: only, ...trusting }));
      assert.deepEqual(trusted.codes, ["NA5082 servers.n1"], trusted.message);
      const untrusted = await problemsOf(await program.verify({ servers: only }));
      assert.deepEqual(untrusted.codes, ["NA5080 servers.n1"], untrusted.message);
      assert.match(untrusted.message, /certificate/);
      const plain = await problemsOf(await program.verify({ servers: { n3: target("n3", "tls:") }, ...trusting }));
      assert.deepEqual(plain.codes, ["NA5080 servers.n3"], plain.message);
      assert.match(plain.message, /server does not support 'tls'/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("should be compared with their monitoring endpoints when the program names them", async () => {
    const [monitored = 0, other = 0] = await freePorts(2);
    await program.includeAll({
      n1: { more: `http: "127.0.0.1:${monitored}"` },
      n3: { more: `http: "127.0.0.1:${other}"` },
    });
    const verify = async (monitoringUrl: string) => {
      const servers = Object.fromEntries(NAMES.map((name) => [name, { mode: MODES[name], url: program.url(name) }]));
      return problemsOf(
        await program.verify({
          servers: { ...servers, n1: { mode: "static", url: program.url("n1"), monitoringUrl } },
        }),
      );
    };
    assert.deepEqual((await verify(`http://127.0.0.1:${monitored}`)).codes, []);
    const { codes, message } = await verify(`http://127.0.0.1:${other}`);
    assert.deepEqual(codes, ["NA5080 servers.n1"], message);
    assert.match(message, /is not the server that is monitored at/);
    assert.deepEqual((await verify("http://127.0.0.1:1")).codes, ["NA5080 servers.n1"]);
  });

  describe("with JetStream", () => {
    const jetstream = 'jetstream { max_memory_store: 64MB, max_file_store: 64MB, store_dir: "./store" }';

    it("should be verified when it has a leader", async () => {
      await program.includeAll(Object.fromEntries(NAMES.map((name) => [name, { more: jetstream }])));
      const deployed = new Deployed(provider);
      await deployed.up({ ...(await program.verify({ jetstream: true })), timeout: "60s" });
      const { verified } = deployed.outs as unknown as { verified: Record<string, { jetstream?: string }> };
      assert.deepEqual(
        NAMES.map((name) => verified[name]?.jetstream),
        ["healthy", "healthy", "healthy"],
      );
      await program.servers.stop("n3");
      const refreshed = (await deployed.refresh()) as unknown as { verified: Record<string, object> };
      assert.deepEqual(Object.keys(refreshed.verified), ["n1", "n2"]);
      assert.ok(!JSON.stringify(refreshed.verified).includes("healthy"), "JetStream was not inspected");
    });

    it("should be reported when it has no leader", async () => {
      // A route to each of these servers, which do not exist, makes the present ones a minority.
      const nobody = [1, 2, 3, 4, 5];
      await program.includeAll(
        Object.fromEntries(
          NAMES.map((name) => [name, { more: jetstream, peers: [...program.listeners[name].peers, ...nobody] }]),
        ),
      );
      const { codes, message } = await problemsOf(await program.verify({ jetstream: true }));
      assert.ok(codes.length > 0 && codes.every((code) => code === "NA5051 servers"), message);
      assert.match(message, /leader/);
    });

    it("should be reported when a server does not run it", async () => {
      await program.includeAll();
      const { codes } = await problemsOf(await program.verify({ jetstream: true }));
      assert.deepEqual(
        codes,
        NAMES.map((name) => `NA5051 servers.${name}`),
      );
    });
  });

  describe("with whole configurations", () => {
    async function startAll(change: (text: string) => string = (text) => text): Promise<void> {
      for (const name of NAMES) {
        const config = await valueOf(program.whole.configs[name]);
        await program.servers.start(name, {
          [MAIN_FILE]: name === "n3" ? change(config) : config,
          [ROUTES_FILE]: await valueOf(program.whole.routes[name]),
        });
      }
    }

    const wholly = () =>
      program.inputs({ configuration: program.whole, user: program.operator.systemAccount.users.sys });

    it("should be verified by their digests", async () => {
      await startAll();
      const deployed = new Deployed(provider);
      await deployed.up(await wholly());
      const { verified } = deployed.outs as unknown as { verified: Record<string, object> };
      assert.deepEqual(verified.n1, {
        serverName: "whole-n1",
        mode: "static",
        clusterName: "whole",
        routes: ["n2", "n3"],
        configuration: "digest",
        accounts: ["A", "B", "SYS"],
        users: [],
      });
    });

    it("should report another digest, and compare accounts when any digest is accepted", async () => {
      await startAll((text) => `${text}\nmax_payload: 64KB\n`);
      const inputs = await wholly();
      const { codes, message } = await problemsOf(inputs);
      assert.deepEqual(codes, ["NA5086 servers.n3"], message);
      const { n3, ...others } = inputs.servers;
      assert.ok(n3);
      assert.deepEqual(
        (await problemsOf({ ...inputs, servers: { ...others, n3: { ...n3, digest: "any" } } })).codes,
        [],
      );
    });

    it("should name the server that is down, and the routes to it", async () => {
      await startAll();
      await program.servers.stop("n3");
      const { codes } = await problemsOf(await wholly());
      assert.deepEqual(codes, ["NA5080 servers.n3", "NA5082 servers.n1", "NA5082 servers.n2"]);
    });
  });
});
