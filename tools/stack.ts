import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { checkout, localFolder } from "./local-folder";
import { isRunning } from "./lib/processes";
import { attempt, capture, live } from "./lib/run";
import { say, ToolError } from "./lib/say";
import type { Machine } from "./machine";
import { BUILT_IMAGES, vendorImages } from "./versions";

const folder = localFolder(checkout);
const state = join(folder, "state");
const passphrase = join(folder, "passphrase");
/** Not `dev`, which may be this person's own stack on another backend, with its Pulumi.dev.yaml. */
const STACK = "local";
const PASSPHRASE_BYTES = 32;

/** Removes the local stack's folder. */
export async function forget(): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

/** The JSON files in a folder of the backend and below, if there is one. */
async function jsonFiles(where: string): Promise<string[]> {
  if (!existsSync(where)) return [];
  const names = await readdir(where, { recursive: true });
  return names.filter((name) => name.endsWith(".json")).map((name) => join(where, name));
}

/** The stack `local` of this checkout, on a backend of files in a folder that git ignores. */
export class LocalStack {
  private readonly env: NodeJS.ProcessEnv;

  constructor(private readonly machine: Machine) {
    this.env = {
      ...machine.env,
      PULUMI_BACKEND_URL: `file://${state}`,
      PULUMI_CONFIG_PASSPHRASE_FILE: passphrase,
    };
    delete this.env.PULUMI_CONFIG_PASSPHRASE;
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
    const before = await this.exists();
    if (before) await this.unlock();
    else await this.ask("stack", "init", STACK);
    return before;
  }

  /** Takes away the lock of an engine that was killed; one that still runs keeps its lock. */
  private async unlock(): Promise<void> {
    const locks = await jsonFiles(join(state, ".pulumi/locks"));
    const holders = await Promise.all(
      locks.map(async (file) => JSON.parse(await readFile(file, "utf8")) as { pid: number }),
    );
    if (holders.length === 0 || holders.some(({ pid }) => isRunning(pid, "pulumi"))) return;
    say("The last deployment was killed: taking its lock away");
    await this.ask("cancel", STACK, "--yes");
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

  /** Runs a command of the engine on the terminal. @returns its exit code */
  async run(command: string, ...args: string[]): Promise<number> {
    return live(this.machine.pulumi, [command, "--stack", STACK, ...args], { cwd: checkout, env: this.env });
  }

  /** The stack's outputs, secrets included: for use, not for showing. */
  async outputs(): Promise<unknown> {
    const { code, stdout } = await this.try("stack", "output", "--stack", STACK, "--json", "--show-secrets");
    if (code !== 0) throw new ToolError("The outputs of the stack cannot be read.", "Try `npm start` again.");
    return JSON.parse(stdout) as unknown;
  }

  /** Whether the stack was made. */
  async exists(): Promise<boolean> {
    return (await jsonFiles(join(state, ".pulumi/stacks"))).length > 0;
  }

  private try(...args: string[]) {
    return attempt(this.machine.pulumi, [...args, "--non-interactive"], { cwd: checkout, env: this.env });
  }

  private ask(...args: string[]): Promise<string> {
    return capture(this.machine.pulumi, [...args, "--non-interactive"], { cwd: checkout, env: this.env });
  }
}
