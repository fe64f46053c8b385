import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import type { ProcessPlace } from "../../../provider/servers/place";
import { bindProblem, findBindProblem } from "../../../provider/servers/process/ports";
import { findPortConflicts } from "../../../provider/servers/process/port-conflicts";
import { codesAndPaths } from "../../support/diagnostics";
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

  const problems = async (...args: Parameters<typeof findPortConflicts>) =>
    codesAndPaths(await findPortConflicts(...args));

  it("should each be reported when another process listens there", async () => {
    const wanted = [place({ "static.clientPort": port }), place({ "operatorServer.clientPort": port })];
    assert.deepEqual(await problems([], wanted), [
      "NA5010 staticServer.clientPort",
      "NA5010 operatorServer.clientPort",
    ]);
  });

  it("should not be reported when they are free, and stay free", async () => {
    const free = createServer().listen(0, LOOPBACK);
    await once(free, "listening");
    const { port: freed } = free.address() as { port: number };
    free.close();
    await once(free, "close");
    assert.deepEqual(await problems([], [place({ "staticServer.clientPort": freed })]), []);
    assert.equal(await bindProblem(LOOPBACK, freed), undefined);
  });

  it("should not be reported when the cluster itself listens there, or may do so", async () => {
    const wanted = [place({ "staticServer.clientPort": port })];
    assert.deepEqual(await problems([place({ "operatorServer.clientPort": port })], wanted), []);
    assert.deepEqual(await problems([CONTAINER], wanted), []);
    assert.deepEqual(await problems([], [CONTAINER]), []);
  });

  describe("when a killed update left a server running that is in no state", () => {
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

    it("should not be reported when this server listens there", async () => {
      for (const one of own) {
        assert.deepEqual(await problems([], [place({ "staticServer.clientPort": one }, other)]), []);
        // A preview knows the old place, but not the new one.
        assert.deepEqual(await problems([place({}, other)], [place({ "staticServer.clientPort": one }, "")]), []);
      }
    });

    it("should be reported with the cluster of this server when that is another one", async () => {
      const [clientPort = 0] = own;
      const found = await findPortConflicts([], [place({ "staticServer.clientPort": clientPort })]);
      assert.deepEqual(codesAndPaths(found), ["NA5010 staticServer.clientPort"]);
      assert.match(found[0]?.problem ?? "", new RegExp(`server of the cluster in ${cluster}`));
      assert.match(found[0]?.remedy ?? "", /`aliases`/);
    });

    it("should be reported when another process listens there", async () => {
      assert.deepEqual(await problems([], [place({ "static.clientPort": port }, other)]), [
        "NA5010 staticServer.clientPort",
      ]);
    });
  });

  it("should be reported by address when it is not an address of this machine", async () => {
    assert.equal((await findBindProblem("192.0.2.1", 0))?.code, "NA5012");
    assert.equal((await findBindProblem("2001:db8::1", 0))?.code, "NA5012");
    const elsewhere = { ...place({ "static.clientPort": 0 }), address: "192.0.2.1" };
    assert.deepEqual(await problems([], [elsewhere]), ["NA5012 staticServer.clientPort"]);
    assert.equal(await bindProblem(LOOPBACK, 0), undefined);
    assert.equal(await bindProblem("localhost", 0), undefined);
  });
});
