import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { appendFile, mkdir, readdir, readFile, readlink, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type Server as NetServer } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { connect } from "@nats-io/transport-node";
import { eventually } from "../../../provider/servers/log";
import { commandOf } from "../../../provider/servers/process/layout";
import { linkExecutable } from "../../../provider/servers/process/place";
import { ProcessServer } from "../../../provider/servers/process/process";
import { runningServers, type Running } from "../../../provider/servers/process/table";
import type { ServerRefusal } from "../../../provider/servers/server";
import { natsServer, newCluster, newServer, removeCluster } from "../../support/local-server";
import { freePorts } from "../../support/stack-ports";

/** Milliseconds that a server's whole life may take on a slow machine. */
const LIFE_TIMEOUT = 60_000;

const MODE = 0o777;

describe("a server that is a process of this machine", function () {
  this.timeout(LIFE_TIMEOUT);
  let cluster: string;
  let place: string;
  let server: ProcessServer;
  let port: number;

  beforeEach("a place", async () => {
    cluster = newCluster();
    ({ server, place } = await newServer(cluster, "static"));
    [port = 0] = await freePorts(1);
  });

  afterEach(() => {
    removeCluster(cluster);
  });

  /** The files of a configuration whose settings can be reloaded. */
  const filesWith = (more = "") => ({
    "nats.conf": `host: 127.0.0.1\nport: ${port}\nlog_file: "nats.log"\ninclude "./routes.conf"\n${more}`,
    "routes.conf": "max_payload: 1000\n",
  });

  const running = (of = place): Running | undefined => runningServers().find((found) => found.place === of);

  async function started(more = ""): Promise<Running> {
    await server.put(filesWith(more));
    await server.start();
    const found = running();
    assert.ok(found);
    return found;
  }

  const isGone = (of = place) => eventually(() => Promise.resolve(running(of) === undefined ? true : undefined), 5_000);

  describe("that was never started", () => {
    it("should be stopped, without a configuration", async () => {
      assert.deepEqual(await server.state(), { process: "stopped", files: {} });
    });

    it("should say the digest of a configuration without taking it, and leave nothing of the trial", async () => {
      assert.match(await server.try(filesWith()), /^sha256:[0-9a-f]+$/);
      assert.deepEqual(await server.state(), { process: "stopped", files: {} });
      assert.deepEqual(await readdir(place), ["nats-server"]);
    });

    it("should tell the server's own words when it does not accept a configuration", async () => {
      await assert.rejects(server.try(filesWith("nonsense: [")), (error: ServerRefusal) => {
        assert.match(
          error.message,
          /^the static server refuses the new configuration, so nothing was changed:\n {2}nats-server: /,
        );
        return true;
      });
      assert.deepEqual(await readdir(place), ["nats-server"]);
    });

    it("should say so when its executable is not there", async () => {
      await linkExecutable(place, "/nowhere/nats-server");
      await assert.rejects(server.try(filesWith()), /refuses the new configuration[^]*ENOENT/);
      await server.put(filesWith());
      await assert.rejects(server.start(), /could not be started[^]*ENOENT/);
    });
  });

  describe("that runs", () => {
    it("should be known with its files, which this user alone can read", async () => {
      await started();
      assert.deepEqual(await server.state(), { process: "running", files: filesWith() });
      const modes = await Promise.all(
        ["", "nats.conf", "routes.conf"].map(async (name) => (await stat(join(place, name))).mode & MODE),
      );
      assert.deepEqual(modes, [0o700, 0o600, 0o600]);
      assert.equal(await readlink(join(place, "nats-server")), natsServer());
    });

    it("should have no variable of the one who started it, and be in a session of its own", async () => {
      const { pid } = await started();
      assert.equal(await readFile(`/proc/${pid}/environ`, "utf8"), "");
      const [, , , group, session] =
        /\) (\S) (\d+) (\d+) (\d+)/.exec(await readFile(`/proc/${pid}/stat`, "utf8")) ?? [];
      assert.deepEqual([group, session], [String(pid), String(pid)]);
    });

    it("should stay as it is when it is started again, or by another who handles the same place", async () => {
      const before = await started();
      await server.start();
      await new ProcessServer("static", place).start();
      assert.deepEqual(running(), before);
    });

    it("should take a configuration by reload, and acknowledge its digest", async () => {
      const before = await started();
      const digest = await server.try(filesWith("max_control_line: 2000"));
      await server.put(filesWith("max_control_line: 2000"));
      await server.reload(digest);
      assert.deepEqual(running(), before);
    });

    it("should acknowledge a reload also when it begins another log file meanwhile", async () => {
      await started("logfile_size_limit: 1\n");
      const digest = await server.try(filesWith("logfile_size_limit: 1\ndebug: false\n"));
      await server.put(filesWith("logfile_size_limit: 1\ndebug: false\n"));
      await server.reload(digest);
      assert.ok((await readdir(place)).filter((name) => name.startsWith("nats.log.")).length > 0);
    });

    it("should tell the server's own words when it refuses what no reload can change", async () => {
      await started();
      await server.put(filesWith("server_name: other"));
      await assert.rejects(server.reload("sha256:0"), (error: ServerRefusal) => {
        assert.match(
          error.message,
          /^the static server refused to reload its configuration:\n {2}\[\d+\].*server_?name/i,
        );
        return true;
      });
    });

    it("should say so when it loads another configuration than the one that was tried", async () => {
      await started();
      await assert.rejects(server.reload("sha256:0"), /loaded another configuration/);
    });

    it("should be paused by SIGSTOP, and go on when it is started", async () => {
      const { pid } = await started();
      process.kill(pid, "SIGSTOP");
      assert.equal((await server.state()).process, "paused");
      await server.start();
      assert.equal((await server.state()).process, "running");
    });

    it("should be stopped when it was killed, refuse to reload, and start again", async () => {
      const { pid } = await started();
      process.kill(pid, "SIGKILL");
      await isGone();
      assert.deepEqual(await server.state(), { process: "stopped", files: filesWith() });
      await assert.rejects(server.reload("sha256:0"), /has ended before it could reload/);
      await server.start();
      assert.notEqual(running()?.pid, pid);
    });

    it("should be known also when it was started by somebody else with the same command line", async () => {
      await server.put(filesWith());
      const [executable, argument] = commandOf(place);
      const child = spawn(executable, [argument], { cwd: place, stdio: "ignore" });
      await once(child, "spawn");
      const log = () => readFile(join(place, "nats.log"), "utf8").catch(() => "");
      await eventually(async () => ((await log()).includes("Server is ready") ? true : undefined), LIFE_TIMEOUT);
      assert.equal((await server.state()).process, "running");
      await server.stop();
      assert.equal((await server.state()).process, "stopped");
    });

    it("should be absent when its folder is gone, and be found from another place of the same server", async () => {
      await started();
      await rm(place, { recursive: true });
      assert.deepEqual(await server.state(), { process: "absent", files: {} });
      const { server: next } = await newServer(cluster, "static");
      const [lost, more] = await next.predecessors();
      assert.equal(more, undefined);
      await lost?.stop();
      assert.equal(running(), undefined);
    });
  });

  describe("that does not start", () => {
    let stranger: NetServer;

    beforeEach(async () => {
      stranger = createServer().listen(port, "127.0.0.1");
      await once(stranger, "listening");
    });

    afterEach(() => {
      stranger.close();
    });

    it("should tell the server's own words of this start alone, and what to do", async () => {
      await writeFile(join(place, "nats.log"), "[1] 2026/01/01 00:00:00.000000 [ERR] of an earlier start\n");
      await server.put(filesWith());
      await assert.rejects(server.start(), (error: ServerRefusal) => {
        assert.match(
          error.message,
          /^the static server did not start:\n.*\[FTL\].*address already in use"\n {2}Free what/,
        );
        assert.doesNotMatch(error.message, /earlier/);
        return true;
      });
      assert.equal((await server.state()).process, "stopped");
    });

    it("should tell what it says before it has a log", async () => {
      await server.put({ "nats.conf": "port: [" });
      await assert.rejects(server.start(), /did not start:\n {2}nats-server: /);
    });
  });

  describe("that is stopped", () => {
    it("should tell its clients, give them a moment, and be gone", async () => {
      await started();
      const client = await connect({ servers: `127.0.0.1:${port}`, reconnect: false });
      const told = (async () => {
        for await (const { type } of client.status()) {
          if (type === "ldm") {
            return true;
          }
        }
        return false;
      })();
      await server.stop();
      assert.equal(await told, true);
      assert.equal(running(), undefined);
      await client.closed();
    });

    it("should be gone at once when it has no client, and also when it is paused", async () => {
      const { pid } = await started();
      process.kill(pid, "SIGSTOP");
      const begin = performance.now();
      await server.stop();
      assert.equal(running(), undefined);
      assert.ok(performance.now() - begin < 1_500);
    });

    it("should stay stopped, and nothing happens when it is stopped again", async () => {
      await started();
      await server.stop();
      await server.stop();
      assert.deepEqual(await server.state(), { process: "stopped", files: filesWith() });
    });
  });

  describe("in a place that others were before", () => {
    it("should know those in which it has run, the latest first, and no other server's", async () => {
      const { server: first, place: firstPlace } = await newServer(cluster, "static");
      const { server: second, place: secondPlace } = await newServer(cluster, "static");
      await newServer(cluster, "static");
      const { place: other } = await newServer(cluster, "operator");
      await appendFile(join(other, "nats.log"), "of the operator's server");
      await first.put(filesWith());
      await first.start();
      await first.stop();
      await second.put(filesWith());
      await second.start();
      const states = await Promise.all((await server.predecessors()).map((old) => old.state()));
      assert.deepEqual(
        states.map((state) => state.process),
        ["running", "stopped"],
      );
      await server.removeRemains();
      assert.deepEqual(await readdir(join(cluster, "static")), [place.split("/").at(-1)]);
      assert.deepEqual(await readdir(other), ["nats-server", "nats.log"].sort());
      assert.equal(running(firstPlace) ?? running(secondPlace), undefined);
      assert.deepEqual(await server.predecessors(), []);
    });

    it("should take away what killed updates were about to try or to write", async () => {
      await mkdir(join(place, "trial-of-a-killed-update"));
      await writeFile(join(place, "nats.conf.draft"), "half of a configura");
      await server.removeRemains();
      assert.deepEqual(await readdir(place), ["nats-server"]);
    });
  });
});
