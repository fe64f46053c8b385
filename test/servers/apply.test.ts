import assert from "node:assert/strict";
import type { ConfigFiles, ServerState } from "../../provider/servers/server";
import { NEW, OLD, outcome, refusesNew, RUNNING, STOPPED, type Refuses } from "../support/applied";
import { ScriptedServer } from "../support/scripted-server";

describe("applying configurations to two servers", () => {
  /** Applies the new files to a server `a` and a server `b`. */
  const apply = (before: ServerState, a?: Refuses, b?: Refuses) =>
    outcome((notes) => [
      { server: new ScriptedServer("a", notes, before, a), files: NEW },
      { server: new ScriptedServer("b", notes, before, b), files: NEW },
    ]);

  it("should test both, then write both, then reload both, when both run", async () => {
    const { notes } = await apply(RUNNING);
    assert.deepEqual(notes, ["a try new", "b try new", "a put new", "b put new", "a reload new", "b reload new"]);
  });

  it("should write the files before it starts servers, when both are stopped", async () => {
    const { notes } = await apply(STOPPED);
    assert.deepEqual(notes.slice(2), ["a put new", "b put new", "a start new", "b start new"]);
  });

  it("should let servers of a stage change together, and stages one after the other, when one needs a prelude", async () => {
    const { notes } = await outcome((steps) =>
      ["a1", "a2", "b1", "b2"].map((name) => ({
        server: new ScriptedServer(name, steps, RUNNING),
        files: NEW,
        stage: name.slice(0, 1),
        ...(name.startsWith("b") ? { prelude: (present: ConfigFiles) => ({ ...present, "nats.conf": "first" }) } : {}),
      })),
    );
    assert.deepEqual(
      notes.filter((note) => note.includes("reload")),
      ["b1 reload first", "b2 reload first", "a1 reload new", "a2 reload new", "b1 reload new", "b2 reload new"],
    );
  });

  it("should restart one server at a time, and wait in between, also within a stage", async () => {
    const changes = (steps: string[]) =>
      ["a1", "a2"].map((name) => ({ server: new ScriptedServer(name, steps, RUNNING), files: NEW, stage: "a" }));
    const { notes } = await outcome(changes, ["a1", "a2"]);
    const [first, second] = ["a1", "a2"].map((name) => notes.indexOf(`${name} start new`));
    const joined = notes.indexOf("joined");
    assert.ok(first !== undefined && second !== undefined && first < joined && joined < second, notes.join(", "));
  });

  for (const refusing of [0, 1]) {
    it(`should change nothing when the ${refusing === 0 ? "first" : "second"} server rejects its configuration`, async () => {
      const refuses = refusesNew("try");
      const { notes, error } = await apply(RUNNING, ...(refusing === 0 ? [refuses] : [undefined, refuses]));
      assert.deepEqual(notes, ["a try new", "b try new"]);
      assert.match(
        error,
        new RegExp(`^the ${refusing === 0 ? "a" : "b"} server .* \\[NA5001\\]:\n  its output\nNo server was changed`),
      );
    });
  }

  for (const [step, then] of [
    ["try", "Nothing else was changed\\. "],
    ["reload", "Currently active:"],
  ] as const) {
    it(`should report what the update has done before when a server refuses to ${step}`, async () => {
      const changes = (steps: string[]) => [
        { server: new ScriptedServer("a", steps, RUNNING, refusesNew(step)), files: NEW },
      ];
      const { error } = await outcome(changes, [], ["A stream was deleted."]);
      assert.match(error, new RegExp(`\nA stream was deleted\\.\n${then}`));
      assert.doesNotMatch(error, /No server was changed/);
    });
  }

  it("should report both when both reject", async () => {
    const { error } = await apply(RUNNING, refusesNew("try"), refusesNew("try"));
    assert.match(error, /^the a server .*NA5001[\s\S]*^the b server .*NA5001/m);
  });

  it("should restore both, and report the active configuration, when one rejects the reload", async () => {
    const { notes, error } = await apply(RUNNING, undefined, refusesNew("reload"));
    assert.deepEqual(notes.slice(6), [
      ...["b try old", "b put old", "b reload old"],
      ...["a try old", "a put old", "a reload old"],
    ]);
    assert.match(
      error,
      /^the b server .* \[NA5003\]:\n {2}its output\nCurrently active:\n {2}- the b server has .*\n {2}- the a server has /,
    );
  });

  it("should stop both again when they did not run before and one does not start", async () => {
    const { notes, error } = await apply(STOPPED, undefined, refusesNew("start"));
    assert.deepEqual(notes.slice(6), ["b stop new", "a stop new"]);
    assert.match(error, /^ {2}- the b server does not run, as before\n {2}- the a server does not run, as before$/m);
  });

  it("should continue with the other server, and report each, when one cannot be restored", async () => {
    const { notes, error } = await apply(
      RUNNING,
      (step, { "nats.conf": text }) => step === "put" && text === "old",
      refusesNew("reload"),
    );
    assert.match(error, /^the b server .*NA5003/);
    assert.match(error, /^ {2}- the b server has its previous configuration$/m);
    assert.match(error, /^ {2}- the a server could not be restored: the a server .*NA5007/m);
    assert.ok(notes.includes("b reload old"));
  });

  it("should not begin when a server no longer exists", async () => {
    const { notes, error } = await outcome((to) => [
      { server: new ScriptedServer("a", to, { process: "absent", files: {} }), files: NEW },
      { server: new ScriptedServer("b", to, RUNNING), files: NEW },
    ]);
    assert.match(error, /^the a server .*`pulumi up --refresh` \[NA5006\]$/m);
    assert.deepEqual(notes, ["b try new"]);
  });

  it("should not change a server that already has the configuration and has loaded it", async () => {
    const { notes } = await outcome((to) => [
      { server: new ScriptedServer("a", to, { process: "running", files: NEW }), files: NEW, previous: NEW },
      { server: new ScriptedServer("b", to, RUNNING), files: NEW, previous: OLD },
    ]);
    assert.deepEqual(notes, ["b try new", "b put new", "b reload new"]);
  });

  it("should reload a server that has the configuration, when an update in between did not complete", async () => {
    const { notes } = await outcome((to) => [
      {
        server: new ScriptedServer("a", to, { process: "running", files: NEW }),
        files: NEW,
        previous: NEW,
        isSettled: false,
      },
    ]);
    assert.deepEqual(notes, ["a try new", "a put new", "a reload new"]);
  });

  it("should reload a server that has the configuration, but may not have loaded it", async () => {
    for (const previous of [{ previous: OLD }, {}]) {
      const { notes } = await outcome((to) => [
        { server: new ScriptedServer("a", to, { process: "running", files: NEW }), files: NEW, ...previous },
      ]);
      assert.deepEqual(notes, ["a try new", "a put new", "a reload new"]);
    }
  });

  it("should resume a paused server, and reload it", async () => {
    const paused: ServerState = { process: "paused", files: OLD };
    const { notes } = await outcome((to) => [{ server: new ScriptedServer("a", to, paused), files: NEW }]);
    assert.deepEqual(notes, ["a try new", "a put new", "a start new", "a reload new"]);
  });
});

