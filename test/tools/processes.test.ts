import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import {
  identity,
  inheritorsOf,
  isAlive,
  isRunning,
  signalAll,
  startedFrom,
  waitUntilGone,
  withDescendants,
} from "../../tools/lib/processes";
import { temporaryFolder } from "../support/local-server";

const OTHER_USER = 65534;
const VARIABLE = "PULUMI_NATS_AUTH_TEST";
const TIMEOUT = 5_000;
const WAIT = "echo; read line";

describe("finding processes in clean-up", () => {
  let folder: string;
  const children: ChildProcess[] = [];

  before(function () {
    if (process.platform !== "linux") this.skip();
    folder = temporaryFolder("processes");
  });

  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /**
   * Starts a process with an argument in the folder and a variable. Scripts run builtins only: a forked shell has the
   * same argument and variable until it executes its command, so it would sometimes be found as well.
   */
  async function start(script: string, options: { uid?: number } = {}): Promise<number> {
    const env = { ...process.env, [VARIABLE]: folder };
    const args = ["-c", script, join(folder, "file")];
    const child = spawn("/bin/sh", args, { stdio: ["pipe", "pipe", "ignore"], env, cwd: "/", ...options });
    children.push(child);
    await once(child.stdout, "data");
    return child.pid ?? 0;
  }

  const find = () => inheritorsOf(VARIABLE, (value) => value === folder);

  it("should find them by an argument and by a variable, and end them", async () => {
    const pid = await start(WAIT);
    assert.deepEqual(startedFrom(folder), [pid]);
    assert.deepEqual(startedFrom(folder, /^sh$/), [pid]);
    assert.deepEqual(startedFrom(folder, /^dockerd$/), []);
    assert.ok(find().includes(pid));
    assert.equal(isRunning(pid, "sh"), true);
    assert.equal(isRunning(pid, "pulumi"), false);
    signalAll(withDescendants(find()), "SIGKILL");
    assert.equal(await waitUntilGone(find, TIMEOUT), true);
  });

  it("should not find those of another user", async function () {
    if (process.geteuid?.() !== 0) this.skip();
    await start(WAIT, { uid: OTHER_USER });
    assert.deepEqual([startedFrom(folder), find()], [[], []]);
  });

  it("should identify a process by its pid and its start", () => {
    assert.equal(isAlive(identity()), true);
    assert.equal(isAlive(`${process.pid}-1`), false);
  });
});
