import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import {
  readLockHolders,
  ownStack,
  passphrase,
  listPendingOperations,
  STACK,
  listStacks,
  state,
  stateFile,
} from "./backend";
import { repairKilledWrite } from "./killed-write";
import { isRunning } from "./lib/processes";
import { attempt, capture, live } from "./lib/run";
import { say, ToolError } from "./lib/terminal";
import { checkout } from "./local-folder";
import type { Machine } from "./machine";
import { removeOrphans } from "./orphans";
import { endRun } from "./run-scope";
import { configuredTarget, type Target } from "./target";
import { BUILT_IMAGES, vendorImages } from "./versions";

const PASSPHRASE_BYTES = 32;

/** Whether one of the engines that locked the stack still runs. */
function isHeld(holders: readonly number[]): boolean {
  return holders.some((pid) => isRunning(pid, "pulumi"));
}

/** The stack `local` of this checkout, on a backend of files in a folder that git ignores. */
export class LocalStack {
  /** Restores the state if an engine was killed while writing it. Does nothing while an engine runs. */
  static async restoreState(): Promise<void> {
    const restored = !isHeld(await readLockHolders()) && (await repairKilledWrite(stateFile()));
    if (restored) say("The last deployment was killed while it wrote the state: restoring the previous one");
  }

  private readonly env: NodeJS.ProcessEnv;

  constructor(private readonly machine: Machine) {
    this.env = {
      ...machine.env,
      PULUMI_BACKEND_URL: `file://${state}`,
      PULUMI_CONFIG_PASSPHRASE_FILE: passphrase,
    };
    delete this.env.PULUMI_CONFIG_PASSPHRASE;
    delete this.env.PULUMI_STACK;
  }

  /** Creates the backend's folder where it is missing, with a random passphrase that only this user can read. */
  async prepareBackend(): Promise<void> {
    await mkdir(state, { recursive: true, mode: 0o700 });
    if (existsSync(passphrase)) return;
    await writeFile(passphrase, randomBytes(PASSPHRASE_BYTES).toString("base64url"), { mode: 0o600, flag: "wx" });
  }

  /** Creates the stack where it is missing, else repairs it. @returns whether it existed before */
  async ready(): Promise<boolean> {
    await this.prepareBackend();
    const before = this.exists();
    if (before) await this.repair();
    else await this.capture("stack", "init", STACK);
    return before;
  }

  /**
   * Removes the lock, the orphans and the unfinished operations of an engine that was killed. Does nothing while an engine
   * runs.
   */
  async repair(): Promise<void> {
    const holders = await readLockHolders();
    if (isHeld(holders)) return;
    if (holders.length > 0) {
      say("The last deployment was killed: removing its lock");
      await this.capture("cancel", STACK, "--yes");
    }
    const pending = listPendingOperations();
    if (pending.length === 0) return;
    say(`The last deployment was interrupted (unfinished steps: ${pending.length}): checking what they did`);
    if (this.machine.engine !== undefined) await removeOrphans(this.machine.engine, pending);
    await this.capture("refresh", "--stack", STACK, "--yes", "--skip-preview", "--clear-pending-creates");
  }

  /** Sets the target in the stack's configuration, unless it is set already. */
  async useTarget(target: Target): Promise<void> {
    if ((configuredTarget() ?? "docker") === target) return;
    // docker is the default in Pulumi.yaml.
    if (target === "docker") await this.capture("config", "rm", "target", "--stack", STACK);
    else await this.capture("config", "set", "target", target, "--stack", STACK);
  }

  /** Sets a value of the stack's configuration. */
  async configure(key: string, value: string): Promise<void> {
    await this.capture("config", "set", key, value, "--stack", STACK);
  }

  /** Reads a value of the stack's configuration; empty if it is not set. */
  async readConfiguration(key: string): Promise<string> {
    return (await this.attempt("config", "get", key, "--stack", STACK)).stdout.trim();
  }

  /** Sets the image of containers, unless the user has configured one. */
  async useImage(image: string): Promise<void> {
    const found = await this.readConfiguration("image");
    const configured = found === "" ? vendorImages.server : found;
    const automatic = configured === vendorImages.server || configured.startsWith(BUILT_IMAGES);
    if (!automatic || configured === image) return;
    if (image === vendorImages.server) await this.capture("config", "rm", "image", "--stack", STACK);
    else await this.capture("config", "set", "image", image, "--stack", STACK);
  }

  /** Runs a Pulumi command for this stack on the terminal. @returns its exit code */
  run(command: string, ...args: string[]): Promise<number> {
    return this.pulumi([command, "--stack", STACK, ...args]);
  }

  /** Runs the Pulumi CLI on the terminal with any arguments. @returns its exit code */
  async pulumi(args: string[], variables: NodeJS.ProcessEnv = {}): Promise<number> {
    try {
      return await live(this.machine.pulumi, args, { cwd: checkout, env: { ...this.env, ...variables } });
    } finally {
      await endRun();
    }
  }

  /** Reads the stack's outputs, including secrets. Do not print them. */
  async readOutputs(): Promise<unknown> {
    const { code, stdout } = await this.attempt("stack", "output", "--stack", STACK, "--json", "--show-secrets");
    if (code !== 0) throw new ToolError("The outputs of the stack cannot be read.", "Try `npm start` again.");
    return JSON.parse(stdout) as unknown;
  }

  /** Whether the stack was created. */
  exists(): boolean {
    return listStacks().includes(ownStack());
  }

  private attempt(...args: string[]) {
    return attempt(this.machine.pulumi, [...args, "--non-interactive"], { cwd: checkout, env: this.env });
  }

  private capture(...args: string[]): Promise<string> {
    return capture(this.machine.pulumi, [...args, "--non-interactive"], { cwd: checkout, env: this.env });
  }
}
