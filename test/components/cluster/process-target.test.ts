import assert from "node:assert/strict";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { MixedAuthCluster, Operator, type MixedAuthClusterArgs, type Target } from "../../../provider";
import { argsDiagnostics } from "../../../provider/components/cluster/cluster-args";
import { processFindings } from "../../../provider/components/cluster/process-findings";
import { Executables } from "../../support/executables";
import { seedOf } from "../../support/keys";
import { mockEngine, ofType, registered, valueOf } from "../../support/mocks";

describe("a cluster whose servers are processes", () => {
  const before = { ...process.env };
  let executables: Executables;
  let binary: string;

  beforeEach(async () => {
    executables = new Executables();
    binary = executables.saying("nats-server: v2.15.2");
    process.env.XDG_STATE_HOME = executables.folder;
    await mockEngine();
  });

  afterEach(() => {
    process.env = { ...before };
    executables.remove();
  });

  const operator = () => new Operator("KO", { systemAccount: { users: { sys: {} } } });

  describe("with mocks in the place of the engine", () => {
    const inputs = (type: string, name: string) => ofType(type).find((one) => one.name === name)?.inputs ?? {};

    it("should make a folder and two places in it, and nothing of Docker", async () => {
      process.env.PATH = executables.folder;
      const cluster = new MixedAuthCluster("nats", { operator: operator(), accounts: [], target: "process" });
      await valueOf(cluster.checked);
      assert.deepEqual(
        registered.filter(({ type }) => type.startsWith("docker:")),
        [],
      );
      assert.deepEqual(inputs("ClusterFolder", "nats").label, "test-test-nats");
      assert.equal("home" in inputs("ClusterFolder", "nats"), false);
      const { cluster: folder, side, binary: executable } = inputs("ServerProcess", "nats-operator");
      assert.deepEqual([folder, side, executable], ["/cluster", "operator", binary]);
      assert.equal(ofType("ServerProcess").length, 2);
      assert.deepEqual(await valueOf(pulumi.all([cluster.processes.static, cluster.processes.operator])), [
        "/place",
        "/place",
      ]);
    });

    it("should listen on the loopback address, reach each other there, and keep files where they are started", async () => {
      const cluster = new MixedAuthCluster("nats", {
        operator: operator(),
        accounts: [],
        target: { process: { binary, folder: "state" } },
        static: { monitoringPort: 8222 },
      });
      await valueOf(cluster.checked);
      const config = await valueOf(cluster.configs.static);
      assert.deepEqual(config.match(/^ *(host|http|log_file|store_dir): .*$/gm), [
        'host: "127.0.0.1"',
        'http: "127.0.0.1:8222"',
        'log_file: "nats.log"',
        'store_dir: "../store"',
        '  host: "127.0.0.1"',
      ]);
      const { places, servers } = inputs("ClusterConfiguration", "nats") as Record<string, Record<string, object>>;
      assert.deepEqual(places?.static, {
        kind: "process",
        folder: "/place",
        address: "127.0.0.1",
        ports: { "static.clientPort": 4222, "static.clusterPort": 6222, "static.monitoringPort": 8222 },
      });
      assert.deepEqual({ ...servers?.static, config: "" }, { host: "127.0.0.1", clusterPort: 6222, config: "" });
      assert.equal(inputs("ClusterFolder", "nats").home, join(process.cwd(), "state"));
      assert.equal(await valueOf(cluster.clientUrls.static), "nats://127.0.0.1:4222");
    });

    it("should write addresses of IPv6 as URLs have them", async () => {
      const cluster = new MixedAuthCluster("nats", {
        operator: operator(),
        accounts: [],
        target: { process: { binary } },
        bindAddress: "::",
        operatorServer: { monitoringPort: 8223 },
      });
      await valueOf(cluster.checked);
      const config = await valueOf(cluster.configs.operator);
      assert.deepEqual(config.match(/^ *(host|http): .*$/gm), ['host: "::"', 'http: "[::]:8223"', '  host: "::"']);
      const { servers } = inputs("ClusterConfiguration", "nats") as Record<string, Record<string, { host: string }>>;
      assert.equal(servers?.operator?.host, "[::1]");
      assert.equal(await valueOf(cluster.clientUrls.operator), "nats://[::1]:4223");
    });

    it("should make other places for another version, and not for another copy of the same one", async () => {
      const fixedWith = async (path: string) => {
        await mockEngine();
        // With the keys that it has in every run.
        const systemAccount = { seed: seedOf("account", "SYS"), users: { sys: {} } };
        const cluster = new MixedAuthCluster("nats", {
          operator: new Operator("KO", { systemAccount }),
          accounts: [],
          target: { process: { binary: path } },
        });
        await valueOf(cluster.checked);
        return inputs("ServerProcess", "nats-static").fixed;
      };
      const fixed = await fixedWith(binary);
      assert.match(String(fixed), /^[0-9a-f]{16}$/);
      assert.equal(await fixedWith(executables.saying("nats-server: v2.15.2", "copy")), fixed);
      assert.notEqual(await fixedWith(executables.saying("nats-server: v2.15.3", "newer")), fixed);
    });

    it("should have no output that only containers have, as the compiler knows", async () => {
      const args = { operator: operator(), accounts: [] };
      const processes = new MixedAuthCluster("p", { ...args, target: { process: { binary } } });
      const none: undefined[] = [processes.network, processes.networkUrls, processes.containers];
      assert.deepEqual(none, [undefined, undefined, undefined]);
      const containers = new MixedAuthCluster("d", args);
      const id: pulumi.Output<string> = containers.containers.static;
      const noProcesses: undefined = containers.processes;
      assert.deepEqual([await valueOf(id), noProcesses], ["d-static-id", undefined]);
      const either = JSON.parse('"docker"') as Target;
      const unknown = new MixedAuthCluster("u", { ...args, target: either });
      // @ts-expect-error -- the compiler cannot know whether there are containers
      const perhaps: pulumi.Output<string> = unknown.containers.static;
      assert.equal(await valueOf(perhaps), "u-static-id");
    });
  });

  describe("at the preview", () => {
    const problems = async (target: { binary?: string; folder?: string }, bindAddress = "127.0.0.1") => {
      const found = await valueOf(pulumi.all(processFindings({ binary, ...target }, bindAddress)));
      return found.flat().map(({ path, value, problem }) => `${path} = ${value}: ${problem}`);
    };

    it("should be told nothing when nothing is wrong", async () => {
      assert.deepEqual(await problems({}), []);
      assert.deepEqual(await problems({ folder: join(executables.folder, "not/there/yet") }, "0.0.0.0"), []);
    });

    it("should be told that there is no executable, on PATH or at a path", async () => {
      process.env.PATH = "/nowhere";
      assert.deepEqual(await problems({ binary: "nats-server" }), [
        'target.process.binary = "nats-server": is not on PATH, and the servers are to run it on this machine',
      ]);
      assert.deepEqual(await problems({ binary: "/nowhere/nats-server" }), [
        'target.process.binary = "/nowhere/nats-server": is no file that can be run, and the servers are to run it on this machine',
      ]);
    });

    it("should be told that an executable is no nats-server, or too old a one", async () => {
      const other = executables.saying("hello", "other");
      assert.deepEqual(await problems({ binary: other }), [
        `target.process.binary = "${other}": (${other}) does not answer \`--version\` as a nats-server does`,
      ]);
      const old = executables.saying("nats-server: v2.10.22", "old");
      assert.deepEqual(await problems({ binary: old }), [
        `target.process.binary = "${old}": (${old}) is version 2.10.22, which does not say what configuration it has loaded`,
      ]);
    });

    it("should be told that nothing can be written where its folder is to be", async function () {
      const file = join(executables.folder, "file");
      writeFileSync(file, "");
      assert.deepEqual(await problems({ folder: join(file, "below") }), [
        `target.process.folder = "${join(file, "below")}": cannot be a folder, since ${file} is none`,
      ]);
      if (process.geteuid?.() === 0) {
        return; // Root may write everywhere.
      }
      const closed = join(executables.folder, "closed");
      mkdirSync(closed);
      chmodSync(closed, 0o500);
      assert.match((await problems({ folder: closed })).join(), /nothing can be written in/);
    });

    it("should be told that an address is none of this machine's", async () => {
      assert.deepEqual(await problems({}, "192.0.2.1"), ['bindAddress = "192.0.2.1": is no address of this machine']);
    });

    it("should be told that a target is none, whatever a program without types writes", () => {
      const args = (target: unknown) =>
        ({ operator: operator(), accounts: [], target }) as unknown as MixedAuthClusterArgs;
      const told = (target: unknown) => argsDiagnostics(args(target)).map(({ path, problem }) => `${path}: ${problem}`);
      for (const target of ["kubernetes", null, 5, true, ["process"]]) {
        assert.deepEqual(told(target), ['target: is no target; a target is "docker", "process" or { process: { … } }']);
      }
      assert.match(told({ proces: {} }).join(), /target\.proces: is no key that is known here/);
      assert.match(told({ process: "nats-server" }).join(), /target\.process: is not an object/);
      assert.match(told({ process: { bin: "" } }).join(), /target\.process\.bin: is no key/);
      assert.deepEqual([told("docker"), told("process"), told({ process: {} }), told(undefined)], [[], [], [], []]);
    });
  });
});
