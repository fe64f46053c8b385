import assert from "node:assert/strict";
import { applyTogether } from "../../provider/servers/apply";
import type { ConfigFiles, ServerState } from "../../provider/servers/server";
import { DOCUMENTATION } from "../support/documentation";
import { by, Clients } from "../support/clients";
import { filesOf, freeListeners, newPair, startPair, urlOf } from "../support/pair";
import { newServer } from "../support/local-server";
import { digestOf, ScriptedServer, type Step } from "../support/scripted-server";
import { loginOf, worldOf } from "../support/world";

const OLD = { "nats.conf": "old" };
const NEW = { "nats.conf": "new" };
const RUNNING: ServerState = { process: "running", files: OLD };
const STOPPED: ServerState = { process: "stopped", files: {} };

describe("bringing two servers to new configurations", () => {
  type Refuses = (step: Step, files: ConfigFiles) => boolean;

  /** Applies the new files to a server `a` and a server `b`, and says what was done. */
  async function apply(before: ServerState, a?: Refuses, b?: Refuses): Promise<{ notes: string[]; result: unknown }> {
    const notes: string[] = [];
    const servers = [new ScriptedServer("a", notes, before, a), new ScriptedServer("b", notes, before, b)];
    const result = await applyTogether(servers.map((server) => ({ server, files: NEW }))).catch(
      (error: unknown) => (error as Error).message,
    );
    return { notes, result };
  }

  const isNew = (files: ConfigFiles) => files["nats.conf"] === "new";

  it("should try both, then reload one after the other, when both run", async () => {
    const { notes, result } = await apply(RUNNING);
    assert.deepEqual(notes, ["a try new", "b try new", "a put new", "a reload new", "b put new", "b reload new"]);
    assert.deepEqual(result, [digestOf(NEW), digestOf(NEW)]);
  });

  it("should put the files in place before it starts servers, when both are stopped", async () => {
    const { notes } = await apply(STOPPED);
    assert.deepEqual(notes.slice(2), ["a put new", "a start new", "b put new", "b start new"]);
  });

  for (const refusing of [0, 1]) {
    it(`should change nothing when the ${refusing === 0 ? "first" : "second"} server does not accept its configuration`, async () => {
      const refuses: Refuses = (step) => step === "try";
      const { notes, result } = await apply(RUNNING, ...(refusing === 0 ? [refuses] : [undefined, refuses]));
      assert.deepEqual(notes, ["a try new", "b try new"]);
      assert.match(String(result), /refused to try:\n {2}its words/);
    });
  }

  it("should bring the first back when the second does not take its configuration", async () => {
    const { notes, result } = await apply(RUNNING, undefined, (step, files) => step === "reload" && isNew(files));
    assert.deepEqual(notes.slice(2, 6), ["a put new", "a reload new", "b put new", "b reload new"]);
    assert.deepEqual(notes.slice(6).sort(), [
      "a put old",
      "a reload old",
      "a try old",
      "b put old",
      "b reload old",
      "b try old",
    ]);
    assert.match(String(result), /the b server refused to reload/);
  });

  it("should leave the second alone when the first does not take its configuration", async () => {
    const { notes } = await apply(RUNNING, (step, files) => step === "reload" && isNew(files));
    assert.deepEqual(
      notes.filter((note) => note.startsWith("b")),
      ["b try new"],
    );
    assert.deepEqual(notes.slice(-3), ["a try old", "a put old", "a reload old"]);
  });

  it("should stop both again when they did not run before and the second does not start", async () => {
    const { notes, result } = await apply(STOPPED, undefined, (step) => step === "start");
    assert.deepEqual(notes.slice(2, 6), ["a put new", "a start new", "b put new", "b start new"]);
    assert.deepEqual(notes.slice(6).sort(), ["a stop new", "b stop new"]);
    assert.match(String(result), /the b server refused to start/);
  });
});

