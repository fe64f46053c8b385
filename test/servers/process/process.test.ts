import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { appendFile, mkdir, readdir, readFile, readlink, rm, stat, symlink, writeFile } from "node:fs/promises";
import { createServer, type Server as NetServer } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { connect } from "@nats-io/transport-node";
import { waitFor } from "../../../provider/servers/log";
import { commandOf } from "../../../provider/servers/process/layout";
import { linkExecutable } from "../../../provider/servers/process/folder";
import { ProcessServer } from "../../../provider/servers/process/process";
import { findRunningServers, type RunningServer } from "../../../provider/servers/process/process-table";
import { natsServer, newCluster, newServer, removeCluster } from "../../support/local-server";
import { freePorts } from "../../support/stack-ports";

/** Milliseconds that a server's whole life may take on a slow machine. */
const LIFE_TIMEOUT = 60_000;

const MODE = 0o777;

describe("a server that is a process on this machine", function () {
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

  const running = (of = place): RunningServer | undefined => findRunningServers().find((found) => found.place === of);

  async function started(more = ""): Promise<RunningServer> {
    await server.put(filesWith(more));
    await server.start();
    const found = running();
    assert.ok(found);
    return found;
  }

  const isGone = (of = place) => waitFor(() => Promise.resolve(running(of) === undefined ? true : undefined), 5_000);

  describe("that was never started", () => {
    it("should be stopped, without a configuration", async () => {
      assert.deepEqual(await server.state(), { process: "stopped", files: {} });
    });

    it("should return the digest of a configuration without loading it, and leave no files of the test", async () => {
      assert.match(await server.try(filesWith()), /^sha256:[0-9a-f]+$/);
      assert.deepEqual(await server.state(), { process: "stopped", files: {} });
      assert.deepEqual(await readdir(place), ["nats-server"]);
    });

    it("should show the server's output when it rejects a configuration", async () => {
      await assert.rejects(server.try(filesWith("nonsense: [")), { code: "NA5001", message: /:\n {2}nats-server: / });
      assert.deepEqual(await readdir(place), ["nats-server"]);
    });

    it("should report a missing executable", async () => {
      await linkExecutable(place, "/nowhere/nats-server");
      await assert.rejects(server.try(filesWith()), { code: "NA5001", message: /ENOENT/ });
      await server.put(filesWith());
      await assert.rejects(server.start(), { code: "NA5002", message: /ENOENT/ });
    });
  });

  describe("that runs", () => {
    it("should have files that only this user can read", async () => {
      await started();
      assert.deepEqual(await server.state(), { process: "running", files: filesWith() });
      const modes = await Promise.all(
        ["", "nats.conf", "routes.conf"].map(async (name) => (await stat(join(place, name))).mode & MODE),
      );
      assert.deepEqual(modes, [0o700, 0o600, 0o600]);
      assert.equal(await readlink(join(place, "nats-server")), natsServer());
    });

    it("should have an empty environment and its own session", async () => {
      const { pid } = await started();
      assert.equal(await readFile(`/proc/${pid}/environ`, "utf8"), "");
      const [, , , group, session] =
        /\) (\S) (\d+) (\d+) (\d+)/.exec(await readFile(`/proc/${pid}/stat`, "utf8")) ?? [];
      assert.deepEqual([group, session], [String(pid), String(pid)]);
    });

    it("should not be affected by another start, also through another object of the same place", async () => {
      const before = await started();
      await server.start();
      await new ProcessServer("static", place).start();
      assert.deepEqual(running(), before);
    });

    it("should reload a configuration and confirm its digest", async () => {
      const before = await started();
      const digest = await server.try(filesWith("max_control_line: 2000"));
      await server.put(filesWith("max_control_line: 2000"));
      await server.reload(digest);
      assert.deepEqual(running(), before);
    });

    it("should confirm a reload also when it begins another log file meanwhile", async () => {
      await started("logfile_size_limit: 1\n");
      const digest = await server.try(filesWith("logfile_size_limit: 1\ndebug: false\n"));
      await server.put(filesWith("logfile_size_limit: 1\ndebug: false\n"));
      await server.reload(digest);
      assert.ok((await readdir(place)).filter((name) => name.startsWith("nats.log.")).length > 0);
    });

    it("should show the server's output when it rejects a change that a reload cannot make", async () => {
      await started();
      await server.put(filesWith("server_name: other"));
      await assert.rejects(server.reload("sha256:0"), {
        code: "NA5003",
        message: /:\n {2}\[\d+\].*server_?name/i,
      });
    });

    it("should report when it loads a configuration other than the tested one", async () => {
      await started();
      await assert.rejects(server.reload("sha256:0"), { code: "NA5005" });
    });

    it("should be paused by SIGSTOP, and resume when it is started", async () => {
      const { pid } = await started();
      // A signal takes a moment.
      const becomes = (state: string) =>
        waitFor(async () => ((await server.state()).process === state ? true : undefined), 5_000);
      process.kill(pid, "SIGSTOP");
      assert.equal(await becomes("paused"), true);
      await server.start();
      assert.equal(await becomes("running"), true);
    });

    it("should be stopped after it was killed, not reload, and start again", async () => {
      const { pid } = await started();
      process.kill(pid, "SIGKILL");
      await isGone();
      assert.deepEqual(await server.state(), { process: "stopped", files: filesWith() });
      await assert.rejects(server.reload("sha256:0"), { code: "NA5004" });
      await server.start();
      assert.notEqual(running()?.pid, pid);
    });

    it("should be found also when it was started by hand with the same command line", async () => {
      await server.put(filesWith());
      const [executable, argument] = commandOf(place);
      const child = spawn(executable, [argument], { cwd: place, stdio: "ignore" });
      await once(child, "spawn");
      const log = () => readFile(join(place, "nats.log"), "utf8").catch(() => "");
      await waitFor(async () => ((await log()).includes("Server is ready") ? true : undefined), LIFE_TIMEOUT);
      assert.equal((await server.state()).process, "running");
      await server.stop();
      assert.equal((await server.state()).process, "stopped");
    });

    it("should be absent when its folder is removed, and be found from another place of the same server", async () => {
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

    it("should show the server's output of this start only, and what to do", async () => {
      await writeFile(join(place, "nats.log"), "[1] 2026/01/01 00:00:00.000000 [ERR] of an earlier start\n");
      await server.put(filesWith());
      await assert.rejects(server.start(), {
        code: "NA5002",
        message: /^(?!.*earlier).*:\n.*\[FTL\].*address already in use"\n {2}Free what/s,
      });
      assert.equal((await server.state()).process, "stopped");
    });

    it("should show what it prints before it opens its log", async () => {
      await server.put({ "nats.conf": "port: [" });
      await assert.rejects(server.start(), { code: "NA5002", message: /:\n {2}nats-server: / });
    });
  });

  describe("that is stopped", () => {
    it("should announce it to its clients, give them time, and end", async () => {
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

    it("should end at once when it has no clients, also when it is paused", async () => {
      const { pid } = await started();
      process.kill(pid, "SIGSTOP");
      const begin = performance.now();
      await server.stop();
      assert.equal(running(), undefined);
      assert.ok(performance.now() - begin < 1_500);
    });

    it("should stay stopped, and ignore another stop", async () => {
      await started();
      await server.stop();
      await server.stop();
      assert.deepEqual(await server.state(), { process: "stopped", files: filesWith() });
    });
  });

  describe("whose place is removed", () => {
    it("should not delete what a link in its place refers to", async () => {
      const target = join(cluster, "target");
      await mkdir(target);
      await writeFile(join(target, "keep"), "");
      const link = join(cluster, "static", "0123456789abcdef");
      await symlink(target, link);
      await assert.rejects(new ProcessServer("static", link).remove(), { code: "NA5009" });
      assert.deepEqual(await readdir(target), ["keep"]);
    });

    it("should not delete a folder that is not named as a place", async () => {
      await assert.rejects(new ProcessServer("static", cluster).remove(), { code: "NA5009" });
      assert.ok((await readdir(cluster)).length > 0);
    });
  });

  describe("in a place with predecessors", () => {
    it("should find those in which it has run, the latest first, and no place of another server", async () => {
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

    it("should remove unfinished files of killed updates", async () => {
      await mkdir(join(place, "trial-of-a-killed-update"));
      await writeFile(join(place, "nats.conf.draft"), "half of a configura");
      await server.removeRemains();
      assert.deepEqual(await readdir(place), ["nats-server"]);
    });
  });
});
