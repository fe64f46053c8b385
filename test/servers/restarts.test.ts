import assert from "node:assert/strict";
import type { ServerState } from "../../provider/servers/server";
import { NEW, outcome, refusesNew, RUNNING, STOPPED } from "../support/applied";
import { ScriptedServer } from "../support/scripted-server";

describe("restarting servers that cannot reload a change", () => {
  /** Applies the new files to two running servers, of which these restart. */
  const apply = (
    restarting: readonly string[],
    refusing?: string,
    unstoppable?: (notes: readonly string[]) => boolean,
    before: Readonly<Record<string, ServerState>> = {},
  ) =>
    outcome(
      (notes) =>
        ["a", "b"].map((name) => {
          const refuses = name === refusing ? refusesNew("start") : undefined;
          return { server: new ScriptedServer(name, notes, before[name] ?? RUNNING, refuses), files: NEW };
        }),
      restarting,
      [],
      unstoppable,
    );

  it("should reload the others first, and stop nothing before, when one restarts", async () => {
    const { notes } = await apply(["b"]);
    assert.deepEqual(notes.slice(4), ["a put new", "a reload new", "b put new", "b stop new", "b start new"]);
  });

  it("should restart one after the other, when both do, and wait until the first one has joined", async () => {
    const { notes } = await apply(["a", "b"]);
    assert.deepEqual(notes.slice(4), [
      ...["a put new", "a stop new", "a start new", "joined"],
      ...["b put new", "b stop new", "b start new"],
    ]);
  });

  it("should wait until the first one can stop, before streams are deleted or a server changes", async () => {
    const { notes } = await apply(["a", "b"]);
    assert.deepEqual(notes.slice(2, 4), ["a stoppable", "deleted"]);
    assert.deepEqual((await apply(["b"])).notes.slice(2, 4), ["b stoppable", "deleted"]);
  });

  it("should name the servers that do not run to what waits", async () => {
    const { notes } = await apply(["b"], undefined, undefined, { a: STOPPED });
    assert.ok(notes.includes("b stoppable without a"), notes.join());
  });

  it("should change nothing when the first one cannot stop", async () => {
    const { notes, error } = await apply(["a", "b"], undefined, () => true);
    assert.deepEqual(notes, ["a try new", "b try new", "a stoppable"]);
    assert.match(error, /NA5051.*\nNo server was changed/);
  });

  it("should start both again with their previous configuration when one does not start", async () => {
    const { notes, error } = await apply(["a", "b"], "b");
    assert.deepEqual(notes.slice(-7), [
      ...["b stop new", "b put old", "b start old"],
      ...["a stoppable", "a stop new", "a put old", "a start old"],
    ]);
    assert.match(error, /^the b server .* \[NA5002\][^]*- the b server has .*\n {2}- the a server has /);
  });

  it("should leave one with its new configuration when another one does not start, and it cannot stop", async () => {
    const { notes, error } = await apply(["a", "b"], "b", (all) => all.includes("b start old"));
    assert.deepEqual(notes.slice(-2), ["b start old", "a stoppable"]);
    assert.match(error, /- the b server has its previous .*\n {2}- the a server could not be restored: not healthy/);
  });
});
