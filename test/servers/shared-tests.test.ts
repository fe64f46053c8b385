import assert from "node:assert/strict";
import type { ConfigFiles } from "../../provider/servers/server";
import { NEW, outcome, refusesNew, RUNNING, type Refuses } from "../support/applied";
import { digestOf, ScriptedServer } from "../support/scripted-server";

describe("applying configurations that differ in names only", () => {
  /** Applies the new files to `a` and `b`, whose digests are computed by some function. */
  const applyAlike = (computed: typeof digestOf, a?: Refuses) =>
    outcome((notes) =>
      [
        { name: "a", refuses: a },
        { name: "b", refuses: undefined },
      ].map(({ name, refuses }) => {
        const server = new ScriptedServer(name, notes, RUNNING, refuses);
        const sharedTest = (files: ConfigFiles) => ({ key: "alike", digest: computed(files) });
        return { server: Object.assign(server, { sharedTest }), files: NEW };
      }),
    );

  it("should test one, and reload both with their digests", async () => {
    const { notes, error } = await applyAlike(digestOf);
    assert.equal(error, "");
    assert.deepEqual(notes, ["a try new", "a put new", "b put new", "a reload new", "b reload new"]);
  });

  it("should test both if nats-server computes another digest", async () => {
    const { notes, error } = await applyAlike(() => "sha256:other");
    assert.equal(error, "");
    assert.deepEqual(notes.slice(0, 2), ["a try new", "b try new"]);
  });

  it("should report a refusal once, and change nothing", async () => {
    const { notes, error } = await applyAlike(digestOf, refusesNew("try"));
    assert.deepEqual(notes, ["a try new"]);
    assert.match(error, /^the a server .* \[NA5001\]:\n {2}its output\nNo server was changed/);
  });
});
