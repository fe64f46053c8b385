import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { homedir, setPriority } from "node:os";
import { join } from "node:path";
import type { FileResult, Job, WorkerMessage } from "./messages";
import { REPEATED } from "./node-versions";

const SCRIPT = join(__dirname, "worker.ts");
const CHECKOUT = join(__dirname, "../..");
/** Test files and sources that tsx has compiled. */
const COMPILED = join(CHECKOUT, "node_modules/.cache/pulumi-nats-auth/tsx");

/** The niceness of a worker that lets others go first: beside one that computes, too, it gets a quarter of a core. */
const PATIENT = 5;

/** What a worker process needs. */
export interface WorkerOptions {
  /** The folder for temporary files of this worker alone. */
  readonly folder: string;
  /** The Node.js executable. @default the one of this process */
  readonly node?: string;
  /** Whether other workers go first. @default false */
  readonly isPatient?: boolean;
}

/** A process that runs test files. When it dies during a file, another one takes its place for the next file. */
export class Worker {
  #child: ChildProcess | undefined;

  constructor(private readonly options: WorkerOptions) {}

  /** Runs a file. When the process dies meanwhile, this counts as one failure, and another one takes its place for the next file. */
  async run(job: Job): Promise<FileResult> {
    const child = (this.#child ??= await this.#start());
    const begin = performance.now();
    let output = "";
    return new Promise((resolve) => {
      const finish = (result: Omit<FileResult, "output">) => {
        child.off("message", onMessage).off("exit", onExit);
        resolve({ ...result, output });
      };
      const onMessage = (message: WorkerMessage) => {
        if (message.type === "output") output += message.text;
        if (message.type === "ended") finish(message.result);
      };
      const onExit = (code: number | null, signal: string | null) => {
        this.#child = undefined;
        const failures = `The process that ran this file ended (${signal ?? `exit code ${code}`}).`;
        const milliseconds = performance.now() - begin;
        finish({ file: job.file, passed: 0, failed: 1, skipped: 0, milliseconds, failures });
      };
      child.on("message", onMessage).on("exit", onExit);
      child.send(job);
    });
  }

  /** Ends the process. */
  async end(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    if (child.connected) child.disconnect();
    await ended;
  }

  /** Ends the process at once. */
  kill(): void {
    this.#child?.kill("SIGKILL");
  }

  async #start(): Promise<ChildProcess> {
    const { folder, node, isPatient = false } = this.options;
    const env = { ...(await environmentIn(folder)), ...(node === undefined ? {} : { [REPEATED]: "true" }) };
    const execPath = node ?? process.execPath;
    const child = fork(SCRIPT, { cwd: CHECKOUT, env, execPath, execArgv: ["--import", "tsx"] });
    if (isPatient && child.pid !== undefined) setPriority(child.pid, PATIENT);
    const failed = once(child, "exit").then(() => {
      throw new Error(`the worker process ${execPath} does not start`);
    });
    const ready = once(child, "message");
    failed.catch(() => undefined);
    await Promise.race([ready, failed]);
    return child;
  }
}

/**
 * The variables of a worker: temporary files and what the Pulumi CLI keeps lie in folders of its own. All share the plugins of
 * the CLI, which nothing changes during a run, and what tsx has compiled.
 */
async function environmentIn(folder: string): Promise<NodeJS.ProcessEnv> {
  const home = join(folder, "pulumi-home");
  const plugins = join(process.env.PULUMI_HOME ?? join(homedir(), ".pulumi"), "plugins");
  await mkdir(home, { recursive: true });
  await link(plugins, join(home, "plugins"));
  // tsx keeps it in this folder for temporary files.
  await mkdir(COMPILED, { recursive: true });
  await link(COMPILED, join(folder, `tsx-${process.geteuid?.() ?? ""}`));
  // With a file in the place of its folder for logs, the CLI does not log: this takes a fifth of its CPU time.
  await writeFile(join(home, "logs"), "");
  return { ...process.env, TMPDIR: folder, PULUMI_HOME: home };
}

/** Makes a symbolic link, unless another worker of the folder has made it. */
async function link(target: string, path: string): Promise<void> {
  await symlink(target, path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  });
}
