import assert from "node:assert/strict";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { MixedAuthCluster, Operator, type MixedAuthClusterArgs, type Target } from "../../../provider";
import { clusterArgsDiagnostics } from "../../../provider/components/cluster/cluster-args";
import { processDiagnostics } from "../../../provider/components/cluster/process-checks";
import { LOOPBACK } from "../../../provider/model/cluster/loopback";
import { codesAndPaths } from "../../support/diagnostics";
import { Executables } from "../../support/executables";
import { seedOf } from "../../support/keys";
import { mockEngine, ofType, registered, valueOf } from "../../support/mocks";
import { restoreEnvironment } from "../../support/environment";

describe("a cluster whose servers run as processes", () => {
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
    restoreEnvironment(before);
    executables.remove();
  });

  const operator = () => new Operator("KO", { systemAccount: { users: { sys: {} } } });

  describe("with a mock engine", () => {
    const inputs = (type: string, name: string) => ofType(type).find((one) => one.name === name)?.inputs ?? {};

    it("should create a folder with a place for each server, and no Docker resources", async () => {
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

    it("should listen and connect on the loopback address, and write files to their folders", async () => {
      const cluster = new MixedAuthCluster("nats", {
        operator: operator(),
        accounts: [],
        target: { process: { binary, folder: "state" } },
        staticServer: { monitoringPort: 8222 },
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

    it("should put IPv6 addresses in brackets in URLs, and keep routes and monitoring on loopback", async () => {
      const cluster = new MixedAuthCluster("nats", {
        operator: operator(),
        accounts: [],
        target: { process: { binary } },
        bindAddress: "::",
        parity: { accept: { "(servers).*.clients": "A test." } },
        operatorServer: { monitoringPort: 8223 },
      });
      await valueOf(cluster.checked);
      const config = await valueOf(cluster.configs.operator);
      assert.deepEqual(config.match(/^ *(host|http): .*$/gm), ['host: "::"', 'http: "[::1]:8223"', '  host: "::1"']);
      const { servers, places } = inputs("ClusterConfiguration", "nats") as {
        servers: Record<string, { host: string }>;
        places: Record<string, { address: string; addresses?: object }>;
      };
      assert.equal(servers.operator?.host, "[::1]");
      assert.equal(places.operator?.address, "::");
      assert.deepEqual(places.operator.addresses, {
        "operatorServer.clusterPort": "::1",
        "operatorServer.monitoringPort": "::1",
      });
      assert.equal(await valueOf(cluster.clientUrls.operator), "nats://[::1]:4223");
      assert.equal(await valueOf(cluster.monitoringUrls.operator ?? pulumi.output("")), "http://[::1]:8223");
    });

    it("should listen at the addresses that are given for clients, routes and monitoring", async () => {
      const cluster = new MixedAuthCluster("nats", {
        operator: operator(),
        accounts: [],
        target: { process: { binary } },
        bindAddress: "0.0.0.0",
        parity: { accept: { "(servers).*.clients": "A test.", "(servers).static.monitoring": "A test." } },
        clusterAddress: "127.0.0.2",
        monitoringAddress: "0.0.0.0",
        staticServer: { monitoringPort: 8222 },
      });
      await valueOf(cluster.checked);
      const config = await valueOf(cluster.configs.static);
      assert.deepEqual(config.match(/^ *(host|http): .*$/gm), [
        'host: "0.0.0.0"',
        'http: "0.0.0.0:8222"',
        '  host: "127.0.0.2"',
      ]);
      const { servers } = inputs("ClusterConfiguration", "nats") as { servers: Record<string, { host: string }> };
      assert.equal(servers.static?.host, "127.0.0.2");
    });

    it("should replace the places for a different version, but not for a copy of the same version", async () => {
      const fixedWith = async (path: string) => {
        await mockEngine();
        // A fixed seed, so that the digest is the same in every run.
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

    it("should have no outputs of containers, which the compiler knows", async () => {
      const args = { operator: operator(), accounts: [] };
      const processes = new MixedAuthCluster("p", { ...args, target: { process: { binary } } });
      const none: undefined[] = [processes.network, processes.networkUrls, processes.containers];
      assert.deepEqual(none, [undefined, undefined, undefined]);
      const limited = new MixedAuthCluster("l", { ...args, target: { docker: { memoryLimit: "1GiB" } } });
      assert.equal(await valueOf(limited.containers.static), "l-static-id");
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
    const problems = async (target: { binary?: string; folder?: string }, bindAddress = "127.0.0.1", more = {}) => {
      const addresses = { bindAddress, clusterAddress: LOOPBACK, monitoringAddress: LOOPBACK, ...more };
      const found = await valueOf(pulumi.all(processDiagnostics({ binary, ...target }, addresses)));
      return codesAndPaths(found.flat());
    };

    it("should report no problems when there are none", async () => {
      assert.deepEqual(await problems({}), []);
      assert.deepEqual(await problems({ folder: join(executables.folder, "not/there/yet") }, "0.0.0.0"), []);
    });

    it("should report a missing executable, on PATH or at a path", async () => {
      process.env.PATH = "/nowhere";
      for (const missing of ["nats-server", "/nowhere/nats-server"]) {
        assert.deepEqual(await problems({ binary: missing }), ["NA4040 target.process.binary"]);
      }
    });

    it("should report an executable that is not a nats-server, or too old", async () => {
      for (const output of ["hello", "nats-server: v2.10.22"]) {
        const unsupported = executables.saying(output, "unsupported");
        assert.deepEqual(await problems({ binary: unsupported }), ["NA4041 target.process.binary"]);
      }
    });

    it("should report a folder that cannot be created or written", async function () {
      const file = join(executables.folder, "file");
      writeFileSync(file, "");
      assert.deepEqual(await problems({ folder: join(file, "below") }), ["NA4042 target.process.folder"]);
      if (process.geteuid?.() === 0) {
        return; // Root can write to every folder.
      }
      const closed = join(executables.folder, "closed");
      mkdirSync(closed);
      chmodSync(closed, 0o500);
      assert.deepEqual(await problems({ folder: closed }), ["NA4042 target.process.folder"]);
    });

    it("should report a folder that another user could change", async () => {
      const open = join(executables.folder, "open");
      mkdirSync(open);
      chmodSync(open, 0o777);
      assert.deepEqual(await problems({ folder: open }), ["NA4083 target.process.folder"]);
      assert.deepEqual(await problems({ folder: join(open, "below") }), ["NA4083 target.process.folder"]);
    });

    it("should report an address that this machine does not have", async () => {
      assert.deepEqual(await problems({}, "192.0.2.1"), ["NA4022 bindAddress"]);
      const others = { clusterAddress: "192.0.2.1", monitoringAddress: "198.51.100.1" };
      assert.deepEqual(await problems({}, LOOPBACK, others), ["NA4022 clusterAddress", "NA4022 monitoringAddress"]);
    });

    it("should report a malformed target", () => {
      const args = (target: unknown) =>
        ({ operator: operator(), accounts: [], target }) as unknown as MixedAuthClusterArgs;
      const paths = (target: unknown) => clusterArgsDiagnostics(args(target)).map(({ path }) => path);
      for (const target of ["kubernetes", null, 5, true, ["process"]]) {
        assert.deepEqual(paths(target), ["target"]);
      }
      assert.deepEqual(codesAndPaths(clusterArgsDiagnostics(args({ proces: {} }))).slice(0, 1), [
        "NA1001 target.proces",
      ]);
      assert.deepEqual(paths({ process: "nats-server" }), ["target.process"]);
      assert.deepEqual(paths({ process: { bin: "" } }), ["target.process.bin"]);
      assert.deepEqual(paths({ docker: { memory: "1GiB" } }), ["target.docker.memory"]);
      assert.deepEqual(paths({ docker: {}, process: {} }).length > 0, true);
      for (const target of ["docker", "process", { docker: {} }, { process: {} }, undefined]) {
        assert.deepEqual(paths(target), []);
      }
    });
  });
});