describe("going back to what was acknowledged", () => {
  it("should put back what the server had acknowledged, not what lay there, when the next server refuses", async () => {
    const notes: string[] = [];
    const edited: ServerState = { process: "running", files: { "nats.conf": "edited" } };
    const a = new ScriptedServer("a", notes, edited);
    const b = new ScriptedServer("b", notes, RUNNING, (step) => step === "reload");
    await assert.rejects(
      applyTogether([
        { server: a, files: NEW, previous: OLD },
        { server: b, files: NEW, previous: OLD },
      ]),
    );
    assert.deepEqual(
      notes.filter((note) => note.startsWith("a")),
      ["a try new", "a put new", "a reload new", "a try old", "a put old", "a reload old"],
    );
  });

  it("should put back the old files of a server that was stopped, so that it never starts with refused ones", async () => {
    const notes: string[] = [];
    const a = new ScriptedServer("a", notes, STOPPED, (step) => step === "start");
    await assert.rejects(applyTogether([{ server: a, files: NEW, previous: OLD }]));
    assert.deepEqual(notes.slice(-2), ["a stop new", "a put old"]);
  });

  it("should let a paused server go on, and reload it", async () => {
    const notes: string[] = [];
    await applyTogether([{ server: new ScriptedServer("a", notes, { process: "paused", files: OLD }), files: NEW }]);
    assert.deepEqual(notes, ["a try new", "a put new", "a start new", "a reload new"]);
  });

  it("should tell every refusal when more than one server refuses", async () => {
    const servers = ["a", "b"].map((name) => new ScriptedServer(name, [], RUNNING, (step) => step === "try"));
    await assert.rejects(
      applyTogether(servers.map((server) => ({ server, files: NEW }))),
      /the a server refused to try[\s\S]*the b server refused to try/,
    );
  });
});

describe("taking over from a predecessor", () => {
  const isNew = (files: ConfigFiles) => files["nats.conf"] === "new";

  /** Replaces the servers of these names; the new place of one of them refuses to start. */
  async function replace(names: readonly string[], refusing?: string): Promise<{ notes: string[]; error?: Error }> {
    const notes: string[] = [];
    const changes = names.map((name) => ({
      server: new ScriptedServer(
        name,
        notes,
        STOPPED,
        (step, files) => name === refusing && step === "start" && isNew(files),
        [new ScriptedServer(`old ${name}`, notes, RUNNING)],
      ),
      files: NEW,
    }));
    const linked = () => Promise.resolve(void notes.push("linked"));
    const error = await applyTogether(changes, linked).then(
      () => undefined,
      (reason: unknown) => reason as Error,
    );
    return error === undefined ? { notes } : { notes, error };
  }

  it("should stop one server only when the one before is back, and take the old places away when both run", async () => {
    const { notes } = await replace(["a", "b"]);
    assert.deepEqual(notes.slice(2), [
      ...["a put new", "old a stop old", "a start new", "linked"],
      ...["b put new", "old b stop old", "b start new"],
      ...["a removePredecessors new", "b removePredecessors new"],
    ]);
  });

  it("should let the predecessor go on when the new place does not start", async () => {
    const { notes, error } = await replace(["a"], "a");
    assert.deepEqual(notes.slice(1), ["a put new", "old a stop old", "a start new", "a stop new", "old a start old"]);
    assert.match(error?.message ?? "", /the a server refused to start/);
  });

  it("should let the first server's predecessor go on, too, when the second does not start", async () => {
    const { notes } = await replace(["a", "b"], "b");
    assert.deepEqual(notes.slice(-4).sort(), ["a stop new", "b stop new", "old a start old", "old b start old"]);
  });

  it("should start the latest place of all when more than one was left, and the new one does not start", async () => {
    const notes: string[] = [];
    const older = ["latest", "oldest"].map((name) => new ScriptedServer(name, notes, RUNNING));
    const server = new ScriptedServer("a", notes, STOPPED, (step) => step === "start", older);
    await assert.rejects(applyTogether([{ server, files: NEW }]));
    assert.deepEqual(notes.slice(2), [
      "latest stop old",
      "oldest stop old",
      "a start new",
      "a stop new",
      "latest start old",
    ]);
  });
});

