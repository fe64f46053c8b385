import assert from "node:assert/strict";
import { ServerRefusal } from "../../provider/servers/errors";
import type { ServerState } from "../../provider/servers/server";
import { NEW, OLD, outcome, refusesNew, RUNNING, STOPPED, type Refuses } from "../support/applied";
import { ScriptedServer } from "../support/scripted-server";

/** States of a server that its platform starts by itself. */
const STARTING: ServerState = { process: "stopped", files: OLD, isAwaited: true };
const HELD: ServerState = { ...STARTING, obstacles: ["0/2 nodes are available"] };

describe("a server that its platform starts by itself, but that does not run", function () {
  this.timeout(60_000);

  /** Applies the new files to running servers `a` and `b`, and to a server `c`. */
  const apply = (c: ServerState, { refuses, restarting = [] }: { refuses?: Refuses; restarting?: string[] } = {}) =>
    outcome(
      (notes) => [
        { server: new ScriptedServer("a", notes, RUNNING), files: NEW },
        { server: new ScriptedServer("b", notes, RUNNING, refuses), files: NEW },
        { server: new ScriptedServer("c", notes, c), files: NEW, previous: OLD },
      ],
      restarting,
    );

  it("should get its files and be started after the others have changed, when it can be", async () => {
    const { notes, error, missing } = await apply(STARTING);
    assert.deepEqual([error, missing], ["", []]);
    assert.deepEqual(notes.slice(3), [
      ...["a put new", "b put new", "c put new"],
      ...["a reload new", "b reload new"],
      "c awaitStart new",
    ]);
  });

  it("should get its files, and not keep the others from changing, when it cannot be started", async () => {
    const { notes, error, missing } = await apply(HELD);
    assert.equal(error, "");
    assert.ok(notes.includes("a reload new") && notes.includes("c put new"), notes.join());
    assert.deepEqual(missing.length, 1);
    assert.match(missing[0] ?? "", /^the c server does not run.*\[NA5163\]:\n {2}0\/2 nodes are available$/);
  });

  it("should not keep the others from changing when it is not known why it does not run", async () => {
    const { error, missing } = await outcome((notes) => [
      { server: new ScriptedServer("a", notes, RUNNING), files: NEW },
      { server: new ScriptedServer("c", notes, STARTING, (step) => step === "awaitStart"), files: NEW },
    ]);
    assert.equal(error, "");
    assert.match(missing[0] ?? "", /refused to awaitStart/);
  });

  for (const [what, before] of [
    ["starts", STARTING],
    ["cannot be started", HELD],
  ] as const) {
    it(`should get its previous files, and not be stopped, when another server refuses and it ${what}`, async () => {
      const { notes, error } = await apply(before, { refuses: refusesNew("reload") });
      assert.deepEqual(notes.slice(8, 10), ["c put old", "c awaitStart old"]);
      assert.equal(
        notes.some((note) => note.startsWith("c stop")),
        false,
        notes.join(),
      );
      assert.match(
        error,
        before === STARTING
          ? /- the c server has its previous configuration$/m
          : /- the c server does not run, as before, and starts with its previous configuration$/m,
      );
    });
  }

  it("should not be stopped, when no server runs and one does not start", async () => {
    const { notes, error } = await outcome((to) => [
      { server: new ScriptedServer("a", to, STOPPED, refusesNew("start")), files: NEW },
      { server: new ScriptedServer("c", to, HELD), files: NEW, previous: OLD },
    ]);
    assert.match(error, /^the a server .*NA5002/);
    assert.deepEqual(notes.slice(-3), ["c put old", "c awaitStart old", "a stop new"]);
  });

  it("should keep others from restarting, before any server is changed", async () => {
    const { notes, error } = await apply(HELD, { restarting: ["a"] });
    assert.match(error, /^the c server does not run.*\[NA5163\]:\n {2}0\/2 nodes are available\nNo server was changed/);
    assert.deepEqual(notes, ["a try new", "b try new", "c try new", "c awaitStart old"]);
  });

  it("should start before others restart, and then restart like them, when it can start", async () => {
    const { notes, error, missing } = await apply(STARTING, { restarting: ["a"] });
    assert.deepEqual([error, missing], ["", []]);
    assert.deepEqual(notes.slice(3), [
      ...["c awaitStart old", "a stoppable", "deleted", "a put new", "a stop new", "a start new"],
      ...["b put new", "b reload new", "joined", "c put new", "c stop new", "c start new"],
    ]);
  });

  it("should not keep others from restarting when it has ended, and its new configuration may repair it", async () => {
    const { notes, error } = await outcome(
      (to) => [
        { server: new ScriptedServer("a", to, RUNNING), files: NEW },
        { server: new ScriptedServer("c", to, STARTING, (step) => step === "awaitStart"), files: NEW, previous: OLD },
      ],
      ["a"],
    );
    assert.equal(error, "");
    assert.ok(notes.includes("c start new"), notes.join());
  });

  it("should get its files without a test when no test can be started for it either, but not if they are rejected", async () => {
    const withTest = (code: "NA5001" | "NA5002") =>
      outcome((to) => {
        const held = new ScriptedServer("c", to, HELD);
        held.try = () => Promise.reject(new ServerRefusal(code, "c", "did not run"));
        return [
          { server: held, files: NEW, previous: OLD },
          { server: new ScriptedServer("d", to, RUNNING), files: NEW },
        ];
      });
    const { notes, missing } = await withTest("NA5002");
    assert.ok(notes.includes("d reload new") && notes.includes("c put new"), notes.join());
    assert.equal(missing.length, 1);
    assert.match((await withTest("NA5001")).error, /NA5001.*\nNo server was changed/);
  });

  it("should not be waited for when routes are opened again", async () => {
    const { notes, missing } = await outcome((to) => [
      {
        server: new ScriptedServer("a", to, { process: "running", files: { "nats.conf": "few" } }),
        files: NEW,
        previous: OLD,
      },
      { server: new ScriptedServer("c", to, HELD), files: NEW, previous: OLD },
    ]);
    assert.ok(notes.includes("linked without c"), notes.join());
    assert.equal(missing.length, 1);
  });

  it("should keep all from changing when it runs where its platform does not reach it", async () => {
    const { notes, error } = await apply({ ...RUNNING, obstacles: ["dial tcp: i/o timeout"] });
    assert.match(
      error,
      /^the c server is on a node that does not respond \[NA5162\]:\n {2}dial tcp: i\/o timeout\nNo server/,
    );
    assert.deepEqual(notes, ["a try new", "b try new"]);
  });
});
