import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import {
  checkStore,
  describeRestarts,
  findFormerStore,
  type StoreInputs,
} from "../../../provider/dynamic/cluster/stream-store";
import type { StreamInputs } from "../../../provider/dynamic/cluster/streams";
import { UNKNOWN } from "../../../provider/dynamic/life-cycle/unknown";
import { omitUndefined } from "../../../provider/model/form/order";
import type { Place } from "../../../provider/servers/place";
import type { JetStream } from "../../../provider/model/account/jetstream";
import { newCluster, removeCluster } from "../../support/local-server";
import { filesOf, freeListeners, type Listeners } from "../../support/pair";
import type { Side } from "../../support/sides";
import { worldOf } from "../../support/world";

const SYSTEM = "ADFI3UMG6P54CQAWWKV7SYJUBWAU5W6UMKN54Q36ZQZB5WTAVRE3I6D2";
const FOLDERS = { static: "/one/static", operator: "/one/operator" };

function processes(cluster: string): Record<Side, Place> {
  const place = (side: Side): Place => {
    return { kind: "process", folder: `${cluster}/${side}/0123456789abcdef`, address: "127.0.0.1", ports: {} };
  };
  return { static: place("static"), operator: place("operator") };
}

function containers(host: string): Record<Side, Place> {
  const place = { kind: "docker", engine: { host }, container: "c" } as const;
  return { static: place, operator: place };
}

const codesOf = (olds: Partial<StoreInputs>, news: StoreInputs) => checkStore(olds, news).map(({ code }) => code);

