import assert from "node:assert/strict";
import { NEW, OLD, outcome, refusesNew, RUNNING, STOPPED } from "../support/applied";
import { ScriptedServer } from "../support/scripted-server";

describe("taking over from a predecessor", () => {
  /** Replaces the servers of these names; the new place of one of them refuses to start. */
  const replace = (names: readonly string[], refusing?: string) =>
    outcome((notes) =>
      names.map((name) => {
        const refuses = name === refusing ? refusesNew("start") : undefined;
        const older = [new ScriptedServer(`old ${name}`, notes, RUNNING)];
        return { server: new ScriptedServer(name, notes, STOPPED, refuses, older), files: NEW };
      }),
    );

  it("should stop one server only when the previous one is back, and remove the old places when both run", async () => {
    const { notes } = await replace(["a", "b"]);
    assert.deepEqual(notes.slice(2), [
      ...["a stoppable", "a put new", "old a stop old", "a start new", "joined"],
      ...["b put new", "old b stop old", "b start new"],
      ...["a removeRemains new", "b removeRemains new"],
    ]);
  });

  it("should not wait for a route to a server that does not run", async () => {
    const { notes } = await outcome((to) =>
      (["running", "stopped"] as const).map((process) => {
        const older = [new ScriptedServer(`${process} one`, to, { process, files: OLD })];
        return { server: new ScriptedServer(`after ${process}`, to, STOPPED, undefined, older), files: NEW };
      }),
    );
    assert.ok(notes.includes("after stopped start new"));
    assert.ok(!notes.includes("joined"));
  });

  it("should start the predecessor again when the new place does not start", async () => {
    const { notes, error } = await replace(["a"], "a");
    assert.deepEqual(notes.slice(2), ["a put new", "old a stop old", "a start new", "a stop new", "old a start old"]);
    assert.match(error, /^the a server .*NA5002/);
    assert.match(error, /^ {2}- the a server runs in its previous place, with its previous configuration$/m);
  });

  it("should start the first server's predecessor again, too, when the second does not start", async () => {
    const { notes } = await replace(["a", "b"], "b");
    assert.deepEqual(notes.slice(-5), [
      ...["b stop new", "old b start old"],
      ...["a stoppable", "a stop new", "old a start old"],
    ]);
  });

  it("should start the latest of several predecessors when the new place does not start", async () => {
    const { notes } = await outcome((to) => {
      const older = ["latest", "oldest"].map((name) => new ScriptedServer(name, to, RUNNING));
      return [{ server: new ScriptedServer("a", to, STOPPED, refusesNew("start"), older), files: NEW }];
    });
    assert.deepEqual(notes.slice(3), [
      ...["latest stop old", "oldest stop old", "a start new"],
      ...["a stop new", "latest start old"],
    ]);
  });

  it("should reload a server that keeps its place only after the other one has taken over", async () => {
    const { notes } = await outcome((to) => [
      {
        server: new ScriptedServer("a", to, STOPPED, undefined, [new ScriptedServer("old a", to, RUNNING)]),
        files: NEW,
      },
      { server: new ScriptedServer("b", to, RUNNING), files: NEW },
    ]);
    assert.deepEqual(notes.slice(3, 8), [
      ...["a put new", "old a stop old", "a start new"],
      ...["b put new", "b reload new"],
    ]);
  });
});
