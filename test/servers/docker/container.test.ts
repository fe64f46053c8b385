import assert from "node:assert/strict";
import type Docker from "dockerode";
import { trialOptions } from "../../../provider/servers/docker/trial";
import { MAIN_FILE, type Server } from "../../../provider/servers/server";
import { ServerRefusal } from "../../../provider/servers/errors";
import { containerHost, filesWith, LIMITS, PRESENT, type ContainerHost } from "../container-host";

/** Timeout of a test that starts a server on a slow machine, in milliseconds. */
const TIMEOUT = 120_000;

describe("the container of a server", function () {
  this.timeout(TIMEOUT);
  let host: ContainerHost;
  let server: Server;

  before("a host", async () => {
    host = await containerHost(PRESENT);
  });

  beforeEach("a place", async () => {
    server = await host.place();
    await server.removeRemains();
  });

  after("nothing is left", () => host.dispose());

  it("should have its limit of processes and threads, and its memory, when it runs", async () => {
    await server.put(host.files());
    await server.start();
    await assertLimits(host.containerOf(server));
    await server.stop();
    await server.start();
    await assertLimits(host.containerOf(server));
  });

  async function assertLimits(container: Docker.Container): Promise<void> {
    const { HostConfig } = await container.inspect();
    assert.deepEqual([HostConfig.PidsLimit, HostConfig.Memory], [LIMITS.pids, LIMITS.memory]);
  }

  for (const [what, setting] of [
    ["its root", 'log_file: "/server.log"'],
    ["the folder of its configuration", 'log_file: "/nats-auth/server.log"'],
    ["its configuration", 'log_file: "/nats-auth/routes.conf"'],
  ] as const) {
    it(`should not be able to write to ${what}`, async () => {
      const files = filesWith(`port: 4222\n${setting}\n`);
      await server.put(files);
      await assert.rejects(server.start(), (error) => {
        assert.ok(error instanceof ServerRefusal);
        assert.match(error.output.join("\n"), /read-only file system|permission denied/);
        return true;
      });
      await server.stop();
      assert.deepEqual((await server.state()).files, files);
    });
  }

  it("should test configurations in a container with the same restrictions and limits, without network", async () => {
    const options = trialOptions(await host.containerOf(server).inspect());
    const { id } = await host.engine.createContainer(options);
    const container = host.engine.getContainer(id);
    await assertLimits(container);
    const { HostConfig, Config, Mounts } = await container.inspect();
    await container.remove({ v: true });
    assert.deepEqual(
      [HostConfig.NetworkMode, HostConfig.ReadonlyRootfs, HostConfig.CapDrop, HostConfig.SecurityOpt],
      ["none", true, ["ALL"], ["no-new-privileges"]],
    );
    assert.match(Config.User, /^65534/);
    assert.deepEqual(
      Mounts.map(({ Destination }) => Destination),
      ["/nats-auth"],
    );
  });

  it("should leave no volume when it is removed, nor when a configuration was tested", async () => {
    // Those without a name that no container uses: other tests may use the engine at the same time.
    const lost = async () => {
      const { Volumes } = await host.engine.listVolumes({ filters: { dangling: ["true"] } });
      return Volumes.map(({ Name }) => Name).filter((name) => /^[0-9a-f]{64}$/.test(name));
    };
    const before = new Set(await lost());
    const other = await host.place();
    await other.put({ [MAIN_FILE]: "port: 4222\n" });
    await other.try({ [MAIN_FILE]: "port: 4222\n" });
    await server.removeRemains();
    assert.deepEqual(
      (await lost()).filter((name) => !before.has(name)),
      [],
    );
  });
});
