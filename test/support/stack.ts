import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { mendKilledWrite } from "../../tools/killed-write";
import { identity } from "../../tools/lib/processes";
import type { Declaration } from "../stack/programs/declared/declaration";
import { natsServer } from "./local-server";
import { PulumiCli, type CliResult } from "./stack-cli";
import { clearKilledRuns, StackEngine } from "./stack-engine";
import { freePorts } from "./stack-ports";
import { CHECKOUT, type Program, type StackOutputs, type StackPorts, type StateResource } from "./stack-programs";
import { StackProcesses } from "./stack-processes";
import type { StackServers, TargetName } from "./stack-servers";

export * from "./stack-programs";

/** How many ports a stack gets. */
const PORTS = 5;

/** Where states are kept, and what opens the secrets in them. */
interface Backend {
  readonly folder: string;
  readonly passphrase: string;
}

/** What there is to say about a stack of a test. */
export interface StackOptions {
  /** Where its servers run, first and later: see {@link TestStack.target}. @default docker alone */
  readonly targets?: readonly [TargetName, ...TargetName[]];
  /** A stack whose backend it shares, so that it can refer to it. */
  readonly beside?: TestStack;
  /** Opens the secrets in its state. @default one of its own */
  readonly passphrase?: string;
}

/**
 * A stack for the tests of the describe block that this is called in: made before them, and gone without a trace after
 * them, also when they failed.
 */
export function testStack(program: Program, options: StackOptions = {}): TestStack {
  const stack = new TestStack(program, options);
  before("a stack", async function () {
    this.timeout(STEP_TIMEOUT);
    await stack.prepare();
  });
  after("nothing is left of the stack", async function () {
    this.timeout(STEP_TIMEOUT);
    await stack.dispose();
  });
  return stack;
}

/** Milliseconds for some commands of the engine on a slow machine. No test passes by it. */
export const STEP_TIMEOUT = 300_000;

const made: TestStack[] = [];

before("nothing is left of test runs that were killed", clearKilledRuns);

after("no stack of any test has left anything", async function () {
  this.timeout(STEP_TIMEOUT);
  for (const stack of made) {
    assert.deepEqual(await stack.remains(), []);
  }
});

/**
 * A stack on the real engine, through the CLI, as a user has it: the project's own folder, and on this host ports of its
 * own. Its state, its configuration and its passphrase lie in a temporary folder.
 */
export class TestStack {
  readonly name = `t${randomBytes(4).toString("hex")}`;
  /** A folder for all that the stack has on this machine. The name of this process in it tells whose it is. */
  readonly folder = join(tmpdir(), `nats-auth-${identity()}-${this.name}`);
  /** The servers of the stack where they run in containers, and where they are processes. */
  readonly engine = new StackEngine(this.name);
  readonly local = new StackProcesses(join(this.folder, "home"));
  /** Where the stack's servers run; a change counts from the next command on. */
  target: TargetName;
  readonly #targets: readonly TargetName[];
  readonly #passphrase: string;
  readonly #beside: TestStack | undefined;
  /** The stack's configuration beside ports and image; a change counts from the next command on. */
  readonly config: Record<string, unknown> = {};
  /** Variables to set, or to leave out where undefined, from the next command on. */
  readonly env: NodeJS.ProcessEnv = {};
  #prepared:
    | {
        readonly backend: Backend;
        readonly cli: PulumiCli;
        readonly ports: StackPorts;
        readonly spare: number;
      }
    | undefined;

  constructor(
    readonly program: Program,
    { targets = ["docker"], beside, passphrase = randomBytes(24).toString("base64url") }: StackOptions = {},
  ) {
    this.#targets = targets;
    this.target = targets[0];
    this.#passphrase = passphrase;
    this.#beside = beside;
    made.push(this);
  }

  /** The stack's servers, where they run now. */
  get servers(): StackServers {
    return this.#serversOf(this.target);
  }

  get ports(): StackPorts {
    return this.#ready().ports;
  }

  /** A free port of the host that no server of the stack uses yet. */
  get sparePort(): number {
    return this.#ready().spare;
  }

  /** Everything that the CLI has shown of this stack. */
  get transcript(): string {
    return this.#ready().cli.transcript;
  }