describe("bringing back what cannot be brought back", () => {
  it("should go on with the other server, and tell both errors", async () => {
    const notes: string[] = [];
    const a = new ScriptedServer("a", notes, RUNNING, (step, files) => step === "put" && files["nats.conf"] === "old");
    const b = new ScriptedServer(
      "b",
      notes,
      RUNNING,
      (step, files) => step === "reload" && files["nats.conf"] === "new",
    );
    await assert.rejects(applyTogether([a, b].map((server) => ({ server, files: NEW }))), (error: Error) => {
      assert.match(error.message, /^the b server refused to reload:/);
      assert.match(error.message, /the a server refused to put:/);
      return error.cause !== undefined;
    });
    assert.equal(notes.includes("b reload old"), true, "the other server was brought back");
  });

  it("should not begin when a server is not there", async () => {
    const notes: string[] = [];
    const a = new ScriptedServer("a", notes, { process: "absent", files: {} });
    const b = new ScriptedServer("b", notes, RUNNING);
    await assert.rejects(
      applyTogether([a, b].map((server) => ({ server, files: NEW }))),
      /the a server is not there any more/,
    );
    assert.deepEqual(notes, ["b try new"]);
  });
});

describe("bringing two real servers to new configurations", () => {
  it("should start them, then change both by a reload that keeps those who may stay connected", async () => {
    const world = await worldOf(DOCUMENTATION);
    const changed = await worldOf([...DOCUMENTATION, { name: "C", users: { new: {} } }]);
    const pair = await newPair(await freeListeners());
    const clients = new Clients();
    const apply = (to: typeof world) =>
      applyTogether(
        (["static", "operator"] as const).map((side) => ({
          server: pair.servers[side],
          files: filesOf(side, to, pair.listeners),
        })),
      );
    try {
      const first = await apply(world);
      const { seed, creds } = loginOf(world, "B/test");
      const stays = [
        await clients.connect(urlOf(pair, "static"), by.seed(seed)),
        await clients.connect(urlOf(pair, "operator"), by.creds(creds)),
      ];
      const second = await apply(changed);
      assert.ok(first.every((digest, index) => digest !== second[index]));
      await clients.connect(urlOf(pair, "static"), by.seed(loginOf(changed, "C/new").seed));
      await clients.connect(urlOf(pair, "operator"), by.creds(loginOf(changed, "C/new").creds));
      await Promise.all(stays.map((connection) => connection.flush()));
      assert.deepEqual(await apply(changed), second);
    } finally {
      await clients.close();
      pair.stop();
    }
  });

  it("should leave both as they were when the second refuses what no reload can change", async () => {
    const world = await worldOf(DOCUMENTATION);
    const pair = await startPair(world);
    const clients = new Clients();
    try {
      const changed = await worldOf([...DOCUMENTATION, { name: "C", users: { new: {} } }]);
      const moved = { ...pair.listeners, operator: { ...pair.listeners.operator, serverName: "another" } };
      const changes = (["static", "operator"] as const).map((side) => ({
        server: pair.servers[side],
        files: filesOf(side, changed, moved),
      }));
      await assert.rejects(applyTogether(changes), /server_name|ServerName/);
      for (const side of ["static", "operator"] as const) {
        const { files } = await pair.servers[side].state();
        assert.deepEqual(files, filesOf(side, world, pair.listeners));
      }
      const { seed } = loginOf(changed, "C/new");
      await assert.rejects(clients.connect(urlOf(pair, "static"), by.seed(seed)), /Authorization/);
    } finally {
      await clients.close();
      pair.stop();
    }
  });

  it("should let the old one go on when a new place of a server cannot have its port", async () => {
    const world = await worldOf(DOCUMENTATION);
    const pair = await startPair(world);
    const clients = new Clients();
    const { server: replacement } = await newServer(pair.cluster, "static");
    const { listeners } = pair;
    const taken = { ...listeners, static: { ...listeners.static, clientPort: listeners.operator.clientPort } };
    try {
      const change = { server: replacement, files: filesOf("static", world, taken) };
      await assert.rejects(applyTogether([change]), /the static server did not start:[\s\S]*address already in use/);
      await clients.connect(urlOf(pair, "static"), by.seed(loginOf(world, "B/test").seed));
    } finally {
      await clients.close();
      pair.stop();
    }
  });
});
