import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { markedBy, signalAll, waitUntilGone } from "../lib/processes";
import { live } from "../lib/run";
import { say } from "../lib/say";
import { prepareFor } from "../machine";
import type { Machine } from "../machine";
import { clientImage, serverImage } from "../parts/images";
import { natsServer } from "../parts/nats-server";
import { checkout } from "../stack";

/** By this variable, which every process inherits, what a broken test left running is found and ended. */
const MARK = "PULUMI_NATS_AUTH_RUN";
const KILL_MS = 5_000;

/** Runs steps in order until one fails. @returns the exit code of the last one */
async function inOrder(steps: string[][], env: NodeJS.ProcessEnv): Promise<number> {
  for (const [file = "", ...args] of steps) {
    const code = await live(process.execPath, [file, ...args], { cwd: checkout, env });
    if (code !== 0) return code;
  }
  return 0;
}

/** The environment by which the tests get their machine. */
async function environment(machine: Machine, temporary: string, mark: string): Promise<NodeJS.ProcessEnv> {
  const image = await serverImage(machine.docker);
  return {
    ...machine.env,
    [MARK]: mark,
    TMPDIR: temporary,
    NATS_IMAGE: image,
    NATS_CLIENT_IMAGE: await clientImage(machine.docker),
    NATS_SERVER: await natsServer(machine.docker, image),
  };
}

/**
 * Runs steps on a prepared machine, and leaves nothing behind: not the engine that was started for them, no temporary
 * file, no process.
 *
 * @param steps each a script for Node.js with its arguments
 */
export async function onMachine(steps: string[][]): Promise<number> {
  return prepareFor(async (machine) => {
    const mark = randomUUID();
    const temporary = await mkdtemp(join(tmpdir(), "nats-auth-"));
    try {
      return await inOrder(steps, await environment(machine, temporary, mark));
    } finally {
      const left = () => markedBy(MARK, mark);
      signalAll(left(), "SIGKILL");
      await waitUntilGone(left, KILL_MS);
      await rm(temporary, { recursive: true, force: true });
    }
  });
}

/** `npm test`: lint and types, then every test. Arguments are given to mocha in place of the test files. */
export async function test(args: string[]): Promise<number> {
  say("Lint, format and types");
  const npm = process.env.npm_execpath ?? "";
  const lint = await live(process.execPath, [npm, "run", "--silent", "lint"], { cwd: checkout });
  if (lint !== 0) return lint;
  const files = args.length > 0 ? args : ["test/**/*.test.ts"];
  return onMachine([[require.resolve("mocha/bin/mocha.js"), ...files]]);
}
