import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readlink, rm, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { provider as folderProvider } from "../../provider/dynamic/cluster-folder";
import { provider as processProvider } from "../../provider/dynamic/server-process";
import { ProcessServer } from "../../provider/servers/process/process";
import { natsServer, newCluster, removeCluster } from "../support/local-server";
import { Engine, failureCodes } from "../support/life-cycle";

describe("the ClusterFolder resource", () => {
  const engine = new Engine(folderProvider);

  it("should be a unique name, and create nothing", async () => {
    const inputs = { home: "/nowhere", label: "project-stack-nats" };
    const [one, other] = await Promise.all([engine.create(inputs), engine.create(inputs)]);
    assert.match(one.id, /^\/nowhere\/pulumi-nats-auth\/project-stack-nats-[0-9a-f]{8}$/);
    assert.equal(one.outs.path, one.id);
    assert.notEqual(one.id, other.id);
    assert.equal(existsSync("/nowhere"), false);
  });

  it("should stay when the default or the label changes", async () => {
    const { XDG_STATE_HOME: before } = process.env;
    process.env.XDG_STATE_HOME = "/first";
    try {
      const { id, outs } = await engine.create({ label: "a" });
      process.env.XDG_STATE_HOME = "/second";
      assert.match(id, /^\/first\//);
      assert.deepEqual(await engine.diff(id, outs, { label: "b" }), { changes: false, replaces: [] });
    } finally {
      if (before === undefined) {
        delete process.env.XDG_STATE_HOME;
      } else {
        process.env.XDG_STATE_HOME = before;
      }
    }
  });

  it("should be replaced, before the old one is deleted, when the program sets another location", async () => {
    const { id, outs } = await engine.create({ home: "/one", label: "a" });
    assert.deepEqual(await engine.diff(id, outs, { home: "/two", label: "a" }), { changes: true, replaces: ["home"] });
    const diff = await folderProvider.diff?.(id, outs, { home: "/two", label: "a" });
    assert.equal(diff?.deleteBeforeReplace, false);
  });
});

describe("the ClusterFolder resource of servers that store streams", () => {
  const engine = new Engine(folderProvider);
  const failures = async (olds: object, news: object) => {
    const label = "a";
    return failureCodes((await engine.check({ label, ...news }, { label, ...olds })).failures);
  };

  it("should not be replaced, by which the streams would be deleted", async () => {
    const left = ["NA1721 target.process.folder"];
    assert.deepEqual(await failures({ home: "/one", stores: true }, { home: "/two", stores: true }), left);
    assert.deepEqual(await failures({ stores: true }, { home: "/two", stores: true }), left);
    assert.deepEqual(await failures({ home: "/one", stores: true }, { home: "/one", stores: true }), []);
  });

  it("should be replaced when they do not store streams before or afterwards", async () => {
    assert.deepEqual(await failures({ home: "/one" }, { home: "/two", stores: true }), []);
    assert.deepEqual(await failures({ home: "/one", stores: true }, { home: "/two" }), []);
  });
});

describe("the ServerProcess resource", () => {
  const engine = new Engine(processProvider);
  let cluster: string;

  beforeEach(() => {
    cluster = newCluster();
  });

  afterEach(() => {
    removeCluster(cluster);
  });

  const inputs = (changes: object = {}) => ({
    cluster: join(cluster, "nats"),
    side: "static",
    binary: natsServer(),
    fixed: "0",
    ...changes,
  });

  it("should be a new folder in which a server can be started", async () => {
    const { id, outs } = await engine.create(inputs());
    assert.equal(outs.place, id);
    assert.equal(dirname(id), join(cluster, "nats/static"));
    const server = new ProcessServer("static", id);
    await server.put({ "nats.conf": "port: -1\n" });
    await server.start();
    assert.equal((await server.state()).process, "running");
  });

  it("should be replaced, before the old one is deleted, when something changes that a reload cannot change", async () => {
    const { id, outs } = await engine.create(inputs());
    for (const [key, value] of [
      ["fixed", "1"],
      ["side", "operator"],
      ["cluster", join(cluster, "other")],
    ] as const) {
      assert.deepEqual(await engine.diff(id, outs, inputs({ [key]: value })), { changes: true, replaces: [key] });
    }
    const diff = await processProvider.diff?.(id, outs, { ...outs, fixed: "1" });
    assert.equal(diff?.deleteBeforeReplace, false);
    assert.deepEqual(await engine.diff(id, outs, inputs()), { changes: false, replaces: [] });
  });

  it("should stay the same, and use another executable from the next start on", async () => {
    const { id, outs } = await engine.create(inputs());
    const moved = inputs({ binary: "/elsewhere/nats-server" });
    assert.deepEqual(await engine.diff(id, outs, moved), { changes: true, replaces: [] });
    const updated = await engine.update(id, outs, moved);
    assert.equal(updated.place, id);
    assert.equal(await readlink(join(id, "nats-server")), "/elsewhere/nats-server");
  });

  it("should be refreshed, and repaired when the link to its executable is missing", async () => {
    const { id, outs } = await engine.create(inputs());
    assert.deepEqual(await processProvider.read?.(id, outs), { id, props: outs });
    await unlink(join(id, "nats-server"));
    const found = await processProvider.read?.(id, outs);
    assert.ok(found?.props);
    assert.deepEqual(await engine.diff(id, found.props, inputs()), { changes: true, replaces: [] });
    await engine.update(id, found.props, inputs());
    assert.deepEqual(await processProvider.read?.(id, outs), { id, props: outs });
  });

  it("should be removed from the state when a refresh does not find its folder", async () => {
    const { id, outs } = await engine.create(inputs());
    await rm(id, { recursive: true });
    assert.deepEqual(await processProvider.read?.(id, outs), { id: "" });
  });

  it("should be deleted with the server in it, also when it no longer exists", async () => {
    const { id, outs } = await engine.create(inputs());
    const server = new ProcessServer("static", id);
    await server.put({ "nats.conf": "port: -1\n" });
    await server.start();
    await processProvider.delete?.(id, outs);
    assert.deepEqual(await server.state(), { process: "absent", files: {} });
    assert.equal(existsSync(id), false);
    await processProvider.delete?.(id, outs);
  });
});
