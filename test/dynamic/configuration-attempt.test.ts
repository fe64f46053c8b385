import assert from "node:assert/strict";
import { provider as attempts } from "../../provider/dynamic/configuration-attempt";
import { readAttempt } from "../../provider/dynamic/state/attempt";
import type { Place } from "../../provider/servers/place";
import { Engine } from "../support/life-cycle";
import type { Side } from "../support/sides";

/** The addresses of two servers. */
const ONE = { static: ["one", 6222], operator: ["one", 6223] };
const AT_ONE = JSON.stringify(ONE);
const PROCESS = { kind: "process", address: "127.0.0.1" } as const;

describe("the ConfigurationAttempt resource", () => {
  const engine = new Engine(attempts);
  const read = ({ attempt }: { attempt: string }) => readAttempt(attempt);
  const at = (folder: string): Record<Side, Place> => {
    const place = { ...PROCESS, folder, ports: {} };
    return { static: place, operator: place };
  };

  const wanting = (wanted: string, folder: string, more: object = {}) => ({
    wanted,
    places: at(folder),
    addresses: AT_ONE,
    ...more,
  });

  it("should keep the places of an earlier attempt until the servers move again", async () => {
    const { id, outs } = await engine.create(wanting("1", "a"));
    assert.equal(read(outs).former, undefined);
    const moved = await engine.update(id, outs, wanting("2", "b"));
    assert.deepEqual(read(moved).former, at("a"));
    const stayed = await engine.update(id, moved, wanting("3", "b"));
    assert.deepEqual(read(stayed).former, at("a"));
    const back = await engine.update(id, stayed, wanting("4", "a"));
    assert.deepEqual(read(back).former, at("b"));
    assert.equal(new Set([outs, moved, stayed, back].map((one) => read(one).name)).size, 4);
  });

  it("should name the previous attempt, finished or not", async () => {
    const { id, outs } = await engine.create(wanting("1", "a"));
    assert.equal(read(outs).before, undefined);
    const next = await engine.update(id, outs, wanting("2", "a"));
    assert.equal(read(next).before, read(outs).name);
  });

  it("should request a new password of the routes when its version or an address changes", async () => {
    const { id, outs } = await engine.create(wanting("1", "a"));
    let state = outs;
    const asks = async (more: object) => {
      const before = read(state).routes;
      state = await engine.update(id, state, wanting("2", "a", more));
      return read(state).routes !== before;
    };
    assert.equal(await asks({}), false);
    assert.equal(await asks({ routesVersion: "1" }), true);
    for (const same of [{ routesVersion: "1" }, {}, { routesVersion: "1" }]) {
      assert.equal(await asks(same), false);
    }
    assert.equal(await asks({ routesVersion: "2027-01" }), true);
    assert.equal(await asks({ addresses: JSON.stringify({ ...ONE, static: ["two", 6222] }) }), true);
    assert.equal(await asks({}), true);
    assert.equal(await asks({}), false);
    assert.equal(await asks({ addresses: JSON.stringify({ ...ONE, third: ["one", 6224] }) }), false);
    assert.equal(await asks({}), false);
  });

  it("should request a new password only when a server reaches another one that stays by another address", async () => {
    const asks = async (before: object, next: object) => {
      const [from, to] = [before, next].map((addresses) => ({ addresses: JSON.stringify(addresses) }));
      const { id, outs } = await engine.create(wanting("1", "a", from));
      return read(await engine.update(id, outs, wanting("2", "a", to))).routes !== undefined;
    };
    const on = (machine: string) => ({ static: ["one", 6222, machine], operator: ["two", 6223, machine] });
    const without = { static: ["one", 6222], operator: ["two", 6223] };
    const [east, west] = [on("192.0.2.1"), on("192.0.2.2")];
    const spread = { ...east, third: ["three", 6222, "192.0.2.2"] };
    assert.equal(await asks(without, spread), false);
    assert.equal(await asks(spread, without), false);
    assert.equal(await asks(east, west), false);
    assert.equal(await asks(spread, { ...spread, operator: west.operator }), true);
    assert.equal(await asks(without, { ...east, operator: west.operator }), true);
    assert.equal(await asks(spread, { ...spread, third: ["three", 6222, "192.0.2.3"] }), true);
    assert.equal(await asks(spread, { ...spread, third: ["renamed", 6222, "192.0.2.2"] }), false);
    const inPods = { "p-0": ["p-0.svc", 6222], "p-1": ["p-1.svc", 6222] };
    const reached = (port: number) => ({
      static: ["one", 6222, "192.0.2.1"],
      "p-0": ["p-0.svc", 6222, ["pods", "192.0.2.9", port]],
      "p-1": ["p-1.svc", 6222, ["pods", "192.0.2.9", 31223]],
    });
    assert.equal(await asks(inPods, reached(31222)), false);
    assert.equal(await asks(reached(31222), inPods), false);
    assert.equal(await asks(reached(31222), reached(32000)), true);
  });

  it("should not change the state of an earlier version", async () => {
    const old = { wanted: "1", attempt: "one" } as unknown as Awaited<ReturnType<typeof engine.create>>["outs"];
    assert.equal((await engine.diff("one", old, wanting("1", "a"))).changes, false);
    const next = await engine.update("one", old, wanting("2", "a"));
    assert.equal(read(next).former, undefined);
  });
});
