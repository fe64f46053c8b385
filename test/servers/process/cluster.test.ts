import assert from "node:assert/strict";
import { existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { removeCluster, stateHome } from "../../../provider/servers/process/cluster";
import { runningServers } from "../../../provider/servers/process/table";
import { newCluster, newServer, removeCluster as clear } from "../../support/local-server";

describe("the folder of a cluster of processes", () => {
  const { XDG_STATE_HOME: before } = process.env;

  afterEach(() => {
    if (before === undefined) {
      delete process.env.XDG_STATE_HOME;
    } else {
      process.env.XDG_STATE_HOME = before;
    }
  });

  it("should be where this user's programs keep their state", () => {
    process.env.XDG_STATE_HOME = "/var/state";
    assert.equal(stateHome(), "/var/state");
    // The specification says that a relative path is to be ignored.
    process.env.XDG_STATE_HOME = "state";
    assert.equal(stateHome(), join(homedir(), ".local/state"));
    delete process.env.XDG_STATE_HOME;
    assert.equal(stateHome(), join(homedir(), ".local/state"));
  });

  it("should go with every server that runs in it, whoever knows of them, and with nothing beside it", async () => {
    const home = newCluster();
    try {
      const folders = ["one", "one-more"].map((name) => join(home, "pulumi-nats-auth", name));
      const [one = "", more = ""] = folders;
      const places: string[] = [];
      for (const [cluster, side] of [
        [one, "static"],
        [one, "static"],
        [more, "operator"],
      ] as const) {
        const { server, place } = await newServer(cluster, side);
        await server.put({ "nats.conf": "port: -1\n" });
        await server.start();
        places.push(place);
      }
      await removeCluster(one);
      const left = runningServers().filter(({ place }) => places.includes(place));
      assert.deepEqual(
        left.map(({ place }) => place),
        places.slice(-1),
      );
      assert.deepEqual(folders.map(existsSync), [false, true]);
      await removeCluster(more);
      assert.equal(existsSync(dirname(more)), false);
      assert.equal(existsSync(home), true);
    } finally {
      clear(home);
    }
  });

  it("should stay away when it never was there, and leave a folder alone that a user has named", async () => {
    const home = newCluster();
    try {
      mkdirSync(join(home, "mine"));
      await removeCluster(join(home, "mine/never-made"));
      assert.equal(existsSync(join(home, "mine")), true);
    } finally {
      clear(home);
    }
  });
});
