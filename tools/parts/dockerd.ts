import { spawn } from "node:child_process";
import type { StdioOptions } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { waitFor } from "../../provider/servers/log";
import { cacheRoot } from "../lib/cache-root";
import { withLock } from "../lib/lock";
import { pathWith } from "../lib/path";
import { throwIfInterrupted } from "../lib/interrupt";
import { isOwned, removeOwned, requireOwned } from "../lib/owned";
import { identity, isAlive, signalAll, startedFrom, waitUntilGone, withDescendants } from "../lib/processes";
import { attempt } from "../lib/run";
import { longStep, say } from "../lib/terminal";
import { installDocker } from "./apt";
import { MARK } from "../run-scope";
import { engineAt, NoEngine } from "./engine";
import type { Engine } from "./engine";

/** The folder of an engine that is stopped with this process. */
export const runFolder = (): string => join(cacheRoot(), `engine-${identity()}`);

/** The address of the engine in a folder. */
export const addressOf = (folder: string): string => `unix://${join(folder, "docker.sock")}`;

const UNIX_SOCKET_LIMIT = 107;
const START_MS = 60_000;
const STOP_MS = 20_000;

/**
 * The settings of a daemon that ends with this process. For each container and each archive it runs itself again, several
 * times: without garbage collection this takes a quarter less time. The daemon itself collects garbage at the limit.
 */
const SHORT_LIVED = { GOGC: "off", GOMEMLIMIT: "512MiB" };

/** The longest socket path that the daemon creates in its folder. */
const longestSocket = (folder: string): string => join(folder, "exec/containerd/containerd.sock.ttrpc");

/**
 * Whether the daemon must add firewall rules: where another engine configured the kernel to drop forwarded packets, including
 * bridged ones. Elsewhere it adds none, so that none are left behind; loopback ports and networks on one bridge work without.
 */
async function needsFirewallRules(): Promise<boolean> {
  const env = { ...process.env, PATH: pathWith() };
  const { stdout } = await attempt("iptables", ["-S", "FORWARD"], { env }).catch(() => ({ stdout: "" }));
  return stdout.startsWith("-P FORWARD DROP");
}

async function configure(folder: string, namespace: string | undefined): Promise<string> {
  const rules = namespace !== undefined || (await needsFirewallRules());
  const file = join(folder, "daemon.json");
  const config = {
    hosts: [addressOf(folder)],
    "data-root": join(folder, "data"),
    "exec-root": join(folder, "exec"),
    pidfile: join(folder, "docker.pid"),
    // No default bridge: it is not used and would outlive the daemon. An existing one is kept, which "none" would remove.
    ...((await readFile("/proc/net/dev", "utf8")).includes("docker0:") ? {} : { bridge: "none" }),
    ...(rules ? {} : { iptables: false, "ip-forward": false }),
  };
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(file, JSON.stringify(config, undefined, 2));
  return file;
}

/** The pids of a folder's engine: the daemon (`nsenter` becomes it), its containerd and the shims of its containers. */
const daemons = (folder: string): number[] => startedFrom(folder, /^(nsenter|dockerd|containerd)/);

/** Kills every process of a folder's engine, containers included. */
async function kill(folder: string): Promise<void> {
  signalAll(withDescendants(daemons(folder)), "SIGKILL");
  await waitUntilGone(() => daemons(folder), STOP_MS);
}

/** Waits until the daemon answers. @throws NoEngine with the end of its log when it ends or takes too long */
async function waitForAnswer(folder: string, log: string): Promise<Engine> {
  const engine = await waitFor(async () => {
    throwIfInterrupted();
    const answering = await engineAt(addressOf(folder)).catch(() => undefined);
    if (answering === undefined && daemons(folder).length === 0) throw await startFailure(log);
    return answering;
  }, START_MS);
  if (engine === undefined) throw await startFailure(log);
  return engine;
}

async function startFailure(log: string): Promise<NoEngine> {
  const end = (await readFile(log, "utf8")).trim().split("\n").slice(-8).join("\n");
  return new NoEngine(
    `The Docker daemon did not start:\n${end}`,
    "Start a Docker Engine yourself. Inside a container, this requires a privileged one.",
  );
}

