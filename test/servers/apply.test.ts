import assert from "node:assert/strict";
import type { ConfigFiles, ServerState } from "../../provider/servers/server";
import { NEW, OLD, outcome, refusesNew, RUNNING, STOPPED, type Refuses } from "../support/applied";
import { ScriptedServer } from "../support/scripted-server";

describe("bringing two servers to new configurations", () => {
  /** Applies the new files to a server `a` and a server `b`. */
  const apply = (before: ServerState, a?: Refuses, b?: Refuses) =>
    outcome((notes) => [
      { server: new ScriptedServer("a", notes, before, a), files: NEW },
      { server: new ScriptedServer("b", notes, before, b), files: NEW },
    ]);

  it("should try both, then put both in place, then reload both, when both run", async () => {
    const { notes } = await apply(RUNNING);
    assert.deepEqual(notes, ["a try new", "b try new", "a put new", "b put new", "a reload new", "b reload new"]);
  });

  it("should put the files in place before it starts servers, when both are stopped", async () => {
    const { notes } = await apply(STOPPED);
    assert.deepEqual(notes.slice(2), ["a put new", "b put new", "a start new", "b start new"]);
  });

  for (const refusing of [0, 1]) {
    it(`should change nothing, and say so, when the ${refusing === 0 ? "first" : "second"} server does not accept its configuration`, async () => {
      const refuses = refusesNew("try");
      const { notes, error } = await apply(RUNNING, ...(refusing === 0 ? [refuses] : [undefined, refuses]));
      assert.deepEqual(notes, ["a try new", "b try new"]);
      assert.equal(
        error,
        [
          `the ${refusing === 0 ? "a" : "b"} server refused to try:`,
          "  its words",
          "No server was touched: both go on as before. When the cause is mended in the program, run the update again.",
        ].join("\n"),
      );
    });
  }

  it("should tell every refusal when both refuse", async () => {
    const { error } = await apply(RUNNING, refusesNew("try"), refusesNew("try"));
    assert.match(error, /^the a server refused to try:[\s\S]*^the b server refused to try:/m);
  });

  it("should bring both back, and say what is in force, when one does not take its configuration", async () => {
    const { notes, error } = await apply(RUNNING, undefined, refusesNew("reload"));
    assert.deepEqual(notes.slice(6), [
      ...["b try old", "b put old", "b reload old"],
      ...["a try old", "a put old", "a reload old"],
    ]);
    assert.equal(
      error,
      [
        "the b server refused to reload:",
        "  its words",
        "In force now:",
        "  - the b server has its old configuration",
        "  - the a server has its old configuration",
        "When the cause is mended, run the update again: it applies everything anew.",
      ].join("\n"),
    );
  });

  it("should stop both again, and say so, when they did not run before and one does not start", async () => {
    const { notes, error } = await apply(STOPPED, undefined, refusesNew("start"));
    assert.deepEqual(notes.slice(6), ["b stop new", "a stop new"]);
    assert.match(error, /^ {2}- the b server does not run, as before\n {2}- the a server does not run, as before$/m);
  });

  it("should go on with the other server, and say how each is, when one cannot be brought back", async () => {
    const { notes, error } = await apply(
      RUNNING,
      (step, { "nats.conf": text }) => step === "put" && text === "old",
      refusesNew("reload"),
    );
    assert.match(error, /^the b server refused to reload:/);
    assert.match(error, /^ {2}- the b server has its old configuration$/m);
    assert.match(error, /^ {2}- the a server could not be brought back: the a server refused to put:/m);
    assert.ok(notes.includes("b reload old"));
  });

  it("should not begin, and say what to do, when a server is not there", async () => {
    const { notes, error } = await outcome((to) => [
      { server: new ScriptedServer("a", to, { process: "absent", files: {} }), files: NEW },
      { server: new ScriptedServer("b", to, RUNNING), files: NEW },
    ]);
    assert.match(error, /^the a server is not there any more, .* Run `pulumi up --refresh`$/m);
    assert.deepEqual(notes, ["b try new"]);
  });

  it("should leave a server alone that has acknowledged the very configuration, and has it", async () => {
    const { notes } = await outcome((to) => [
      { server: new ScriptedServer("a", to, { process: "running", files: NEW }), files: NEW, previous: NEW },
      { server: new ScriptedServer("b", to, RUNNING), files: NEW, previous: OLD },
    ]);
    assert.deepEqual(notes, ["b try new", "b put new", "b reload new"]);
  });

  it("should reload a server that has the configuration, when an update in between did not come to its end", async () => {
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

  it("should reload a server that has the configuration, but may not have acknowledged it", async () => {
    for (const previous of [{ previous: OLD }, {}]) {
      const { notes } = await outcome((to) => [
        { server: new ScriptedServer("a", to, { process: "running", files: NEW }), files: NEW, ...previous },
      ]);
      assert.deepEqual(notes, ["a try new", "a put new", "a reload new"]);
    }
  });

  it("should let a paused server go on, and reload it", async () => {
    const paused: ServerState = { process: "paused", files: OLD };
    const { notes } = await outcome((to) => [{ server: new ScriptedServer("a", to, paused), files: NEW }]);
    assert.deepEqual(notes, ["a try new", "a put new", "a start new", "a reload new"]);
  });
});

describe("going back to what was acknowledged", () => {
  it("should put back what the server had acknowledged, not what lay there", async () => {
    const edited: ServerState = { process: "running", files: { "nats.conf": "edited" } };
    const { notes } = await outcome((to) => [
      { server: new ScriptedServer("a", to, edited, refusesNew("reload")), files: NEW, previous: OLD },
    ]);
    assert.deepEqual(notes.slice(-3), ["a try old", "a put old", "a reload old"]);
  });

  it("should put back the old files of a server that was stopped, so that it never starts with refused ones", async () => {
    const { notes } = await outcome((to) => [
      { server: new ScriptedServer("a", to, STOPPED, refusesNew("start")), files: NEW, previous: OLD },
    ]);
    assert.deepEqual(notes.slice(-2), ["a stop new", "a put old"]);
  });
});

describe("what one server must know before the other", () => {
  const first = { "nats.conf": "old and more" };

  /** Applies the new files to a server `a`, and to a server `b` that must know more before. */
  const apply = (b: ServerState, refuses?: Refuses, knows?: ConfigFiles) =>
    outcome((notes) => [
      { server: new ScriptedServer("a", notes, RUNNING, refuses), files: NEW },
      { server: new ScriptedServer("b", notes, b), files: NEW, prelude: () => knows },
    ]);

  it("should be told before, and the servers take turns", async () => {
    const { notes } = await apply(RUNNING, undefined, first);
    assert.deepEqual(notes.slice(3), [
      ...["b put old and more", "b reload old and more"],
      ...["a put new", "a reload new"],
      ...["b put new", "b reload new"],
    ]);
  });

  it("should be tried with everything else before anything is touched", async () => {
    const { notes } = await apply(RUNNING, refusesNew("try"), first);
    assert.deepEqual([...notes].sort(), ["a try new", "b try new", "b try old and more"]);
  });

  it("should be taken back when the other server does not take its configuration", async () => {
    const { notes } = await apply(RUNNING, refusesNew("reload"), first);
    assert.deepEqual(notes.slice(-6), [
      ...["a try old", "a put old", "a reload old"],
      ...["b try old", "b put old", "b reload old"],
    ]);
  });

  it("should be told beside what the server has acknowledged when somebody has written something else there", async () => {
    const more = ({ "nats.conf": text = "" }: ConfigFiles) => ({ "nats.conf": `${text} and more` });
    const told = async (lies: string) => {
      const b: ServerState = { process: "running", files: { "nats.conf": lies } };
      const { notes } = await outcome((to) => [
        { server: new ScriptedServer("b", to, b), files: NEW, previous: OLD, prelude: more },
      ]);
      return notes.find((note) => note.startsWith("b put"));
    };
    assert.equal(await told("edited"), "b put old and more");
    // What an update has put that was killed stays.
    assert.equal(await told("old and more"), "b put old and more and more");
  });

  it("should be nothing when the server does not take it: everything else goes on", async () => {
    const { notes, error } = await outcome((to) => [
      {
        server: new ScriptedServer("b", to, RUNNING, (step, files) => step === "try" && files === first),
        files: NEW,
        prelude: () => first,
      },
    ]);
    assert.deepEqual([notes, error], [["b try new", "b try old and more", "b put new", "b reload new"], ""]);
  });

  it("should be nothing when the server does not run", async () => {
    const { notes } = await apply(STOPPED, undefined, first);
    assert.ok(!notes.some((note) => note.includes("more")));
  });
});

describe("a server that may have forgotten accounts that it is to know again", () => {
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
    it(`should be told everything over new routes when it is the ${what}, and an update was killed or a file edited`, async () => {
      const { notes } = await outcome((to) => [
        { server: new ScriptedServer("a", to, a), files: NEW, previous: OLD },
        { server: new ScriptedServer("b", to, b), files: NEW, previous: OLD },
      ]);
      assert.deepEqual(notes.slice(3), NEW_ROUTES);
    });
  }

  it("should be told again when an update was killed before the routes were new", async () => {
    const { notes } = await outcome((to) => [
      { server: new ScriptedServer("a", to, leftAnew), files: NEW, previous: OLD },
      { server: new ScriptedServer("b", to, RUNNING), files: NEW, previous: OLD },
    ]);
    assert.deepEqual(notes.slice(3), NEW_ROUTES);
  });

  it("should keep its routes when it never knew the accounts, or is not to know them again", async () => {
    for (const [files, previous] of [
      [NEW, few.files],
      [few.files, OLD],
    ] as const) {
      const { notes } = await outcome((to) => [{ server: new ScriptedServer("a", to, few), files, previous }]);
      assert.ok(!notes.some((note) => note.includes("anew")), notes.join());
    }
  });

  it("should be told everything over new routes when it goes back to what it had", async () => {
    const refuses: Refuses = (step, { "nats.conf": text }) => step === "reload" && text === "few";
    const { notes } = await outcome((to) => [
      { server: new ScriptedServer("a", to, RUNNING), files: few.files },
      { server: new ScriptedServer("b", to, RUNNING, refuses), files: few.files },
    ]);
    assert.deepEqual(notes.slice(-5), ["a put old, anew", "a reload old, anew", "linked", "a put old", "a reload old"]);
  });
});
