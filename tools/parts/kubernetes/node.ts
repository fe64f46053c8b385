import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { waitFor } from "../../../provider/servers/log";
import { throwIfInterrupted } from "../../lib/interrupt";
import { pathWith } from "../../lib/path";
import { isRunning, signalAll, startedFrom, startedWith, waitUntilGone, withDescendants } from "../../lib/processes";
import { attempt, capture, type Result } from "../../lib/run";
import { ToolError, Unavailable, unlessUnavailable } from "../../lib/terminal";
import { MARK } from "../../run-scope";
import type { Program } from "./programs";

const START_MS = 10_000;
const STOP_MS = 20_000;

/** Folders that programs of a node write to by themselves. A node has its own, in memory. */
const PRIVATE_FOLDERS = ["/run", "/var/log", "/var/lib/cni", "/var/lib/kubelet"];

/** The pids of a folder's node. */
const processesOf = (folder: string): number[] => withDescendants(startedFrom(folder, /^(setpriv|unshare|pause)$/));

/**
 * A node of a cluster: processes with their own namespaces for processes, mounts and networks. When its first process ends,
 * the kernel ends all others, and removes mounts, interfaces and firewall rules. The first process ends with this one, but not
 * at Ctrl-C, so that tests can clean up first.
 */
export class Node {
  readonly #ended = new Map<string, string>();

  private constructor(
    readonly folder: string,
    readonly programs: string,
    /** Its first process. */
    readonly pid: number,
  ) {}

  /** @param folder an existing folder for its files @param programs the folder with its programs */
  static async start(folder: string, programs: string): Promise<Node> {
    await mkdir(join(folder, "log"), { recursive: true });
    const namespaces = ["--mount", "--pid", "--net", "--ipc", "--uts", "--mount-proc"];
    const first = [join(programs, "pause"), join(folder, "node")];
    const child = spawn(
      "setpriv",
      ["--pdeathsig", "KILL", "unshare", "--fork", "--kill-child", ...namespaces, ...first],
      { stdio: "ignore", env: environment(programs), detached: true },
    );
    const pid = await waitFor(() => {
      throwIfInterrupted();
      return Promise.resolve(firstProcess(child));
    }, START_MS);
    if (pid === undefined) {
      throw new Unavailable(
        "The namespaces of a Kubernetes node cannot be created.",
        "Inside a container, this requires a privileged one. Or name a cluster in KUBERNETES_CONTEXT.",
      );
    }
    const node = new Node(folder, programs, pid);
    await unlessUnavailable(async () => {
      for (const path of PRIVATE_FOLDERS) {
        await node.capture("mkdir", ["-p", path]);
        await node.capture("mount", ["-t", "tmpfs", "-o", "mode=755", "tmpfs", path]);
      }
      // Packets of pods go through the node.
      await node.capture("sysctl", ["-w", "net.ipv4.ip_forward=1"]);
    });
    return node;
  }

  /** Runs a command in the node. @returns its stdout */
  async capture(command: string, args: string[]): Promise<string> {
    const [program = "", ...rest] = this.#entering(command, args);
    return capture(program, rest, { env: environment(this.programs) });
  }

  /** Runs a command in the node. @returns its output and its exit code */
  async attempt(command: string, args: string[]): Promise<Result> {
    const [program = "", ...rest] = this.#entering(command, args);
    return attempt(program, rest, { env: environment(this.programs) });
  }

  /** Starts a program that runs until the node stops. Its output is a file. */
  run(name: Program | "containerd", args: string[]): void {
    const log = this.#log(name);
    const output = openSync(log, "w");
    const [program = "", ...rest] = this.#entering(name === "containerd" ? name : join(this.programs, name), args);
    const child = spawn(program, rest, {
      cwd: this.folder,
      stdio: ["ignore", output, output],
      env: environment(this.programs),
      detached: true,
    });
    closeSync(output);
    child.once("exit", () => this.#ended.set(name, log));
    child.once("error", () => this.#ended.set(name, log));
  }

  /**
   * Waits until something about the node is true.
   *
   * @throws ToolError with the end of a log when one of its programs ends first, or when it takes too long
   */
  async until(what: string, isTrue: () => Promise<boolean>, timeout: number): Promise<void> {
    const found = await waitFor(async () => {
      throwIfInterrupted();
      for (const [name, log] of this.#ended) {
        const end = (await readFile(log, "utf8")).trim().split("\n").slice(-8).join("\n");
        throw new ToolError(`${name} has ended:\n${end}`);
      }
      return (await isTrue()) ? true : undefined;
    }, timeout);
    if (found === undefined)
      throw new ToolError(`${what} took longer than ${timeout / 1000} s.`, `Read ${this.folder}/log.`);
  }

  #log(name: string): string {
    return join(this.folder, "log", `${name}.log`);
  }

  #entering(command: string, args: string[]): string[] {
    const target = ["--target", String(this.pid), "--mount", "--pid", "--net", "--ipc", "--uts"];
    return ["nsenter", ...target, command, ...args];
  }
}

/** The first process in the namespaces: the child of `unshare`, which has prepared them when it runs the program. */
function firstProcess({ pid }: ChildProcess): number | undefined {
  return pid === undefined ? undefined : withDescendants([pid]).find((one) => isRunning(one, "pause"));
}

/** Programs of a node find each other, and the system's, on PATH. The node ends by itself, so it has no mark of a run. */
function environment(programs: string): NodeJS.ProcessEnv {
  return { ...process.env, PATH: pathWith(programs), [MARK]: undefined };
}

/** Ends the processes of the node in a folder. */
export async function stopNode(folder: string): Promise<void> {
  // `nsenter` stops when a signal stops its child. Then it does not notice that the child has ended, and keeps the namespaces.
  const entering = startedWith("nsenter", folder);
  signalAll([...processesOf(folder), ...entering], "SIGKILL");
  await waitUntilGone(() => processesOf(folder), STOP_MS);
}