describe("the store of a cluster", () => {
  let listeners: Listeners;
  let present: StoreInputs;
  let off: StoreInputs;

  async function inputs(jetstream?: JetStream, more: Partial<StoreInputs> = {}): Promise<StoreInputs> {
    const account = { name: "A", users: { u: {} }, ...(jetstream === undefined ? {} : { jetstream }) };
    const world = await worldOf([account]);
    const configOf = (side: Side) => ({ config: filesOf(side, world, listeners)["nats.conf"] ?? "" });
    return {
      clusterName: "nats",
      places: processes("/one"),
      servers: { static: configOf("static"), operator: configOf("operator") },
      ...more,
    };
  }

  before(async () => {
    listeners = await freeListeners("nats", { jetstream: {} });
    present = await inputs({}, { store: { systemAccount: SYSTEM, folders: FOLDERS } });
    listeners = await freeListeners();
    off = await inputs();
  });

  it("should be checked only when there is one before and afterwards", () => {
    assert.deepEqual(codesOf({}, present), []);
    assert.deepEqual(codesOf(off, { ...present, clusterName: "other" }), []);
    assert.deepEqual(codesOf(present, { ...off, clusterName: "other" }), []);
    assert.deepEqual(codesOf(present, { ...present, clusterName: "other" }), ["NA1720"]);
  });

  it("should be found in the configuration of a state of an earlier version", () => {
    const earlier = omitUndefined<StoreInputs>({ ...present, store: undefined });
    assert.deepEqual(codesOf(earlier, present), []);
    assert.deepEqual(codesOf(earlier, { ...present, clusterName: "other" }), ["NA1720"]);
    const elsewhere = { systemAccount: "AB", folders: { static: "/two/static", operator: "/two/operator" } };
    assert.deepEqual(codesOf(earlier, { ...present, store: elsewhere }), ["NA1722", "NA1721"]);
    const inContainers = { ...earlier, places: containers("unix:///a.sock") };
    assert.deepEqual(codesOf(inContainers, { ...present, places: containers("unix:///a.sock") }), []);
    assert.deepEqual(codesOf(inContainers, { ...present, places: containers("unix:///b.sock") }), ["NA1721"]);
  });

  it("should be left behind when the servers move to containers, or their folders are about to be created", () => {
    assert.deepEqual(codesOf(present, { ...present, places: containers("unix:///a.sock") }), ["NA1721"]);
    const folders = { static: UNKNOWN, operator: UNKNOWN };
    assert.deepEqual(codesOf(present, { ...present, store: { systemAccount: SYSTEM, folders } }), ["NA1721"]);
  });

  it("should be remembered while the servers do not use JetStream, and matter as long as it exists", () => {
    const cluster = newCluster();
    const folders = { static: join(cluster, "static"), operator: join(cluster, "operator") };
    const before = { ...present, store: { systemAccount: SYSTEM, folders } };
    const former = findFormerStore(before, off);
    assert.ok(former?.clusterName === "nats");
    const meanwhile = { ...off, clusterName: "other", formerStore: former };
    assert.deepEqual(findFormerStore(meanwhile, off), former);
    assert.deepEqual(codesOf(meanwhile, { ...before, clusterName: "other" }), []);
    mkdirSync(join(folders.static, "store"), { recursive: true });
    const [found] = checkStore(meanwhile, { ...before, clusterName: "other" });
    assert.equal(found?.code, "NA1720");
    assert.match(found.remedy, new RegExp(`delete ${folders.static}/store and `));
    assert.deepEqual(codesOf(meanwhile, before), []);
    assert.equal(findFormerStore(meanwhile, before), undefined);
    removeCluster(cluster);
  });

  it("should be left behind when servers on several Docker Engines move to others, with volumes of the same names", () => {
    const on = (one: string, two: string) => ({
      static: containers(`unix:///${one}.sock`).static,
      operator: containers(`unix:///${two}.sock`).operator,
    });
    const spread = { ...present, places: on("e", "w") };
    assert.deepEqual(codesOf(spread, spread), []);
    assert.deepEqual(codesOf(spread, { ...present, places: on("x", "y") }), ["NA1721"]);
    assert.deepEqual(codesOf(spread, { ...present, places: on("e", "y") }), ["NA1721"]);
    const unknown = { ...on("e", "w"), operator: UNKNOWN as unknown as Place };
    assert.deepEqual(codesOf(spread, { ...present, places: unknown }), []);
  });

  it("should be remembered without the key by which a Docker Engine is reached, also one that an earlier version remembered", () => {
    const engine = { host: "tcp://192.0.2.1:2376", caMaterial: "CA", certMaterial: "CERTIFICATE", keyMaterial: "KEY" };
    const place = { kind: "docker", engine, container: "c" } as const;
    const cluster = newCluster();
    const folders = { static: join(cluster, "static"), operator: join(cluster, "operator") };
    const before = {
      ...present,
      places: { static: place, operator: place },
      store: { systemAccount: SYSTEM, folders },
    };
    const former = findFormerStore(before, off);
    const { machines, ...rest } = former ?? {};
    const earlier = { ...rest, machine: JSON.stringify(engine) };
    for (const formerStore of [former, earlier].map((store) =>
      findFormerStore({ ...off, formerStore: store ?? {} }, off),
    )) {
      assert.deepEqual(formerStore, former);
      assert.doesNotMatch(JSON.stringify(formerStore), /Material|KEY|CERTIFICATE/);
    }
    assert.equal(machines?.static, machines?.operator);
    mkdirSync(join(folders.static, "store"), { recursive: true });
    for (const formerStore of [former ?? {}, earlier]) {
      const meanwhile = { ...off, formerStore };
      assert.deepEqual(codesOf(meanwhile, before), []);
      // Only a store on the same engine matters.
      assert.deepEqual(codesOf(meanwhile, { ...before, clusterName: "other" }), ["NA1720"]);
    }
    const renewed = { ...place, engine: { ...engine, keyMaterial: "NEXT" } };
    assert.deepEqual(codesOf(before, { ...before, places: { static: renewed, operator: renewed } }), []);
    removeCluster(cluster);
  });

  it("should show which servers restart when the JetStream of accounts changes, as far as accounts are known", () => {
    const streamsOf = (accounts: StreamInputs["accounts"]) => ({ streams: { isEnabled: true, accounts, discard: [] } });
    const restarts = (accounts: StreamInputs["accounts"]) =>
      describeRestarts(present, { ...present, ...streamsOf(accounts) });
    const key = "ABXUGQPIBL7XYNSG2J7YFF7OSAHIQ3ZR3TGEAOPWNXETU5EVFRUBGRYO";
    const account = (clusterTraffic: "owner" | "system", publicKey = key) => {
      return { name: "A", publicKey, jetstream: { clusterTraffic } };
    };
    const without = { name: "A", publicKey: key };
    assert.match(restarts([account("owner")]) ?? "", /^the static server, .* "A"$/);
    assert.match(restarts([account("system", SYSTEM)]) ?? "", /^both servers, if .* "A"$/);
    for (const unchanged of [account("system"), without, account("owner", UNKNOWN)]) {
      assert.equal(restarts([unchanged]), undefined);
    }
    assert.equal(describeRestarts(off, { ...present, ...streamsOf([account("owner")]) }), undefined);
  });
});
