import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createUser } from "nkeys.js";
import { formatCreds } from "../../provider/jwt/sign";
import { temporaryFolder } from "../support/local-server";
import { DECLARED, failed, STEP_TIMEOUT, succeeded, testStack, type StackOutputs } from "../support/stack";
import type { CliResult } from "../support/stack-cli";
import { byCreds, bySeed, Clients, refuses } from "../support/stack-clients";
import type { DeclaredAccount, DeclaredSet } from "./programs/declared/declaration";

const SIDES = ["static", "operator"] as const;

/** What a client of a user has. */
interface Held {
  readonly seed: string;
  readonly creds: string;
}

describe("changes of a set that take the keys of users", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED);
  const clients = new Clients();
  let outputs: StackOutputs;

  const names = Array.from({ length: 12 }, (_, index) => `d-${index}`);
  const users = Object.fromEntries(names.map((name) => [name, {}]));
  const held = (name: string): Held => ({
    seed: outputs.seeds[`A/${name}`] ?? "",
    creds: outputs.creds[`A/${name}`] ?? "",
  });
  const login = (own: Held, side: (typeof SIDES)[number]) =>
    side === "static" ? bySeed(own.seed) : byCreds(own.creds);
  const accepts = (own: Held) =>
    Promise.all(SIDES.map((side) => clients.connect(outputs.clientUrls[side], login(own, side))));
  async function rejects(own: Held): Promise<void> {
    for (const side of SIDES) {
      await refuses(clients, outputs.clientUrls[side], login(own, side));
    }
  }
  async function declare(sets: Record<string, DeclaredSet>, more: Partial<DeclaredAccount> = {}): Promise<void> {
    await stack.declare({ accounts: { A: { roles: { device: {} }, sets, ...more } } });
  }
  async function up(next: Record<string, DeclaredSet>, ...args: string[]): Promise<void> {
    await declare(next);
    succeeded(await stack.up(...args));
    outputs = await stack.outputs();
  }
  const assertRefused = (result: CliResult, code: string) => {
    assert.match(failed(result).output, new RegExp(`\\[${code}\\]`));
  };
  async function refused(next: Record<string, DeclaredSet>, code: string): Promise<void> {
    await declare(next);
    assertRefused(await stack.preview(), code);
  }

  it("should revoke a supplied key that another one replaces at once, although the set had a rotation", async () => {
    const [stolen, replacement] = [createUser(), createUser()];
    const device = (publicKey: string) => ({
      role: "device",
      rotation: { version: 2 },
      users: { "p-1": { publicKey } },
    });
    await up({ phones: device(stolen.getPublicKey()) });
    const present = (pair: typeof stolen): Held => {
      const seed = new TextDecoder().decode(pair.getSeed());
      return { seed, creds: formatCreds(outputs.jwts?.["A/p-1"] ?? "", seed) };
    };
    const thief = present(stolen);
    const connections = await accepts(thief);
    await up({ phones: device(replacement.getPublicKey()) });
    assert.ok(connections.every((connection) => clients.hasLost(connection)));
    await rejects(thief);
    await accepts(present(replacement));
  });

  it("should revoke the key of a user that moves to a set with a rotation without its creds", async () => {
    await up({ devices: { role: "device", users }, sensors: { role: "device", rotation: { version: 2 }, users: {} } });
    const before = held("d-0");
    const connections = await accepts(before);
    const { "d-0": moved, ...rest } = users;
    const sensors = { role: "device", rotation: { version: 2 }, users: { "d-0": moved ?? {} } };
    await up({ devices: { role: "device", users: rest }, sensors });
    assert.ok(connections.every((connection) => clients.hasLost(connection)));
    await rejects(before);
    await accepts(held("d-0"));
    await up({ devices: { role: "device", users } });
  });

  it("should refuse a file that has lost most of the users, and remove them when the program permits the number", async () => {
    const file = join(temporaryFolder("users"), "devices.csv");
    const write = (lines: readonly string[]) => {
      writeFileSync(file, lines.map((line) => `${line}\n`).join(""));
    };
    const devices = { role: "device", file, shown: names };
    write(["name", ...names]);
    const before = outputs;
    await up({ devices });
    assert.deepEqual(outputs.publicKeys, before.publicKeys);
    for (const [lines, code] of [
      [[], "NA1908"],
      [["name"], "NA1914"],
      [["name", "d-0"], "NA1915"],
    ] as const) {
      write(lines);
      await refused({ devices: { ...devices, shown: [] } }, code);
    }
    const [gone, stays] = [held("d-1"), held("d-0")];
    const state = succeeded(await stack.show("stack", "export")).output;
    await up({ devices: { ...devices, shown: ["d-0"], maxRemovals: 11 } });
    await rejects(gone);
    await accepts(stays);
    // The documented recovery from a mistake.
    await stack.import(state);
    write(["name", ...names]);
    await up({ devices }, "--refresh");
    assert.deepEqual(outputs.publicKeys, before.publicKeys);
    await accepts(gone);
    await accepts(stays);
  });

  it("should refuse a set that gets another name, and keep its keys with an alias", async () => {
    await up({ devices: { role: "device", users } });
    const [before, keys] = [held("d-1"), outputs.publicKeys];
    const connections = await accepts(before);
    await refused({ meters: { role: "device", users } }, "NA1916");
    await up({ meters: { role: "device", users, alias: "devices" } });
    assert.deepEqual(outputs.publicKeys, keys);
    assert.equal(outputs.creds["A/d-1"], before.creds);
    assert.ok(!connections.some((connection) => clients.hasLost(connection)));
    await up({ meters: { role: "device", users } }, "--expect-no-changes");
  });

  it("should refuse a set with another parent that also gets a new user", async () => {
    await refused({ meters: { role: "device", users: { ...users, "d-12": {} }, parent: "site" } }, "NA1916");
  });

  it("should keep the keys of a renamed set after an update that was refused, as the error explains", async () => {
    const [keys, connections] = [outputs.publicKeys, await accepts(held("d-1"))];
    await declare({ sensors: { role: "device", users } });
    assertRefused(await stack.up(), "NA1916");
    await refused({ sensors: { role: "device", users, alias: "meters" } }, "NA1916");
    await up({ meters: { role: "device", users } });
    await up({ sensors: { role: "device", users, alias: "meters" } });
    assert.deepEqual(outputs.publicKeys, keys);
    assert.ok(!connections.some((connection) => clients.hasLost(connection)));
  });

  it("should refuse an update without a set, or with one that is too late, and remove one that the account names", async () => {
    const [before, connections] = [outputs, await accepts(held("d-1"))];
    await refused({}, "NA1918");
    await declare({ sensors: { role: "device", users, late: true } });
    assert.match(failed(await stack.up()).output, /\[NA19(01|18)\]/);
    await up({ sensors: { role: "device", users } }, "--expect-no-changes");
    assert.deepEqual(outputs.creds, before.creds);
    assert.ok(!connections.some((connection) => clients.hasLost(connection)));
    const gone = held("d-1");
    await declare({}, { removedSets: ["sensors"] });
    succeeded(await stack.up());
    await rejects(gone);
    await up({}, "--expect-no-changes");
  });
});
