import assert from "node:assert/strict";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { connect, createServer } from "node:net";
import { once } from "node:events";
import { DETAILS } from "../../provider/dynamic/life-cycle/details";
import { provider } from "../../provider/dynamic/cluster-configuration";
import type { Place } from "../../provider/servers/place";
import { findRunningServers, sendSignal } from "../../provider/servers/process/process-table";
import { ProcessServer } from "../../provider/servers/process/process";
import { makePlace } from "../../provider/servers/process/folder";
import { natsServer, newCluster, removeCluster } from "../support/local-server";
import { DOCUMENTATION } from "../support/documentation";
import { Engine, UNKNOWN, failureCodes } from "../support/life-cycle";
import { Authority } from "../support/certificates";
import { filesOf, freeListeners, type Listeners } from "../support/pair";
import { SIDES, type Side } from "../support/sides";
import { worldOf, type World } from "../support/world";

const LIFE_TIMEOUT = 60_000;
/** An attempt, after another one. */
const after = (name: string, before: string, routes?: string) => JSON.stringify({ name, before, routes });
const PROCESS = { kind: "process", address: "127.0.0.1" } as const;

describe("the ClusterConfiguration resource, with processes", function () {
  this.timeout(LIFE_TIMEOUT);
  const engine = new Engine(provider);
  let cluster: string;
  let world: World;
  let listeners: Listeners;

  before(async () => {
    world = await worldOf(DOCUMENTATION);
  });

  beforeEach(async () => {
    cluster = newCluster();
    listeners = await freeListeners();
  });

  afterEach(() => {
    removeCluster(cluster);
  });

  async function newPlace(side: Side, inside = cluster): Promise<Place> {
    const { clientPort, clusterPort } = listeners[side];
    const folder = await makePlace(inside, side, natsServer());
    return { ...PROCESS, folder, ports: { [`${side}.clientPort`]: clientPort, [`${side}.clusterPort`]: clusterPort } };
  }

  async function newPlaces(inside?: string): Promise<Record<Side, Place>> {
    return { static: await newPlace("static", inside), operator: await newPlace("operator", inside) };
  }

  function inputs(places: Record<Side, Place>, more: object = {}) {
    const servers = Object.fromEntries(
      SIDES.map((side) => {
        const { clusterPort } = listeners[side];
        return [side, { host: "127.0.0.1", clusterPort, config: filesOf(side, world, listeners)["nats.conf"] }];
      }),
    );
    return { clusterName: "nats", attempt: "1", places, servers, ...more };
  }

  const running = (inside = cluster) => findRunningServers().filter(({ place }) => place.startsWith(`${inside}/`));
  const read = async (id: string, state: Awaited<ReturnType<typeof engine.create>>["outs"]) =>
    (await provider.read?.(id, state))?.props;

  it("should show certificates that have ended, and servers as changed until they have others", async () => {
    const authority = await Authority.create();
    const [ended, valid] = [await authority.issue({ name: "old", until: -0.5 }), await authority.issue()];
    const places = await newPlaces();
    const withCertificate = ({ cert, key }: typeof ended) => {
      const { servers, ...rest } = inputs(places);
      const files = { "tls-clients.pem": cert + key };
      return { ...rest, servers: { ...servers, static: { ...servers.static, files } } };
    };
    const { id, outs } = await engine.create(withCertificate(ended));
    const found = (await read(id, outs)) ?? assert.fail();
    const { condition } = found as unknown as { condition: Record<Side, string> };
    assert.match(condition.static, /^certificate ended: CN=old ended on \d{4}-\d\d-\d\d$/);
    assert.equal(condition.operator, "in force");
    assert.doesNotMatch(JSON.stringify(condition), /PRIVATE/);
    assert.equal((await provider.diff?.(id, found, withCertificate(ended) as never))?.changes, true);
    const renewed = await engine.create(withCertificate(valid));
    assert.deepEqual(await read(renewed.id, renewed.outs), renewed.outs);
    await provider.delete?.(id, renewed.outs);
  });

  it("should start both servers, detect drift, repair it, and stop both", async () => {
    const places = await newPlaces();
    const { id, outs } = await engine.create(inputs(places));
    assert.equal(running().length, 2);
    assert.deepEqual(await read(id, outs), outs);

    const [killed] = running().filter(({ place }) => place.includes("/static/"));
    assert.ok(killed);
    sendSignal(killed, "SIGKILL");
    while (running().length > 1);
    const folder = running()[0]?.place ?? "";
    await appendFile(join(folder, "nats.conf"), "# edited\n");
    const found = await read(id, outs);
    assert.deepEqual(found?.condition, { static: "stopped", operator: "configuration edited" });
    assert.equal((await engine.diff(id, found, inputs(places))).changes, true);

    const repaired = await engine.update(id, found, inputs(places));
    assert.deepEqual((await read(id, repaired))?.condition, { static: "in force", operator: "in force" });
    assert.equal(repaired.routePassword, outs.routePassword);

    await provider.delete?.(id, repaired);
    assert.deepEqual(running(), []);
  });

  it("should change the password of the routes when an attempt since the last finished one requested it", async () => {
    const places = await newPlaces();
    const { id, outs } = await engine.create(inputs(places));
    const started = running();
    const kept = await engine.update(id, outs, inputs(places, { attempt: after("2", "1") }));
    assert.equal(kept.routePassword, outs.routePassword);
    const next = await engine.update(id, kept, inputs(places, { attempt: after("5", "4", "3") }));
    assert.notEqual(next.routePassword, kept.routePassword);
    assert.deepEqual(await read(id, next), next);
    const last = await engine.update(id, next, inputs(places, { attempt: after("6", "5", "3") }));
    assert.equal(last.routePassword, next.routePassword);
    assert.deepEqual(running(), started);
    for (const { place } of started) {
      // A server writes the address of a route that it gives up into its log.
      const log = await readFile(join(place, "nats.log"), "utf8");
      assert.equal(log.includes(last.routePassword), false);
    }
    await provider.delete?.(id, last);
    assert.deepEqual(running(), []);
  });

  it("should restart a server that was started with options that a reload cannot change back", async () => {
    const places = await newPlaces();
    const { id, outs } = await engine.create(inputs(places));
    const edited = running().find(({ place }) => place.includes("/static/"));
    assert.ok(edited);
    const file = join(edited.place, "nats.conf");
    const right = await readFile(file, "utf8");
    await writeFile(file, right.replace(/^server_name: .*$/m, "server_name: edited"));
    sendSignal(edited, "SIGKILL");
    while (running().length > 1);
    await new ProcessServer("static", edited.place).start();
    const found = await read(id, outs);
    assert.deepEqual(found?.condition, { static: "configuration edited", operator: "in force" });

    const repaired = await engine.update(id, found, inputs(places));
    assert.deepEqual((await read(id, repaired))?.condition, { static: "in force", operator: "in force" });
    const socket = connect(listeners.static.clientPort, "127.0.0.1");
    const [info] = (await once(socket, "data")) as [Buffer];
    socket.destroy();
    assert.doesNotMatch(info.toString(), /"server_name":"edited"/);
    await provider.delete?.(id, repaired);
  });

  it("should not stop servers in other places when it is deleted with its place", async () => {
    const { id, outs } = await engine.create(inputs(await newPlaces()));
    const replacement = await engine.create(inputs(await newPlaces()));
    assert.equal(running().length, 2);
    await provider.delete?.(id, outs);
    assert.equal(running().length, 2);
    await provider.delete?.(replacement.id, replacement.outs);
    assert.deepEqual(running(), []);
  });

  it("should not stop servers when another resource has changed the password of their routes", async () => {
    const places = await newPlaces();
    const { id, outs } = await engine.create(inputs(places));
    const replacement = await engine.create(inputs(places));
    await provider.delete?.(id, outs);
    assert.equal(running().length, 2);
    await provider.delete?.(replacement.id, replacement.outs);
    assert.equal(running().length, 0);
  });

  it("should take over from servers in another folder, which a server cannot find by itself", async () => {
    const old = await newPlaces(join(cluster, "old"));
    const { id, outs } = await engine.create(inputs(old));
    const places = await newPlaces(join(cluster, "new"));
    await engine.update(id, outs, inputs(places, { attempt: "2" }));
    assert.deepEqual([running(join(cluster, "old")).length, running(join(cluster, "new")).length], [0, 2]);
  });

  it("should stop what an unfinished attempt has started in other places", async () => {
    const places = await newPlaces(join(cluster, "here"));
    const elsewhere = await newPlaces(join(cluster, "elsewhere"));
    const { id, outs } = await engine.create(inputs(places));
    // As if the update had been killed when it was done, and nothing of it had got into the state.
    await engine.update(id, outs, inputs(elsewhere, { attempt: "2" }));
    await engine.update(id, outs, inputs(places, { attempt: JSON.stringify({ name: "3", former: elsewhere }) }));
    assert.deepEqual([running(join(cluster, "here")).length, running(join(cluster, "elsewhere")).length], [2, 0]);
  });

  const unreachable: Readonly<Record<string, () => Place>> = {
    "Docker Engine no longer exists": () => ({
      ...{ kind: "docker", engine: { host: `unix://${cluster}/gone.sock` }, container: "gone" },
    }),
    "Kubernetes context no longer exists": () => ({
      ...{ kind: "kubernetes", api: { kubeconfig: "contexts: []", context: "gone" }, namespace: "nats" },
      ...{ statefulSet: "nats-gone", uid: "gone", ordinal: 0, secret: "nats-gone", host: "gone", template: "one" },
    }),
  };

  const loseServer = async (gone: Place) => {
    const places = await newPlaces();
    const { id, outs } = await engine.create(inputs(places));
    const { servers } = outs[DETAILS];
    const withGone = {
      places: { ...places, gone },
      servers: { ...servers, gone: { host: "gone", clusterPort: 6222, config: servers.operator?.config ?? "" } },
    };
    const before = { clusterName: "nats", attempt: "1", ...withGone };
    const { inputs: checked, failures } = await engine.check(inputs(places), before);
    assert.deepEqual(failures, []);
    assert.match((checked as { leaving?: string }).leaving ?? "", /^gone: .* is not stopped/);
    const present = { ...outs, [DETAILS]: { ...outs[DETAILS], ...withGone } };
    const next = await engine.update(id, present, inputs(places, { attempt: after("2", "1") }));
    assert.deepEqual((await read(id, next))?.condition, { static: "in force", operator: "in force" });
    await provider.delete?.(id, next);
  };

  for (const [reason, gone] of Object.entries(unreachable)) {
    it(`should lose a server whose ${reason}, and show that nobody stops it`, () => loseServer(gone()));
  }

  it("should report ports on which a server that leaves the cluster still listens", async () => {
    const places = await newPlaces();
    const { outs } = await engine.create(inputs(places));
    const { static: kept, operator: renamed } = inputs(places).servers;
    const next = ({ clientPort, clusterPort }: Listeners[Side]) => {
      const ports = { "servers.o2.clientPort": clientPort, "servers.o2.clusterPort": clusterPort };
      const o2 = { ...PROCESS, folder: UNKNOWN, ports };
      return { ...inputs(places), places: { static: places.static, o2 }, servers: { static: kept, o2: renamed } };
    };
    const before = (await engine.check(inputs(places))).inputs;
    const { failures } = await engine.check(next(listeners.operator), before);
    assert.deepEqual(failureCodes(failures), ["NA1743 servers.o2"]);
    const { clientPort, clusterPort } = listeners.operator;
    assert.match(
      failures.join(),
      new RegExp(`of server operator \\(clientPort ${clientPort}, clusterPort ${clusterPort}\\)`),
    );
    assert.deepEqual((await engine.check(next((await freeListeners()).operator), before)).failures, []);
    // An update that failed later has stopped it.
    await new ProcessServer("operator", (places.operator as { folder: string }).folder).stop();
    assert.deepEqual((await engine.check(next(listeners.operator), before)).failures, []);
    await provider.delete?.("nats", outs);
  });

  it("should report ports of a server that changes later, and pass ports on in the order in which servers change", async () => {
    const places = await newPlaces();
    const { id, outs } = await engine.create(inputs(places));
    const before = (await engine.check(inputs(places))).inputs;
    const present = listeners;
    const moveTo = async (next: Listeners, { isPreview }: { isPreview: boolean }) => {
      listeners = next;
      const moved = await newPlaces();
      const unnamed = {
        static: { ...moved.static, folder: UNKNOWN },
        operator: { ...moved.operator, folder: UNKNOWN },
      };
      return inputs(isPreview ? unnamed : moved, { attempt: after("2", "1") });
    };
    const free = await freeListeners();
    for (const next of [
      { static: present.operator, operator: present.static },
      { static: free.static, operator: present.static },
    ]) {
      for (const isPreview of [true, false]) {
        const { failures } = await engine.check(await moveTo(next, { isPreview }), before);
        assert.deepEqual(failureCodes(failures), ["NA1744 operator"]);
        assert.match(failures.join(), new RegExp(`server static \\(clientPort ${present.static.clientPort}, `));
      }
    }
    // Servers in operator mode change first.
    const passed = { static: present.operator, operator: free.operator };
    assert.deepEqual((await engine.check(await moveTo(passed, { isPreview: true }), before)).failures, []);
    const next = await moveTo(passed, { isPreview: false });
    assert.deepEqual((await engine.check(next, before)).failures, []);
    const moved = await engine.update(id, outs, next);
    assert.deepEqual((await read(id, moved))?.condition, { static: "in force", operator: "in force" });
    await provider.delete?.(id, moved);
    assert.deepEqual(running(), []);
  });

  it("should report ports that another process uses, and not its own", async () => {
    const places = await newPlaces();
    const stranger = createServer().listen(listeners.static.clientPort, "127.0.0.1");
    await once(stranger, "listening");
    try {
      // In the first preview nobody knows yet what the folders will be called.
      const unnamed = {
        static: { ...places.static, folder: UNKNOWN },
        operator: { ...places.operator, folder: UNKNOWN },
      };
      const { failures } = await engine.check(inputs(unnamed));
      assert.deepEqual(failureCodes(failures), ["NA5010 staticServer.clientPort"]);
    } finally {
      stranger.close();
    }
    await engine.create(inputs(places));
    const { inputs: checked } = await engine.check(inputs(places));
    assert.deepEqual((await engine.check(inputs(places), checked)).failures, []);
  });
});