/** @param namespace file of the network namespace in which it runs, with firewall rules of its own; undefined for that of this process */
async function start(folder: string, namespace?: string): Promise<Engine> {
  if (longestSocket(folder).length > UNIX_SOCKET_LIMIT) {
    const remedy = "Set PULUMI_NATS_AUTH_CACHE to a folder with a short path.";
    throw new NoEngine(`The path ${folder} is too long for the sockets of a Docker daemon.`, remedy);
  }
  await kill(folder); // Processes of a daemon that crashed would be mistaken for a running daemon.
  await rm(join(folder, "docker.pid"), { force: true });
  const config = await configure(folder, namespace);
  const log = join(folder, "dockerd.log");
  const output = openSync(log, "w");
  // The daemon may outlive this run, so it does not inherit the mark of the run.
  const settings = folder.startsWith(runFolder()) ? SHORT_LIVED : {};
  const env = { ...process.env, ...settings, PATH: pathWith(), [MARK]: undefined };
  const stdio: StdioOptions = ["ignore", output, output];
  const command = ["dockerd", "--config-file", config];
  const [program = "", ...args] = namespace === undefined ? command : ["nsenter", `--net=${namespace}`, ...command];
  spawn(program, args, { detached: true, cwd: folder, stdio, env }).unref();
  closeSync(output);
  return waitForAnswer(folder, log);
}

/**
 * Starts a Docker daemon that keeps all its files in one folder. Installs it where it is missing.
 *
 * @param folder its folder
 * @param lifetime how long it will run, for the terminal
 * @param tried the engines that did not answer, for errors
 */
export async function startEngine(folder: string, lifetime: string, tried: string[]): Promise<Engine> {
  return withLock(`engine ${folder}`, async () => {
    // Another process may have started it while this one waited.
    const answering = await engineAt(addressOf(folder)).catch(() => undefined);
    if (answering !== undefined) return answering;
    await installDocker(tried);
    say(`No Docker Engine answers: starting dockerd as root ${lifetime}, with its data in ${folder}`);
    return longStep("Waiting until it answers: seconds", () => start(folder));
  });
}

/**
 * Starts a Docker daemon in a network namespace, as on another machine. Requires that Docker is installed.
 *
 * @param name the end of the name of its folder
 * @returns the engine and its folder, for {@link stopEngine}
 */
export async function startEngineIn(namespace: string, name: string): Promise<Engine & { folder: string }> {
  const folder = `${runFolder()}-${name}`;
  return { ...(await start(folder, namespace)), folder };
}

/** Removes containers and networks, which would outlive the daemon. */
async function removeContents(folder: string): Promise<void> {
  const { docker } = await engineAt(addressOf(folder));
  for (const { Id } of await docker.listContainers({ all: true }))
    await docker.getContainer(Id).remove({ force: true });
  await docker.pruneNetworks();
}

/** Unmounts the mounts of a killed daemon, innermost first. */
async function unmount(folder: string): Promise<void> {
  const table = await readFile("/proc/self/mountinfo", "utf8");
  const points = table.split("\n").map((line) => line.split(" ")[4] ?? "");
  for (const point of points.filter((path) => path.startsWith(`${folder}/`)).reverse()) {
    await attempt("umount", [point], { evenWhenInterrupted: true });
  }
}

/** Stops the engine of a folder with all its containers, and removes the folder. Does nothing without a folder. */
export async function stopEngine(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  requireOwned(folder);
  await removeContents(folder).catch(() => undefined); // A daemon that no longer answers is killed below.
  signalAll(daemons(folder), "SIGTERM");
  if (!(await waitUntilGone(() => daemons(folder), STOP_MS))) await kill(folder);
  await unmount(folder);
  await removeOwned(folder);
}

/** Stops the engines of runs that were killed. */
export async function sweepEngines(): Promise<void> {
  if (!existsSync(cacheRoot())) return;
  for (const name of await readdir(cacheRoot())) {
    const owner = /^engine-(\d+-\d+)(?:-\w+)?$/.exec(name)?.[1];
    if (owner === undefined || isAlive(owner) || !isOwned(join(cacheRoot(), name))) continue;
    say(`Stopping the Docker daemon of a run that was killed (${name})`);
    await stopEngine(join(cacheRoot(), name));
  }
}
