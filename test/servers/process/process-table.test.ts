import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { waitFor } from "../../../provider/servers/log";
import { commandOf } from "../../../provider/servers/process/layout";
import type { ProcessServer } from "../../../provider/servers/process/process";
import {
  isRunning,
  procTable,
  psTable,
  findRunningServers,
  sendSignal,
  type RunningServer,
} from "../../../provider/servers/process/process-table";
import { newCluster, newServer, removeCluster } from "../../support/local-server";

const TABLES = { "Linux' files": procTable, ps: psTable } as const;

describe("the process table", () => {
  let cluster: string;
  let place: string;
  let server: ProcessServer;

  before("a server", async () => {
    cluster = newCluster();
    ({ server, place } = await newServer(cluster, "static"));
    await server.put({ "nats.conf": "port: -1\n" });
    await server.start();
  });

  after(() => {
    removeCluster(cluster);
  });

  function found(): RunningServer {
    const running = findRunningServers().find((running) => running.place === place);
    assert.ok(running);
    return running;
  }

  for (const [name, table] of Object.entries(TABLES)) {
    describe(`read from ${name}`, () => {
      const inTable = () => table().filter((running) => running.place === place);

      it("should list a server by its configuration, with its start time", () => {
        const [running, more] = inTable();
        assert.equal(running?.pid, found().pid);
        assert.equal(running.paused, false);
        assert.match(running.started, /\d/);
        assert.equal(more, undefined);
        assert.deepEqual(table(running.pid), [running]);
      });

      it("should show that a server is paused", async () => {
        // The kernel stops and resumes the process a moment later.
        const isPaused = (paused: boolean) =>
          waitFor(() => Promise.resolve(inTable()[0]?.paused === paused ? true : undefined), 5_000);
        process.kill(found().pid, "SIGSTOP");
        try {
          assert.equal(await isPaused(true), true);
        } finally {
          process.kill(found().pid, "SIGCONT");
        }
        assert.equal(await isPaused(false), true);
      });

      it("should not list a process that only names the file, or one that has ended", async () => {
        const other = spawn("sh", ["-c", "exec sleep 60", ...commandOf(place)], { stdio: "ignore" });
        await once(other, "spawn");
        try {
          assert.deepEqual(
            inTable().map(({ pid }) => pid),
            [found().pid],
          );
        } finally {
          other.kill("SIGKILL");
        }
        await once(other, "close");
        assert.deepEqual(table(other.pid), []);
      });
    });
  }

  it("should recognize a process, and not another one with its pid", () => {
    const running = found();
    assert.equal(isRunning(running), true);
    assert.equal(isRunning({ ...running, started: "1" }), false);
  });

  it("should not send a signal to another process with the same pid", () => {
    sendSignal({ ...found(), started: "1" }, "SIGKILL");
    assert.equal(isRunning(found()), true);
  });
});
