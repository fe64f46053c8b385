import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readlink, rm, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { provider as folderProvider } from "../../provider/resources/cluster-folder";
import { provider as processProvider } from "../../provider/resources/server-process";
import { ProcessServer } from "../../provider/servers/process/process";
import { natsServer, newCluster, removeCluster } from "../support/local-server";
import { Engine } from "../support/life-cycle";

describe("the folder of a cluster, as a resource", () => {
  const engine = new Engine(folderProvider);

  it("should be a name that no other has, and make nothing", async () => {
    const inputs = { home: "/nowhere", label: "project-stack-nats" };
    const [one, other] = await Promise.all([engine.create(inputs), engine.create(inputs)]);
    assert.match(one.id, /^\/nowhere\/pulumi-nats-auth\/project-stack-nats-[0-9a-f]{8}$/);
    assert.equal(one.outs.path, one.id);
    assert.notEqual(one.id, other.id);
    assert.equal(existsSync("/nowhere"), false);
  });

  it("should stay where it is when the default is elsewhere by now, or the stack has another name", async () => {
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

  it("should be another one, before the old one goes, when the program names another place for it", async () => {
    const { id, outs } = await engine.create({ home: "/one", label: "a" });
    assert.deepEqual(await engine.diff(id, outs, { home: "/two", label: "a" }), { changes: true, replaces: ["home"] });
    const diff = await folderProvider.diff?.(id, outs, { home: "/two", label: "a" });
    assert.equal(diff?.deleteBeforeReplace, false);
  });
});

describe("the place of a server that is a process, as a resource", () => {
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

  it("should be another one, before the old one goes, when something changes that no reload can take", async () => {
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

  it("should stay the same, with another executable from the next start on, when that lies elsewhere", async () => {
    const { id, outs } = await engine.create(inputs());
    const moved = inputs({ binary: "/elsewhere/nats-server" });
    assert.deepEqual(await engine.diff(id, outs, moved), { changes: true, replaces: [] });
    const updated = await engine.update(id, outs, moved);
    assert.equal(updated.place, id);
    assert.equal(await readlink(join(id, "nats-server")), "/elsewhere/nats-server");
  });

  it("should be found as it is by a refresh, and repaired where its executable is gone from it", async () => {
    const { id, outs } = await engine.create(inputs());
    assert.deepEqual(await processProvider.read?.(id, outs), { id, props: outs });
    await unlink(join(id, "nats-server"));
    const found = await processProvider.read?.(id, outs);
    assert.ok(found?.props);
    assert.deepEqual(await engine.diff(id, found.props, inputs()), { changes: true, replaces: [] });
    await engine.update(id, found.props, inputs());
    assert.deepEqual(await processProvider.read?.(id, outs), { id, props: outs });
  });

  it("should be gone when a refresh does not find its folder", async () => {
    const { id, outs } = await engine.create(inputs());
    await rm(id, { recursive: true });
    assert.deepEqual(await processProvider.read?.(id, outs), { id: "" });
  });

  it("should go with what runs in it, also when it is gone already", async () => {
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
