import assert from "node:assert/strict";
import { waitFor } from "../../provider/servers/log";
import { ServerRefusal } from "../../provider/servers/errors";
import { MAIN_FILE, type ConfigFiles, type Server } from "../../provider/servers/server";

/** A host that can create several places for a server, one after the other. */
export interface ServerHost {
  /** Creates a new place for the server, in which nothing has run yet. */
  place(): Promise<Server>;
  /** Returns the files of a configuration with these lines, all of which a running server can reload. */
  files(lines?: string): ConfigFiles;
  /** Removes everything from the host. */
  dispose(): Promise<void>;
}

/** A host with real servers. */
export interface RealServerHost extends ServerHost {
  /** Removes a place and its server. */
  remove(server: Server): Promise<void>;
}

/** A host on which nothing else starts and stops servers, and on which a server can move to another place. */
export interface UnmanagedHost extends RealServerHost {
  /** Kills the server that runs in a place. */
  crash(server: Server): Promise<void>;
  /** Pauses the server that runs in a place. */
  pause(server: Server): Promise<void>;
}

/** Lines for a different configuration, for an invalid one, and for one that requires a restart. */
const OTHER = "max_control_line: 2000";
const INVALID = "nonsense: [";
const NOT_RELOADABLE = 'server_name: "other"';

/** Timeout of a test that starts a server several times on a slow machine, in milliseconds. */
const TIMEOUT = 120_000;
/** Time for a signal to take effect, in milliseconds. */
const SIGNAL_TIMEOUT = 10_000;
/** Time for unused connections to close, in milliseconds. */
const CLOSE_TIMEOUT = 10_000;

/** Returns the number of open connections that keep this process running. */
function countConnections(): number {
  return process.getActiveResourcesInfo().filter((name) => ["PipeWrap", "TCPSocketWrap"].includes(name)).length;
}

/** Tests for every implementation of {@link Server}. */
export function serverContract(newHost: () => Promise<ServerHost>): void {
  let host: ServerHost;
  let made: ServerHost | undefined;
  let server: Server;

  before("a host", async function () {
    this.timeout(TIMEOUT);
    host = await newHost();
    made = host;
  });

  beforeEach("a place", async function () {
    this.timeout(TIMEOUT);
    server = await host.place();
    await server.removeRemains();
  });

  after("nothing is left", async function () {
    this.timeout(TIMEOUT);
    await made?.dispose();
  });

  it("should be stopped and have no files when it is new", async () => {
    assert.deepEqual(await server.state(), { process: "stopped", files: {} });
  });

  it("should return a digest, and change nothing, when it tests a configuration", async () => {
    const digests = [await server.try(host.files()), await server.try(host.files(OTHER))];
    assert.match(digests[0] ?? "", /^sha256:/);
    assert.notEqual(digests[0], digests[1]);
    assert.equal(await server.try(host.files()), digests[0]);
    assert.deepEqual(await server.state(), { process: "stopped", files: {} });
  });

  it("should fail with the server's error message when it tests an invalid configuration", async () => {
    await assert.rejects(server.try(host.files(INVALID)), (error) => {
      assert.ok(error instanceof ServerRefusal);
      assert.equal(error.server, server.name);
      assert.ok(error.output.length > 0);
      return true;
    });
    assert.deepEqual(await server.state(), { process: "stopped", files: {} });
  });

  it("should store the latest files, and not start, when files are put", async () => {
    await server.put(host.files());
    await server.put(host.files(OTHER));
    assert.deepEqual(await server.state(), { process: "stopped", files: host.files(OTHER) });
  });

  it("should run when it is started, and keep running when it is started again", async () => {
    await server.put(host.files());
    await server.start();
    await server.start();
    assert.deepEqual(await server.state(), { process: "running", files: host.files() });
  });

  it("should acknowledge only the digest of the tested configuration when it reloads", async () => {
    await server.put(host.files());
    await server.start();
    const digest = await server.try(host.files(OTHER));
    await server.put(host.files(OTHER));
    await server.reload(digest);
    assert.deepEqual(await server.state(), { process: "running", files: host.files(OTHER) });
    await assert.rejects(server.reload("sha256:0"));
  });

  it("should keep its files, and be able to start again, when it is stopped once or twice", async () => {
    await server.put(host.files());
    await server.start();
    await server.stop();
    await server.stop();
    assert.deepEqual(await server.state(), { process: "stopped", files: host.files() });
    await server.start();
    assert.equal((await server.state()).process, "running");
  });

  it("should leave no connection open that would keep this process running", async () => {
    const before = countConnections();
    await server.put(host.files());
    await server.start();
    await server.put(host.files(OTHER));
    await server.reload(await server.try(host.files(OTHER)));
    await server.stop();
    const isClosed = () => Promise.resolve(countConnections() <= before ? true : undefined);
    assert.equal(await waitFor(isClosed, CLOSE_TIMEOUT), true);
  });

  it("should have no predecessors when it is the first", async () => {
    assert.deepEqual(await server.predecessors(), []);
  });
}

