import { execFile } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { natsServer, temporaryFolder } from "../support/local-server";
import { readBlocks } from "../support/page-blocks";
import { StackProcesses } from "../support/stack-processes";
import { CHECKOUT } from "../support/stack-programs";

const run = promisify(execFile);

/** Enough for what compilers print. */
const MAX_BUFFER = 2 ** 26;

/** A command that succeeded, or failed. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly output: string;
}

/** Runs a command to its end. */
export async function attempt(
  file: string,
  args: readonly string[],
  cwd: string,
  env?: NodeJS.ProcessEnv,
): Promise<Ran> {
  const options = { cwd, env: { ...process.env, ...env }, maxBuffer: MAX_BUFFER };
  try {
    const { stdout, stderr } = await run(file, args, options);
    return { code: 0, stdout, output: stdout + stderr };
  } catch (error) {
    const { code = 1, stdout = "", stderr = "" } = error as { code?: number; stdout?: string; stderr?: string };
    return { code: typeof code === "number" ? code : 1, stdout, output: `${stdout}${stderr}${String(error)}` };
  }
}

/** Runs a command that must succeed. */
export async function succeed(
  file: string,
  args: readonly string[],
  cwd: string,
  env?: NodeJS.ProcessEnv,
): Promise<Ran> {
  const ran = await attempt(file, args, cwd, env);
  if (ran.code !== 0) {
    throw new Error(`${file} ${args.join(" ")} failed: ${ran.output}`);
  }
  return ran;
}

/** Packages of the schema for other languages, generated once, and projects that use them. */
export class GeneratedPackages {
  readonly folder = temporaryFolder("sdks");

  /** Generates the packages: a folder for each language. */
  async generate(): Promise<void> {
    const { SDK_GENERATOR: generator } = process.env;
    if (generator === undefined) {
      throw new Error("SDK_GENERATOR is not set: run `npm run languages`, which provides it");
    }
    await succeed(generator, [join(CHECKOUT, "schemas/pulumi.json"), join(this.folder, "sdks")], CHECKOUT);
  }

  /** Returns the folder of a generated package. */
  package(language: string): string {
    return join(this.folder, "sdks", language);
  }

  /**
   * Copies an example to a project with the npm package.
   *
   * @param language that of its generated package, which is where `pulumi install` puts it. @default none
   * @returns its folder
   */
  project(name: string, example: string, language?: string): string {
    const folder = join(this.folder, name);
    cpSync(join(CHECKOUT, "examples", example), folder, { recursive: true });
    symlinkSync(join(CHECKOUT, "node_modules"), join(folder, "node_modules"));
    if (language !== undefined) {
      cpSync(this.package(language), join(folder, "sdks/nats-auth"), { recursive: true });
    }
    return folder;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Outputs and changes of an update. */
export interface Updated {
  readonly outputs: Readonly<Record<string, { readonly value: unknown; readonly secret: boolean }>>;
  readonly changes: Readonly<Record<string, number>>;
}

/** A stack whose program a driver runs, with the Automation API of its language. */
export class DrivenStack {
  readonly name = "dev";
  readonly servers: StackProcesses;
  /** All that the driver has printed. */
  transcript = "";

  constructor(
    private readonly folder: string,
    private readonly drive: (command: string, env: NodeJS.ProcessEnv) => Promise<Ran>,
  ) {
    this.servers = new StackProcesses(join(folder, "home"));
  }

  /** Updates the stack. */
  async up(): Promise<Updated> {
    const { stdout } = await this.#run("up");
    const line = stdout.split("\n").find((one) => one.startsWith("{")) ?? "";
    return JSON.parse(line) as Updated;
  }

  async destroy(): Promise<void> {
    await this.#run("destroy");
  }

  /** Returns the stored state. */
  state(project: string): string {
    return readFileSync(join(this.folder, "state/.pulumi/stacks", project, `${this.name}.json`), "utf8");
  }

  async #run(command: string): Promise<Ran> {
    mkdirSync(join(this.folder, "state"), { recursive: true });
    const ran = await this.drive(command, {
      PULUMI_BACKEND_URL: `file://${join(this.folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "a test",
      PATH: `${dirname(natsServer())}:${process.env.PATH ?? ""}`,
      XDG_STATE_HOME: join(this.folder, "home"),
    });
    if (ran.code !== 0) {
      throw new Error(ran.output);
    }
    // The result on stdout has the secrets.
    this.transcript += ran.output.replace(ran.stdout, "");
    return ran;
  }
}

/** Returns the blocks of code of a language on a page. */
export function blocksOf(page: string, language: string): string[] {
  const blocks = readBlocks(readFileSync(join(CHECKOUT, page), "utf8"), language);
  return blocks.map(({ lines }) => `${lines.join("\n")}\n`);
}

/** Writes a file of a project. */
export function writeProjectFile(folder: string, name: string, text: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}

/** Copies a file of this folder to a project. */
export function copyDriver(name: string, folder: string): void {
  copyFileSync(join(__dirname, name), join(folder, name));
}
