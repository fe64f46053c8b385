import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { attempt, capture, live } from "./lib/run";
import { ToolError } from "./lib/say";
import type { Machine } from "./machine";
import { BUILT_IMAGES, vendorImages } from "./versions";

/** The checkout. */
export const checkout = dirname(__dirname);

/** What the local stack leaves in the checkout beside its Pulumi.local.yaml: its state and its passphrase. */
const folder = join(checkout, ".pulumi-local");
const passphrase = join(folder, "passphrase");
/** Not `dev`, which may be this person's own stack on another backend, with its Pulumi.dev.yaml. */
const STACK = "local";
const PASSPHRASE_BYTES = 32;

/** Whether anything was ever deployed from this checkout by these tools. */
export function isThere(): boolean {
  return existsSync(folder);
}

/** Removes the local stack's folder. */
export async function forget(): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

/** The stack `local` of this checkout, on a backend of files in a folder that git ignores. */
export class LocalStack {
  private readonly env: NodeJS.ProcessEnv;

  constructor(private readonly machine: Machine) {
    this.env = {
      ...machine.env,
      PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE_FILE: passphrase,
    };
    delete this.env.PULUMI_CONFIG_PASSPHRASE;
  }

  /** Makes the stack when there is none, with a random passphrase that only this user can read. */
  async select(): Promise<void> {
    await mkdir(join(folder, "state"), { recursive: true, mode: 0o700 });
    if (!existsSync(passphrase)) {
      await writeFile(passphrase, randomBytes(PASSPHRASE_BYTES).toString("base64url"), { mode: 0o600, flag: "wx" });
    }
    await this.ask("stack", "select", STACK, "--create");
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

  /** Whether a deployment was ever begun. */
  async exists(): Promise<boolean> {
    const stacks = join(folder, "state/.pulumi/stacks");
    return existsSync(stacks) && (await readdir(stacks, { recursive: true })).some((name) => name.endsWith(".json"));
  }

  private try(...args: string[]) {
    return attempt(this.machine.pulumi, [...args, "--non-interactive"], { cwd: checkout, env: this.env });
  }

  private ask(...args: string[]): Promise<string> {
    return capture(this.machine.pulumi, [...args, "--non-interactive"], { cwd: checkout, env: this.env });
  }
}
