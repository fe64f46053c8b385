import assert from "node:assert/strict";
import { chownSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { removeCluster, getStateHome } from "../../../provider/servers/process/cluster";
import { findRunningServers } from "../../../provider/servers/process/process-table";
import { newCluster, newServer, removeCluster as clear } from "../../support/local-server";

/** The id of a different user. */
const OTHER_USER = 12_345;

describe("the folder of a cluster of processes", () => {
  const { XDG_STATE_HOME: before } = process.env;

  afterEach(() => {
    if (before === undefined) {
      delete process.env.XDG_STATE_HOME;
    } else {
      process.env.XDG_STATE_HOME = before;
    }
  });

  it("should be in the user's state folder when XDG_STATE_HOME is set or unset", () => {
    process.env.XDG_STATE_HOME = "/var/state";
    assert.equal(getStateHome(), "/var/state");
    // The specification requires that relative paths are ignored.
    process.env.XDG_STATE_HOME = "state";
    assert.equal(getStateHome(), join(homedir(), ".local/state"));
    delete process.env.XDG_STATE_HOME;
    assert.equal(getStateHome(), join(homedir(), ".local/state"));
  });

  it("should be removed with all of its servers, in a state or not, when it is deleted", async () => {
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
      const left = findRunningServers().filter(({ place }) => places.includes(place));
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

  it("should not be removed when it is a link", async () => {
    const home = newCluster();
    try {
      mkdirSync(join(home, "target"));
      symlinkSync(join(home, "target"), join(home, "link"));
      await assert.rejects(removeCluster(join(home, "link")), { code: "NA5009" });
      assert.equal(existsSync(join(home, "target")), true);
    } finally {
      clear(home);
    }
  });

  it("should not be removed when it belongs to another user", async function () {
    if (process.geteuid?.() !== 0) {
      this.skip();
    }
    const home = newCluster();
    try {
      const folder = join(home, "theirs");
      mkdirSync(folder);
      chownSync(folder, OTHER_USER, OTHER_USER);
      await assert.rejects(removeCluster(folder), { code: "NA5009" });
      assert.equal(existsSync(folder), true);
    } finally {
      clear(home);
    }
  });

  it("should keep the parent folder when the user has set it, even if the cluster's was never created", async () => {
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