describe("returning to the previous configuration", () => {
  it("should restore the configuration that the server had loaded when the file was edited", async () => {
    const edited: ServerState = { process: "running", files: { "nats.conf": "edited" } };
    const { notes } = await outcome((to) => [
      { server: new ScriptedServer("a", to, edited, refusesNew("reload")), files: NEW, previous: OLD },
    ]);
    assert.deepEqual(notes.slice(-3), ["a try old", "a put old", "a reload old"]);
  });

  it("should restore the old files when a server is stopped, so that it never starts with rejected ones", async () => {
    const { notes } = await outcome((to) => [
      { server: new ScriptedServer("a", to, STOPPED, refusesNew("start")), files: NEW, previous: OLD },
    ]);
    assert.deepEqual(notes.slice(-2), ["a stop new", "a put old"]);
  });
});

describe("a prelude, which one server must load before the other changes", () => {
  const first = { "nats.conf": "old and more" };

  /** Applies the new files to a server `a`, and to a server `b` that must load a prelude first. */
  const apply = (b: ServerState, refuses?: Refuses, knows?: ConfigFiles) =>
    outcome((notes) => [
      { server: new ScriptedServer("a", notes, RUNNING, refuses), files: NEW },
      { server: new ScriptedServer("b", notes, b), files: NEW, prelude: () => knows },
    ]);

  it("should be loaded first when the server runs, before the servers take turns", async () => {
    const { notes } = await apply(RUNNING, undefined, first);
    assert.deepEqual(notes.slice(3), [
      ...["b put old and more", "b reload old and more"],
      ...["a put new", "a reload new"],
      ...["b put new", "b reload new"],
    ]);
  });

  it("should be tested with all other files when nothing has changed yet", async () => {
    const { notes } = await apply(RUNNING, refusesNew("try"), first);
    assert.deepEqual([...notes].sort(), ["a try new", "b try new", "b try old and more"]);
  });

  it("should be withdrawn when the other server rejects its configuration", async () => {
    const { notes } = await apply(RUNNING, refusesNew("reload"), first);
    assert.deepEqual(notes.slice(-6), [
      ...["a try old", "a put old", "a reload old"],
      ...["b try old", "b put old", "b reload old"],
    ]);
  });

  it("should be added to the loaded configuration when the file was edited", async () => {
    const more = ({ "nats.conf": text = "" }: ConfigFiles) => ({ "nats.conf": `${text} and more` });
    const told = async (lies: string) => {
      const b: ServerState = { process: "running", files: { "nats.conf": lies } };
      const { notes } = await outcome((to) => [
        { server: new ScriptedServer("b", to, b), files: NEW, previous: OLD, prelude: more },
      ]);
      return notes.find((note) => note.startsWith("b put"));
    };
    assert.equal(await told("edited"), "b put old and more");
    // The files of a killed update stay.
    assert.equal(await told("old and more"), "b put old and more and more");
  });

  it("should be skipped when the server rejects it", async () => {
    const { notes, error } = await outcome((to) => [
      {
        server: new ScriptedServer("b", to, RUNNING, (step, files) => step === "try" && files === first),
        files: NEW,
        prelude: () => first,
      },
    ]);
    assert.deepEqual([notes, error], [["b try new", "b try old and more", "b put new", "b reload new"], ""]);
  });

  it("should be skipped when the server does not run", async () => {
    const { notes } = await apply(STOPPED, undefined, first);
    assert.ok(!notes.some((note) => note.includes("more")));
  });
});

