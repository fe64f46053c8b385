import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import type { ProcessPlace } from "../../../provider/servers/places";
import { bindProblem } from "../../../provider/servers/process/ports";
import { takenPorts } from "../../../provider/servers/process/taken";
import { DOCUMENTATION } from "../../support/documentation";
import { newCluster, newServer, removeCluster } from "../../support/local-server";
import { filesOf, freeListeners } from "../../support/pair";
import { worldOf } from "../../support/world";

const LOOPBACK = "127.0.0.1";
const CONTAINER = { kind: "docker", engine: {}, container: "c" } as const;

describe("the ports of processes", () => {
  let stranger: Server;
  let port: number;

  before(async () => {
    stranger = createServer().listen(0, LOOPBACK);
    await once(stranger, "listening");
    ({ port } = stranger.address() as { port: number });
  });

  after(() => {
    stranger.close();
  });

  const place = (ports: Record<string, number>, folder = "/cluster/static/0123456789abcdef"): ProcessPlace => ({
    kind: "process",
    folder,
    address: LOOPBACK,
    ports,
  });

  const problems = async (...args: Parameters<typeof takenPorts>) =>
    (await takenPorts(...args)).map(({ path, value, problem }) => `${path} = ${value}: ${problem}`);

  it("should be a problem each when somebody else listens there", async () => {
    const wanted = [place({ "static.clientPort": port }), place({ "operatorServer.clientPort": port })];
    assert.deepEqual(await problems([], wanted), [
      `static.clientPort = ${port}: is taken by another process of this machine (127.0.0.1)`,
      `operatorServer.clientPort = ${port}: is taken by another process of this machine (127.0.0.1)`,
    ]);
  });

  it("should be no problem when nobody listens there, and be free afterwards", async () => {
    const free = createServer().listen(0, LOOPBACK);
    await once(free, "listening");
    const { port: freed } = free.address() as { port: number };
    free.close();
    await once(free, "close");
    assert.deepEqual(await problems([], [place({ "static.clientPort": freed })]), []);
    assert.equal(await bindProblem(LOOPBACK, freed), undefined);
  });

  it("should be no problem when the cluster itself listens there, on whichever side, or may", async () => {
    const wanted = [place({ "static.clientPort": port })];
    assert.deepEqual(await problems([place({ "operatorServer.clientPort": port })], wanted), []);
    assert.deepEqual(await problems([CONTAINER], wanted), []);
    assert.deepEqual(await problems([], [CONTAINER]), []);
  });

  describe("when a server of the cluster runs that no state knows, since an update was killed", () => {
    let cluster: string;
    let own: number[];
    let other: string;

    before(async () => {
      cluster = newCluster();
      const { static: atStatic, operator } = await freeListeners();
      const listener = { ...operator, monitoringPort: atStatic.clientPort };
      const { server } = await newServer(cluster, "operator");
      ({ place: other } = await newServer(cluster, "static"));
      await server.put(filesOf("operator", await worldOf(DOCUMENTATION), { static: atStatic, operator: listener }));
      await server.start();
      own = [operator.clientPort, operator.clusterPort, listener.monitoringPort];
    });

    after(() => {
      removeCluster(cluster);
    });

    it("should be no problem that it listens on them", async () => {
      for (const one of own) {
        assert.deepEqual(await problems([], [place({ "static.clientPort": one }, other)]), []);
        // In a preview nobody knows yet where a new place will be, but where the old one is.
        assert.deepEqual(await problems([place({}, other)], [place({ "static.clientPort": one }, "")]), []);
      }
    });

    it("should be a problem that somebody else does", async () => {
      assert.deepEqual(await problems([], [place({ "static.clientPort": port }, other)]), [
        `static.clientPort = ${port}: is taken by another process of this machine (127.0.0.1)`,
      ]);
    });
  });

  it("should say what is wrong with the address when it is none of this machine's", async () => {
    assert.equal(await bindProblem("192.0.2.1", 0), "is no address of this machine");
    assert.match((await bindProblem("2001:db8::1", 0)) ?? "", /is (no address|an address of a kind)/);
    assert.equal(await bindProblem(LOOPBACK, 0), undefined);
    assert.equal(await bindProblem("localhost", 0), undefined);
  });
});
