import { spawn } from "node:child_process";
import type { StdioOptions } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheRoot } from "../lib/cache-root";
import { withLock } from "../lib/lock";
import { pathWith } from "../lib/path";
import { pause } from "../lib/interrupt";
import { identity, isAlive, signalAll, startedFrom, waitUntilGone, withDescendants } from "../lib/processes";
import { attempt } from "../lib/run";
import { longStep, say } from "../lib/say";
import { installDocker } from "./apt";
import { MARK } from "../run-scope";
import { engineAt, NoEngine } from "./engine";
import type { Engine } from "./engine";

/** The folder of an engine that lives no longer than this process. */
export const ownEngine = (): string => join(cacheRoot(), `engine-${identity()}`);

/** The address of the engine in a folder. */
export const addressOf = (folder: string): string => `unix://${join(folder, "docker.sock")}`;

const UNIX_SOCKET_LIMIT = 107;
const START_MS = 60_000;
const STOP_MS = 20_000;

/** The longest socket path that the daemon makes in its folder. */
const longestSocket = (folder: string): string => join(folder, "exec/containerd/containerd.sock.ttrpc");

/**
 * Where another engine has set the kernel to drop what is forwarded, bridged packets included, ours needs its own rules
 * there. Elsewhere it does without: ports on the loopback interface and networks of one bridge work, and nothing stays
 * behind in the firewall.
 */
async function needsFirewallRules(): Promise<boolean> {
  const env = { ...process.env, PATH: pathWith() };
  const { stdout } = await attempt("iptables", ["-S", "FORWARD"], { env }).catch(() => ({ stdout: "" }));
  return stdout.startsWith("-P FORWARD DROP");
}

async function configure(folder: string): Promise<string> {
  const rules = await needsFirewallRules();
  const file = join(folder, "daemon.json");
  const config = {
    hosts: [addressOf(folder)],
    "data-root": join(folder, "data"),
    "exec-root": join(folder, "exec"),
    pidfile: join(folder, "docker.pid"),
    // No default bridge: nothing here uses it, and it would outlive the daemon. But "none" also takes away one that is there.
    ...((await readFile("/proc/net/dev", "utf8")).includes("docker0:") ? {} : { bridge: "none" }),
    ...(rules ? {} : { iptables: false, "ip-forward": false }),
  };
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(file, JSON.stringify(config, undefined, 2));
  return file;
}

/** Ends every process of a folder's engine at once, containers included. */
async function kill(folder: string): Promise<void> {
  signalAll(withDescendants(startedFrom(folder)), "SIGKILL");
  await waitUntilGone(() => startedFrom(folder), STOP_MS);
}

/** Waits for the daemon to answer. @throws ToolError with the end of its log when it ends or takes too long */
async function answered(folder: string, log: string): Promise<Engine> {
  const deadline = Date.now() + START_MS;
  for (;;) {
    try {
      return await engineAt(addressOf(folder));
    } catch {
      await pause(200);
    }
    if (startedFrom(folder).length === 0 || Date.now() > deadline) {
      const words = (await readFile(log, "utf8")).trim().split("\n").slice(-8).join("\n");
      throw new NoEngine(
        `The Docker daemon did not start:\n${words}`,
        "Start a Docker Engine by hand; on a container host this needs a privileged container.",
      );
    }
  }
}

async function start(folder: string): Promise<Engine> {
  if (longestSocket(folder).length > UNIX_SOCKET_LIMIT) {
    const remedy = "Set PULUMI_NATS_AUTH_CACHE to a folder with a short path.";
    throw new NoEngine(`${folder} is too long a path for the sockets of a Docker daemon.`, remedy);
  }
  await kill(folder); // What a daemon that crashed left running would be taken for a daemon that runs.
  await rm(join(folder, "docker.pid"), { force: true });
  const config = await configure(folder);
  const log = join(folder, "dockerd.log");
  const output = openSync(log, "w");
  // It may outlive the run that starts it, so it does not bear the run's mark.
  const env = { ...process.env, PATH: pathWith(), [MARK]: undefined };
  const stdio: StdioOptions = ["ignore", output, output];
  spawn("dockerd", ["--config-file", config], { detached: true, cwd: folder, stdio, env }).unref();
  closeSync(output);
  return answered(folder, log);
}

/**
 * Starts a Docker daemon with everything that it has in one folder, installing it first where it is missing.
 *
 * @param folder its folder
 * @param lifetime how long it will run, in words
 * @param tried what was wrong with the engines of this machine
 */
export async function startEngine(folder: string, lifetime: string, tried: string[]): Promise<Engine> {
  return withLock(`engine ${folder}`, async () => {
    // Another process may have started it while this one waited.
    const answering = await engineAt(addressOf(folder)).catch(() => undefined);
    if (answering !== undefined) return answering;
    await installDocker(tried);
    say(`No Docker Engine answers: starting dockerd as root, with its data in ${folder}, ${lifetime}`);
    return longStep("Waiting for it to answer: seconds", () => start(folder));
  });
}

/** Removes what would outlive the daemon: running containers, and the network interfaces of its networks. */
async function empty(folder: string): Promise<void> {
  const { docker } = await engineAt(addressOf(folder));
  for (const { Id } of await docker.listContainers({ all: true }))
    await docker.getContainer(Id).remove({ force: true });
  await docker.pruneNetworks();
}

/** Unmounts what a killed daemon left mounted, the innermost first. */
async function unmount(folder: string): Promise<void> {
  const table = await readFile("/proc/self/mountinfo", "utf8");
  const points = table.split("\n").map((line) => line.split(" ")[4] ?? "");
  for (const point of points.filter((path) => path.startsWith(`${folder}/`)).reverse()) {
    await attempt("umount", [point], { evenWhenInterrupted: true });
  }
}

/** Stops the engine of a folder with all its containers, and removes the folder. Does nothing where there is none. */
export async function stopEngine(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  await empty(folder).catch(() => undefined); // A daemon that no longer answers is killed below.
  signalAll(startedFrom(folder), "SIGTERM");
  if (!(await waitUntilGone(() => startedFrom(folder), STOP_MS))) await kill(folder);
  await unmount(folder);
  await rm(folder, { recursive: true, force: true });
}

/** Stops the engines whose process was killed before it could do so. */
export async function sweepEngines(): Promise<void> {
  if (!existsSync(cacheRoot())) return;
  for (const name of await readdir(cacheRoot())) {
    const owner = /^engine-(\d+-\d+)$/.exec(name)?.[1];
    if (owner === undefined || isAlive(owner)) continue;
    say(`Stopping a Docker daemon that a killed run left behind (${name})`);
    await stopEngine(join(cacheRoot(), name));
  }
}