describe("a server that may have dropped accounts and loads them again", () => {
  const few: ServerState = { process: "running", files: { "nats.conf": "few" } };
  const leftAnew: ServerState = { process: "running", files: { "nats.conf": "new, anew" } };
  const NEW_ROUTES = [
    "a put new, anew",
    "b put new",
    "a reload new, anew",
    "b reload new",
    "linked",
    "a put new",
    "a reload new",
  ];

  for (const [what, a, b] of [
    ["first", few, RUNNING],
    ["second", RUNNING, few],
  ] as const) {
    it(`should reconnect the routes when it is the ${what}, and an update was killed or a file edited`, async () => {
      const { notes } = await outcome((to) => [
        { server: new ScriptedServer("a", to, a), files: NEW, previous: OLD },
        { server: new ScriptedServer("b", to, b), files: NEW, previous: OLD },
      ]);
      assert.deepEqual(notes.slice(3), NEW_ROUTES);
    });
  }

  it("should reconnect the routes again when an update was killed before they were connected", async () => {
    const { notes } = await outcome((to) => [
      { server: new ScriptedServer("a", to, leftAnew), files: NEW, previous: OLD },
      { server: new ScriptedServer("b", to, RUNNING), files: NEW, previous: OLD },
    ]);
    assert.deepEqual(notes.slice(3), NEW_ROUTES);
  });

  it("should keep its routes when it never had the accounts, or does not load them again", async () => {
    for (const [files, previous] of [
      [NEW, few.files],
      [few.files, OLD],
    ] as const) {
      const { notes } = await outcome((to) => [{ server: new ScriptedServer("a", to, few), files, previous }]);
      assert.ok(!notes.some((note) => note.includes("anew")), notes.join());
    }
  });

  it("should reconnect the routes when it returns to its previous configuration", async () => {
    const refuses: Refuses = (step, { "nats.conf": text }) => step === "reload" && text === "few";
    const { notes } = await outcome((to) => [
      { server: new ScriptedServer("a", to, RUNNING), files: few.files },
      { server: new ScriptedServer("b", to, RUNNING, refuses), files: few.files },
    ]);
    assert.deepEqual(notes.slice(-5), ["a put old, anew", "a reload old, anew", "linked", "a put old", "a reload old"]);
  });
});
