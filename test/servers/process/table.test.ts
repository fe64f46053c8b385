import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { commandOf } from "../../../provider/servers/process/layout";
import type { ProcessServer } from "../../../provider/servers/process/process";
import {
  isThere,
  procTable,
  psTable,
  runningServers,
  signal,
  type Running,
} from "../../../provider/servers/process/table";
import { newCluster, newServer, removeCluster } from "../../support/local-server";

const TABLES = { "Linux' files": procTable, ps: psTable } as const;

describe("the table of processes", () => {
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

  function found(): Running {
    const running = runningServers().find((running) => running.place === place);
    assert.ok(running);
    return running;
  }

  for (const [name, table] of Object.entries(TABLES)) {
    describe(`as told by ${name}`, () => {
      const inTable = () => table().filter((running) => running.place === place);

      it("should have a server by its configuration, and when it was started", () => {
        const [running, more] = inTable();
        assert.equal(running?.pid, found().pid);
        assert.equal(running.paused, false);
        assert.match(running.started, /\d/);
        assert.equal(more, undefined);
        assert.deepEqual(table(running.pid), [running]);
      });

      it("should tell that a server is paused", () => {
        process.kill(found().pid, "SIGSTOP");
        try {
          assert.equal(inTable()[0]?.paused, true);
        } finally {
          process.kill(found().pid, "SIGCONT");
        }
        assert.equal(inTable()[0]?.paused, false);
      });

      it("should not have a process that only names the file, nor one that is there no more", async () => {
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

  it("should say that a process is there, and not that another one is with its pid", () => {
    const running = found();
    assert.equal(isThere(running), true);
    assert.equal(isThere({ ...running, started: "1" }), false);
  });

  it("should signal nobody when the pid belongs to another process by now", () => {
    signal({ ...found(), started: "1" }, "SIGKILL");
    assert.equal(isThere(found()), true);
  });
});