  /** Makes the stack, without any resource. */
  async prepare(): Promise<void> {
    const { folder } = this;
    const own = { folder: join(folder, "state"), passphrase: this.#passphrase };
    const backend = this.#beside === undefined ? own : this.#beside.#ready().backend;
    const cli = new PulumiCli(this.name, {
      PULUMI_BACKEND_URL: `file://${backend.folder}`,
      PULUMI_CONFIG_PASSPHRASE: backend.passphrase,
    });
    const [staticPort = 0, staticClusterPort = 0, operatorPort = 0, operatorClusterPort = 0, spare = 0] =
      await freePorts(PORTS);
    const ports = { staticPort, staticClusterPort, operatorPort, operatorClusterPort };
    this.#prepared = { backend, cli, ports, spare };
    await mkdir(own.folder, { recursive: true });
    if (this.#targets.includes("docker")) {
      await this.engine.prepareImage(this.program.image ?? "NATS_IMAGE");
    }
    // Made from a folder of its own: the CLI writes a new stack's configuration beside the project's file.
    await writeFile(join(folder, "Pulumi.yaml"), `name: ${this.program.project}\nruntime: nodejs\n`);
    succeeded(await cli.run(folder, ["stack", "init", this.name, "--no-select"]));
  }

  /**
   * Says what the program {@link DECLARED} is to declare from now on. It stands in a file apart: what stands in a stack's
   * configuration is kept with the state, and seeds given here would be found there.
   */
  async declare(declaration: Declaration): Promise<void> {
    await writeFile(this.declarationPath, JSON.stringify(declaration));
    this.config.declaration = this.declarationPath;
  }

  /** The file that says what the program declares. */
  get declarationPath(): string {
    return join(this.folder, "declaration.json");
  }

  preview(...flags: string[]): Promise<CliResult> {
    return this.#operation("preview", ...flags);
  }

  /** Updates without a preview before, which shows nothing that {@link preview} does not. */
  up(...flags: string[]): Promise<CliResult> {
    return this.#operation("up", "--yes", "--skip-preview", ...flags);
  }

  refresh(...flags: string[]): Promise<CliResult> {
    return this.#operation("refresh", "--yes", "--skip-preview", ...flags);
  }

  destroy(...flags: string[]): Promise<CliResult> {
    return this.#operation("destroy", "--yes", "--skip-preview", ...flags);
  }

  /** Kills the running command and everything that it started, once it has shown a text. */
  async killAfter(text: string): Promise<void> {
    await this.#ready().cli.shows(text);
    await this.kill();
  }

  /** Kills the running command and everything that it started. */
  kill(): Promise<void> {
    return this.#ready().cli.kill();
  }

  /** Shows something of the stack to a user, who did not ask for secrets. */
  show(...args: string[]): Promise<CliResult> {
    return this.#ready().cli.run(this.folder, [...args, "--stack", this.name], this.#variables());
  }

  /** The stack's outputs, secrets included. They are no part of the transcript. */
  async outputs(): Promise<StackOutputs> {
    const { stdout } = succeeded(await this.#secretly("stack", "output", "--json", "--show-secrets"));
    return JSON.parse(stdout) as StackOutputs;
  }

  /** Puts a state in the place of the stack's own, as `stack export` gives one. */
  async import(deployment: string): Promise<void> {
    const file = join(this.folder, "import.json");
    await writeFile(file, deployment);
    succeeded(await this.#ready().cli.run(this.folder, ["stack", "import", "--stack", this.name, "--file", file]));
  }

  /** The resources in the stack's state, secrets in plain text. */
  async resources(): Promise<StateResource[]> {
    const { stdout } = succeeded(await this.#secretly("stack", "export", "--show-secrets"));
    const { deployment } = JSON.parse(stdout, unwrapped) as { deployment: { resources?: StateResource[] } };
    return deployment.resources ?? [];
  }

  /** The state as the backend keeps it. */
  rawState(): Promise<string> {
    return readFile(this.#statePath, "utf8");
  }

  /** Does what the documentation says after a killed command: mends what it has not written to its end, takes away its lock. */
  async unlock(): Promise<CliResult> {
    await mendKilledWrite(this.#statePath);
    return this.show("cancel", "--yes");
  }

  get #statePath(): string {
    return join(this.#ready().backend.folder, ".pulumi/stacks", this.program.project, `${this.name}.json`);
  }

  /** What the CLI wrote to its own logs of this stack's commands. */
  async logs(): Promise<string> {
    const files = await Promise.all((await this.#logs()).map((path) => readFile(path, "latin1")));
    return files.join("\n");
  }

  /** The processes of this stack's commands that still run, after those that are about to end have ended. */
  async processes(): Promise<number[]> {
    const { cli } = this.#ready();
    await cli.ended();
    return cli.processes();
  }

  /** What is left of the stack, in words. */
  async remains(): Promise<string[]> {
    const image = this.#targets.includes("docker") && (await this.engine.hasImage()) ? [this.engine.image] : [];
    const files = [this.folder, join(CHECKOUT, this.program.folder, `Pulumi.${this.name}.yaml`)];
    const found = files.filter((path) => existsSync(path));
    return [...(await this.#belongings()), ...image, ...found, ...(await this.#logs())];
  }

  /** Takes everything away, in the engine's own way where that works, and says what only force could remove. */
  async dispose(): Promise<void> {
    if (this.#prepared === undefined) {
      return;
    }
    const { cli } = this.#prepared;
    await cli.kill();
    try {
      if ((await this.#belongings()).length > 0) {
        await this.destroy("--run-program=false");
      }
    } finally {
      await cli.kill();
      await Promise.all(this.#targets.map((target) => this.#serversOf(target).clear()));
      const files = [this.folder, ...(await this.#logs())];
      await Promise.all(files.map((path) => rm(path, { recursive: true, force: true })));
    }
    assert.deepEqual(await this.remains(), []);
    assert.deepEqual(cli.processes(), []);
  }

  async #operation(command: string, ...flags: string[]): Promise<CliResult> {
    const file = await this.#configFile();
    const args = [command, "--stack", this.name, "--config-file", file, ...flags];
    return this.#ready().cli.run(join(CHECKOUT, this.program.folder), args, this.#variables());
  }

  #serversOf(target: TargetName): StackServers {
    return target === "docker" ? this.engine : this.local;
  }

  async #belongings(): Promise<string[]> {
    const lists = await Promise.all(this.#targets.map((target) => this.#serversOf(target).belongings()));
    return lists.flat();
  }

  /** The variables of a command: where there are no containers, there is no Docker Engine to be reached, either. */
  #variables(): NodeJS.ProcessEnv {
    const noEngine = { DOCKER_HOST: "unix:///nowhere/docker.sock" };
    return {
      ...(this.#targets.includes("process") ? this.#forProcesses() : {}),
      ...(this.#targets.includes("docker") ? {} : noEngine),
      ...this.env,
    };
  }

  #forProcesses(): NodeJS.ProcessEnv {
    const path = [dirname(natsServer()), process.env.PATH].join(delimiter);
    return { XDG_STATE_HOME: this.local.home, PATH: path };
  }

  /** Asks for secrets. */
  #secretly(...args: string[]): Promise<CliResult> {
    return this.#ready().cli.ask(this.folder, [...args, "--stack", this.name], this.#variables());
  }

  async #configFile(): Promise<string> {
    const { folder } = this;
    const salt = /^encryptionsalt: (.*)$/m.exec(await readFile(join(folder, `Pulumi.${this.name}.yaml`), "utf8"))?.[1];
    const target = this.target === "docker" ? {} : { target: this.target };
    const own = Object.entries({ image: this.engine.image, ...target, ...this.ports, ...this.config });
    const config = Object.fromEntries(own.map(([key, value]) => [`${this.program.project}:${key}`, value]));
    // The stack's name in every name on the engine tells what is this stack's.
    const autonaming = { pattern: "${name}-${stack}-${hex(7)}" };
    const path = join(folder, "config.yaml");
    await writeFile(
      path,
      JSON.stringify({ encryptionsalt: salt, config: { "pulumi:autonaming": autonaming, ...config } }),
    );
    return path;
  }

  async #logs(): Promise<string[]> {
    const logs = join(process.env.PULUMI_HOME ?? join(homedir(), ".pulumi"), "logs");
    const names = existsSync(logs) ? await readdir(logs) : [];
    return names.filter((name) => name.includes(this.name)).map((name) => join(logs, name));
  }

  #ready() {
    if (this.#prepared === undefined) {
      throw new Error("the stack is made in a hook before the tests; it is not there yet");
    }
    return this.#prepared;
  }
}

/** A secret value in place of the object by which an export says that it is one. */
function unwrapped(_key: string, value: unknown): unknown {
  return typeof value === "object" && value !== null && "plaintext" in value
    ? JSON.parse(String(value.plaintext))
    : value;
}

/** The result of a command that must have succeeded. */
export function succeeded(result: CliResult): CliResult {
  assert.equal(result.code, 0, result.output);
  return result;
}

/** The result of a command that must have failed. */
export function failed(result: CliResult): CliResult {
  assert.notEqual(result.code, 0, result.output);
  return result;
}
