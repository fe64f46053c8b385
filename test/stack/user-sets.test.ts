import assert from "node:assert/strict";
import { chmodSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { NatsConnection } from "@nats-io/transport-node";
import { fileName } from "../../provider/command/creds-folder";
import { findCreds } from "../../provider/command/state-creds";
import { temporaryFolder } from "../support/local-server";
import { DECLARED, failed, STEP_TIMEOUT, succeeded, testStack, type StackOutputs } from "../support/stack";
import { byCreds, bySeed, Clients, refuses } from "../support/stack-clients";
import { changedResources } from "../support/stack-diff";
import type { DeclaredAccount, DeclaredSet } from "./programs/declared/declaration";

const SIDES = ["static", "operator"] as const;

describe("a set of users", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED);
  const clients = new Clients();
  let outputs: StackOutputs;
  let account: DeclaredAccount = {
    roles: { device: { permissions: { publish: { allow: ["{{tag(site)}}.>"] }, subscribe: { allow: ["_INBOX.>"] } } } },
  };

  const login = (of: StackOutputs, user: string, side: (typeof SIDES)[number]) =>
    side === "static" ? bySeed(of.seeds[`A/${user}`]) : byCreds(of.creds[`A/${user}`]);
  const both = (of: StackOutputs, user: string) =>
    Promise.all(SIDES.map((side) => clients.connect(of.clientUrls[side], login(of, user, side))));
  async function declare(set: Partial<DeclaredSet>, more: Partial<DeclaredAccount> = {}): Promise<void> {
    const present = account.sets?.devices ?? { role: "device", users: {} };
    account = { ...account, ...more, sets: { devices: { ...present, ...set } } };
    await stack.declare({ accounts: { A: account } });
  }
  async function up(): Promise<StackOutputs> {
    succeeded(await stack.up());
    outputs = await stack.outputs();
    return outputs;
  }

  let stays: NatsConnection[];

  before("a set of three users", async () => {
    await declare({ users: { "d-1": { tags: ["site:north"] }, "d-2": { tags: ["site:south"] }, "d-3": {} } });
    await up();
    stays = await both(outputs, "d-2");
  });

  it("should accept its users on both servers, and change nothing when it is updated again", async () => {
    await both(outputs, "d-1");
    const before = outputs;
    const { output } = succeeded(await stack.preview("--diff"));
    assert.deepEqual(changedResources(output), []);
    assert.deepEqual(await up(), before);
  });

  it("should have public keys that `pulumi stack output` shows, and creds that it hides", async () => {
    const shown = async (name: string) =>
      JSON.parse(succeeded(await stack.show("stack", "output", name, "--json")).stdout) as unknown;
    assert.deepEqual(await shown("publicKeys"), outputs.publicKeys);
    assert.deepEqual([...new Set(Object.values((await shown("creds")) as object))], ["[secret]"]);
  });

  it("should preview a removed, a changed and a new user by name and public key, and no other", async () => {
    const old = outputs;
    const gone = await both(old, "d-1");
    await declare({ users: { "d-2": { tags: ["site:south"] }, "d-3": { tags: ["site:west"] }, "d-4": {} } });
    const { output } = succeeded(await stack.preview("--diff"));
    assert.deepEqual(changedResources(output), [
      "AccountClaims A",
      "ClusterCheck nats",
      "ClusterConfiguration nats",
      "ConfigurationAttempt nats",
      "UserSetKeys devices",
    ]);
    await up();
    const shown = output.split("\n").flatMap((line) => /^ *([+-]) (d-.*?) *$/.exec(line)?.slice(1).join(" ") ?? []);
    assert.deepEqual(shown.sort(), [
      `+ d-3 {"tags":["site:west"]}`,
      "+ d-4",
      `+ d-4 ${outputs.publicKeys["A/d-4"] ?? ""} 2`,
      `- d-1 ${old.publicKeys["A/d-1"] ?? ""} 1`,
      `- d-1 {"tags":["site:north"]}`,
      "- d-3",
    ]);
    assert.ok(gone.every((client) => clients.hasLost(client)));
    assert.ok(!stays.some((client) => clients.hasLost(client)));
    for (const side of SIDES) {
      await refuses(clients, old.clientUrls[side], login(old, "d-1", side));
    }
    await both(outputs, "d-3");
    await both(outputs, "d-4");
    assert.equal(outputs.creds["A/d-2"], old.creds["A/d-2"]);
    await refuses(clients, old.clientUrls.operator, login(old, "d-3", "operator"));
  });

  describe("with the command", () => {
    const out = join(temporaryFolder("creds"), "out");
    /** The paths of the users of the set. */
    const users = () => Object.keys(outputs.creds).filter((path) => path.startsWith("A/"));
    const run = async (...args: string[]) => {
      const result = await stack.command("creds", ...args);
      assert.doesNotMatch(result.output, /S[UA][A-Z2-7]{56}|eyJ/);
      return result;
    };
    const fileOf = (path: string, kind: "creds" | "jwt") => `A/${fileName(path.slice("A/".length), kind)}`;
    const assertWritten = (kind: "creds" | "jwt", wanted: Readonly<Record<string, string>> = {}) => {
      for (const path of users()) {
        assert.equal(readFileSync(join(out, fileOf(path, kind)), "utf8"), wanted[path]);
      }
    };

    it("should write the creds of the set, and then those of all users, to files that only their owner reads", async () => {
      const { length } = users();
      assert.ok(length > 2);
      const { stdout } = succeeded(await run("--out", out, "--set", "devices"));
      assert.equal(stdout, `Creds of ${length} users: ${out}\n`);
      const files = () => readdirSync(out, { recursive: true }).map(String).sort();
      assert.deepEqual(files(), ["A", ...users().map((path) => fileOf(path, "creds"))].sort());
      assertWritten("creds", outputs.creds);
      assert.equal(succeeded(await run("--out", out)).stdout, `Creds of ${length + 1} users: ${out}\n`);
      assert.equal(readFileSync(join(out, "SYS/sys.creds"), "utf8"), outputs.creds["SYS/sys"]);
      const modes = ["", ...files()].map((path) => statSync(join(out, path)));
      assert.deepEqual(
        [...new Set(modes.map((found) => `${found.isDirectory()} ${(found.mode & 0o777).toString(8)}`))].sort(),
        ["false 600", "true 700"],
      );
    });

    it("should write the JWTs of the set", async () => {
      const { stdout } = succeeded(await run("--out", out, "--set", "devices", "--jwts"));
      assert.equal(stdout, `JWTs of ${users().length} users: ${out}\n`);
      assertWritten("jwt", outputs.jwts);
    });

    it("should fail without a file when something is wrong, and print no secret", async () => {
      const other = join(temporaryFolder("creds"), "out");
      const wrong = [
        [[], "Usage: pulumi-nats-auth creds"],
        [["--out", other, "--wrong"], "Unknown option '--wrong'"],
        [["--out", other, "--set", "meters"], 'The stack has no set "meters".'],
        [["--out", join(other, "none", "out")], "[NA1911]"],
      ] as const;
      for (const [args, message] of wrong) {
        const { output, stdout } = failed(await run(...args));
        assert.ok(output.includes(message), output);
        assert.equal(stdout, "");
        assert.throws(() => readdirSync(other), { code: "ENOENT" });
      }
      chmodSync(out, 0o755);
      assert.match(failed(await run("--out", out)).output, /\[NA1911\]/);
    });
  });

  it("should derive the same keys after an update that was killed, and accept both keys of a rotation until it ends", async () => {
    const old = outputs;
    const rotation = { version: 2 };
    await declare({ users: { "d-2": { tags: ["site:south"], rotation }, "d-3": { tags: ["site:west"] }, "d-4": {} } });
    await stack.killAfter("update user-set-keys");
    succeeded(await stack.unlock());
    await up();
    assert.notEqual(outputs.publicKeys["A/d-2"], old.publicKeys["A/d-2"]);
    assert.equal(outputs.creds["A/d-4"], old.creds["A/d-4"]);
    await both(old, "d-2");
    await both(outputs, "d-2");
    assert.ok(!stays.some((client) => clients.hasLost(client)));
    await declare({ users: { "d-2": { tags: ["site:south"] }, "d-3": { tags: ["site:west"] }, "d-4": {} } });
    await up();
    for (const side of SIDES) {
      await refuses(clients, old.clientUrls[side], login(old, "d-2", side));
    }
    await both(outputs, "d-2");
  });

  it("should move users to the account and back with their keys and JWTs", async () => {
    const old = outputs;
    const moved = ["d-3", "d-4"];
    const connections = (await Promise.all(moved.map((name) => both(old, name)))).flat();
    const stays = { "d-2": { tags: ["site:south"] } };
    const tags: Readonly<Record<string, object>> = { "d-3": { tags: ["site:west"] } };
    const withCreds = (more: object) =>
      Object.fromEntries(
        moved.map((name) => [name, { ...tags[name], ...more, creds: old.creds[`A/${name}`] ?? "" }] as const),
      );
    const assertSame = () => {
      assert.deepEqual(
        moved.map((name) => [outputs.creds[`A/${name}`], outputs.publicKeys[`A/${name}`]]),
        moved.map((name) => [old.creds[`A/${name}`], old.publicKeys[`A/${name}`]]),
      );
    };
    await declare({ users: stays }, { users: withCreds({ role: "device" }) });
    await up();
    assertSame();
    await declare({ users: { ...stays, ...withCreds({}) } }, { users: {} });
    await up();
    assertSame();
    await declare({ users: { ...stays, "d-3": tags["d-3"] ?? {}, "d-4": {} } });
    await up();
    assertSame();
    assert.ok(!connections.some((client) => clients.hasLost(client)));
  });

  it("should accept users with every kind of character in their names on both servers", async () => {
    const names = [
      "a b",
      'say "hi"',
      "it's",
      "a\nb",
      "a/../b",
      "$HOME",
      "#",
      "{",
      "日本 😀",
      "constructor",
      "{{name()}}",
    ];
    await declare({ users: Object.fromEntries(names.map((name) => [name, {}])) });
    await up();
    for (const name of names) {
      await both(outputs, name);
    }
  });

  describe("with 10,000 users", () => {
    const fleet = (change: (index: number) => object | undefined) =>
      Object.fromEntries(
        Array.from({ length: 10_000 }, (_, index) => [`f-${index}`, change(index)] as const).flatMap(([name, user]) =>
          user === undefined ? [] : [[name, user]],
        ),
      );

    /** Returns the creds of all users by name. */
    const credsInState = async () => {
      const state = { deployment: { resources: await stack.resources() } };
      const { creds } = await findCreds(state, "devices", Math.floor(Date.now() / 1000));
      return new Map(creds.map(({ name, text }) => [name, text]));
    };

    it("should add, revoke and rotate them on both servers, keep all others, and leave nothing when it is destroyed", async function () {
      this.timeout(2 * STEP_TIMEOUT);
      const shown = ["f-0", "f-1", "f-2"];
      // The users of the former tests leave.
      await declare({ users: fleet(() => ({})), shown, maxRemovals: 20 });
      const first = await up();
      const [gone, kept] = [await both(first, "f-0"), await both(first, "f-1")];
      const before = await credsInState();
      await declare({ users: fleet((index) => (index === 0 ? undefined : {})), shown: shown.slice(1) });
      const lines = succeeded(await stack.preview("--diff"))
        .output.split("\n")
        .filter((line) => /\bf-\d/.test(line));
      assert.deepEqual(
        lines.flatMap((line) => /^ *([+-]) (f-.*?)(?: \d+)? *$/.exec(line)?.slice(1).join(" ") ?? []),
        [`- f-0 ${first.publicKeys["A/f-0"] ?? ""}`, "- f-0"],
      );
      assert.ok(lines.length < 20, `${lines.length} lines about users`);
      const second = await up();
      assert.deepEqual(
        [...(await credsInState())],
        [...before].filter(([name]) => name !== "f-0"),
      );
      assert.ok(gone.every((client) => clients.hasLost(client)));
      assert.ok(!kept.some((client) => clients.hasLost(client)));
      assert.equal(second.creds["A/f-1"], first.creds["A/f-1"]);
      for (const side of SIDES) {
        await refuses(clients, first.clientUrls[side], login(first, "f-0", side));
      }
      await declare({ rotation: { version: 2, overlap: "none" } });
      const third = await up();
      assert.ok(kept.every((client) => clients.hasLost(client)));
      await both(third, "f-1");
      for (const side of SIDES) {
        await refuses(clients, first.clientUrls[side], login(first, "f-1", side));
      }
      await clients.close();
      succeeded(await stack.destroy());
      assert.deepEqual(await stack.servers.belongings(), []);
      assert.deepEqual(await stack.processes(), []);
    });
  });
});

describe("a set of users whose names are secrets", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED);
  const declare = (hidden?: string) => {
    const devices: DeclaredSet = { role: "device", users: { "unheard-of": {} }, shown: [] };
    const accounts = { A: { roles: { device: {} }, sets: { devices } } };
    return stack.declare({ accounts, ...(hidden === undefined ? {} : { hidden }) });
  };

  it("should have them in the state as secrets only, also after an update that makes them secrets", async () => {
    await declare();
    succeeded(await stack.up());
    assert.ok((await stack.rawState()).includes("unheard-of"));
    await declare("secret");
    succeeded(await stack.preview("--diff"));
    succeeded(await stack.up("--diff"));
    succeeded(await stack.refresh("--diff"));
    succeeded(await stack.up("--diff", "--expect-no-changes"));
    assert.ok(!(await stack.rawState()).includes("unheard-of"), "a name stands in the state");
  });
});