/** Creates a host before the tests of the calling describe block, and a running server before each of them. */
function runningServer<Host extends RealServerHost>(
  newHost: () => Promise<Host>,
): {
  readonly host: () => Host;
  readonly server: () => Server;
} {
  let host: Host;
  let made: Host | undefined;
  let server: Server;

  before("a host", async function () {
    this.timeout(TIMEOUT);
    host = await newHost();
    made = host;
  });

  beforeEach("a running server", async function () {
    this.timeout(TIMEOUT);
    server = await host.place();
    await server.removeRemains();
    await server.put(host.files());
    await server.start();
  });

  after("nothing is left", async function () {
    this.timeout(TIMEOUT);
    await made?.dispose();
  });

  return { host: () => host, server: () => server };
}

/** Tests for every implementation with real servers. */
export function realServerContract(newHost: () => Promise<RealServerHost>): void {
  const { host, server } = runningServer(newHost);

  it("should fail with the server's error message when a reload would require a restart", async () => {
    await server().put(host().files(NOT_RELOADABLE));
    await assert.rejects(server().reload("sha256:0"), (error) => {
      assert.ok(error instanceof ServerRefusal);
      assert.match(error.output.join("\n"), /server_?name/i);
      return true;
    });
    assert.equal((await server().state()).process, "running");
  });

  it("should fail to start, and be stopped, when the configuration is invalid", async () => {
    const next = await host().place();
    await next.put({ [MAIN_FILE]: INVALID });
    await assert.rejects(next.start(), ServerRefusal);
    await next.stop();
    assert.equal((await next.state()).process, "stopped");
  });

  it("should be absent when its place was removed", async () => {
    await host().remove(server());
    assert.deepEqual(await server().state(), { process: "absent", files: {} });
  });
}

/** Tests for every implementation with real servers that nothing else starts and stops. */
export function unmanagedServerContract(newHost: () => Promise<UnmanagedHost>): void {
  const { host, server } = runningServer(newHost);

  it("should be paused when it is paused, and resume when it is started", async () => {
    await host().pause(server());
    assert.equal((await server().state()).process, "paused");
    await server().start();
    // A signal takes a moment to take effect.
    const goesOn = async () => ((await server().state()).process === "running" ? true : undefined);
    assert.equal(await waitFor(goesOn, SIGNAL_TIMEOUT), true);
  });

  it("should be stopped, refuse to reload, and be able to start again, when it was killed", async () => {
    await host().crash(server());
    assert.deepEqual(await server().state(), { process: "stopped", files: host().files() });
    assert.match((await server().complaints()).join("\n"), /Server is ready/);
    await assert.rejects(server().reload("sha256:0"), ServerRefusal);
    await server().start();
    assert.equal((await server().state()).process, "running");
  });

  it("should return its former places, the latest first, and remove them, when it has run in several", async () => {
    const second = await host().place();
    await second.put(host().files(OTHER));
    await server().stop();
    await second.start();
    await host().place();
    const last = await host().place();
    const found = await Promise.all((await last.predecessors()).map((older) => older.state()));
    assert.deepEqual(found, [
      { process: "running", files: host().files(OTHER) },
      { process: "stopped", files: host().files() },
    ]);
    await last.removeRemains();
    assert.deepEqual(await last.predecessors(), []);
    assert.deepEqual(
      [await server().state(), await second.state()].map(({ process }) => process),
      ["absent", "absent"],
    );
    assert.equal((await last.state()).process, "stopped");
  });
}
