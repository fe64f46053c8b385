import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { lockHolders, ownStack, passphrase, pendingOperations, STACK, stacks, state, stateFile } from "./backend";
import { mendKilledWrite } from "./killed-write";
import { isRunning } from "./lib/processes";
import { attempt, capture, live } from "./lib/run";
import { say, ToolError } from "./lib/say";
import { checkout } from "./local-folder";
import type { Machine } from "./machine";
import { removeOrphans } from "./orphans";
import { endRun } from "./run-scope";
import { configuredTarget, type Target } from "./target";
import { BUILT_IMAGES, vendorImages } from "./versions";

const PASSPHRASE_BYTES = 32;

/** Whether one of the engines that have the lock of the stack still runs. */
function isHeld(holders: readonly number[]): boolean {
  return holders.some((pid) => isRunning(pid, "pulumi"));
}

/** The stack `local` of this checkout, on a backend of files in a folder that git ignores. */
export class LocalStack {
  /** Mends what an engine that was killed has not written to its end; one that still runs is left alone. */
  static async mend(): Promise<void> {
    const mended = !isHeld(await lockHolders()) && (await mendKilledWrite(stateFile()));
    if (mended) say("The last deployment was killed while it wrote the state: mending that");
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

  /**
   * Makes the stack when there is none, with a random passphrase that only this user can read.
   *
   * @returns whether it was there before
   */
  async ready(): Promise<boolean> {
    await mkdir(state, { recursive: true, mode: 0o700 });
    if (!existsSync(passphrase)) {
      await writeFile(passphrase, randomBytes(PASSPHRASE_BYTES).toString("base64url"), { mode: 0o600, flag: "wx" });
    }
    const before = this.exists();
    if (before) await this.repair();
    else await this.ask("stack", "init", STACK);
    return before;
  }

  /** Takes away what an engine that was killed left in the state and on the Docker Engine; one that still runs is left alone. */
  async repair(): Promise<void> {
    const holders = await lockHolders();
    if (isHeld(holders)) return;
    if (holders.length > 0) {
      say("The last deployment was killed: taking its lock away");
      await this.ask("cancel", STACK, "--yes");
    }
    const pending = pendingOperations();
    if (pending.length === 0) return;
    say(`The last deployment was interrupted (unfinished steps: ${pending.length}): looking at what came of them`);
    if (this.machine.engine !== undefined) await removeOrphans(this.machine.engine, pending);
    await this.ask("refresh", "--stack", STACK, "--yes", "--skip-preview", "--clear-pending-creates");
  }

  /** Configures where the servers run, when that is not what the stack says already. */
  async useTarget(target: Target): Promise<void> {
    if ((configuredTarget() ?? "docker") === target) return;
    // The default stands in Pulumi.yaml.
    if (target === "docker") await this.ask("config", "rm", "target", "--stack", STACK);
    else await this.ask("config", "set", "target", target, "--stack", STACK);
  }

  /** Configures the image where the vendor's could not be had; one that the person has configured stays. */
  async useImage(image: string): Promise<void> {
    const { stdout } = await this.try("config", "get", "image", "--stack", STACK);
    const configured = stdout.trim() === "" ? vendorImages.server : stdout.trim();
    const automatic = configured === vendorImages.server || configured.startsWith(BUILT_IMAGES);
    if (!automatic || configured === image) return;
    if (image === vendorImages.server) await this.ask("config", "rm", "image", "--stack", STACK);
    else await this.ask("config", "set", "image", image, "--stack", STACK);
  }

  /** Runs a command of the engine for this stack on the terminal. @returns its exit code */
  run(command: string, ...args: string[]): Promise<number> {
    return this.pulumi([command, "--stack", STACK, ...args]);
  }

  /** Runs the CLI on the terminal with arguments of the person's own. @returns its exit code */
  async pulumi(args: string[], variables: NodeJS.ProcessEnv = {}): Promise<number> {
    try {
      return await live(this.machine.pulumi, args, { cwd: checkout, env: { ...this.env, ...variables } });
    } finally {
      await endRun();
    }
  }

  /** The stack's outputs, secrets included: for use, not for showing. */
  async outputs(): Promise<unknown> {
    const { code, stdout } = await this.try("stack", "output", "--stack", STACK, "--json", "--show-secrets");
    if (code !== 0) throw new ToolError("The outputs of the stack cannot be read.", "Try `npm start` again.");
    return JSON.parse(stdout) as unknown;
  }

  /** Whether the stack was made. */
  exists(): boolean {
    return stacks().includes(ownStack());
  }

  private try(...args: string[]) {
    return attempt(this.machine.pulumi, [...args, "--non-interactive"], { cwd: checkout, env: this.env });
  }

  private ask(...args: string[]): Promise<string> {
    return capture(this.machine.pulumi, [...args, "--non-interactive"], { cwd: checkout, env: this.env });
  }
}
