import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { repairKilledWrite } from "../../tools/killed-write";
import { identity } from "../../tools/lib/processes";
import type { Declaration } from "../stack/programs/declared/declaration";
import { CommandHost, newestNode, type CommandScript } from "./command-hosts";
import { mustLeaveNothing } from "./leftovers";
import { natsServer } from "./local-server";
import { failed, preloading, PulumiCli, stoppingAfter, succeeded, type CliResult } from "./stack-cli";
import { StackEngine } from "./stack-engine";
import { STEP_TIMEOUT, type SingleStackOptions } from "./stack-options";
import { freePorts } from "./stack-ports";
import {
  CHECKOUT,
  compiledProject,
  packageCommand,
  type Program,
  type StackOutputs,
  type StackPorts,
  type StateResource,
} from "./stack-programs";
import { StackProcesses } from "./stack-processes";
import { keyService, SECRETS_PROVIDER } from "./stack-secrets";
import type { StackServers, TargetName } from "./stack-servers";
import { StackState, type Backend } from "./stack-state";

export { activeIn, failed, succeeded } from "./stack-cli";
export { STEP_TIMEOUT } from "./stack-options";
export * from "./stack-programs";

/** Number of ports of a stack. */
const PORTS = 5;

/** Commands that run the program. */
const RUNNING_PROGRAM = ["preview", "up"];

/** Interval for polling the progress of a command, in milliseconds. */
const PAUSE = 5;

/** Options of a test stack. */
export interface StackOptions extends SingleStackOptions {
  /** A stack on the same backend, to which a stack reference can refer. */
  readonly beside?: TestStack;
}

/**
 * Creates a stack before the tests of the calling describe block, and removes it without a trace after them, even if they
 * fail.
 */
export function testStack(program: Program, options: StackOptions = {}): TestStack {
  return withHooks(new TestStack(program, options));
}

/** Creates a stack in hooks of the calling describe block: see {@link testStack}. */
export function withHooks<Stack extends TestStack>(stack: Stack): Stack {
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

/**
 * A stack on the real engine, used through the CLI, with its own ports on this host. Stores its state, configuration and
 * passphrase in a temporary folder.
 */
export class TestStack {
  readonly name = `t${randomBytes(4).toString("hex")}`;
  /** Folder for all files of the stack. Its name contains the identity of this process, which owns it. */
  readonly folder = join(tmpdir(), `nats-auth-${identity()}-${this.name}`);
  /** The servers of the stack, as containers and as local processes. */
  readonly engine = new StackEngine(this.name);
  readonly local = new StackProcesses(join(this.folder, "home"));
  /** Where the stack's servers run. A change applies from the next command on. */
  target: TargetName;
  readonly #options: Required<Omit<StackOptions, "beside" | "passphrase">> &
    Pick<StackOptions, "beside"> & { readonly passphrase: string | undefined };
  /** Stack configuration in addition to ports and image. A change applies from the next command on. */
  readonly config: Record<string, unknown> = {};
  /** Variables to set, or to unset where undefined. A change applies from the next command on. */
  readonly env: NodeJS.ProcessEnv = {};
  #prepared:
    | {
        readonly backend: Backend;
        readonly cli: PulumiCli;
        /** Project folder in which commands run. */
        readonly project: string;
        /** Whether one process runs the program and those of other stacks. */
        readonly isHosted: boolean;
        readonly state: StackState;
        readonly ports: StackPorts;
        readonly spare: number;
      }
    | undefined;

  constructor(
    readonly program: Program,
    options: StackOptions,
  ) {
    const { fromSource = false } = options;
    const hosted = options.hosted ?? !fromSource;
    const passphrase = options.passphrase ?? (hosted ? undefined : randomBytes(24).toString("base64url"));
    this.#options = { targets: ["process"], fromSource, logs: !hosted, ...options, hosted, passphrase };
    [this.target] = this.#options.targets;
    mustLeaveNothing(this);
  }

  /** The stack's servers on the current target. */
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

  /** All output of the CLI for this stack. */
  get transcript(): string {
    return this.#ready().cli.transcript;
  }

  /** Creates the stack, without any resource. */
  async prepare(): Promise<void> {
    const { folder } = this;
    const own = { folder: join(folder, "state"), passphrase: this.#options.passphrase };
    const backend = this.#options.beside === undefined ? own : this.#options.beside.#ready().backend;
    const cli = new PulumiCli(this.name, {
      PULUMI_BACKEND_URL: `file://${backend.folder}`,
      ...(backend.passphrase === undefined ? await keyService() : { PULUMI_CONFIG_PASSPHRASE: backend.passphrase }),
      PATH: this.#path(),
      ...(this.#options.logs ? { PULUMI_HOME: this.#home } : {}),
    });
    const [staticPort = 0, staticClusterPort = 0, operatorPort = 0, operatorClusterPort = 0, spare = 0] =
      await freePorts(PORTS);
    const ports = { staticPort, staticClusterPort, operatorPort, operatorClusterPort };
    const source = join(CHECKOUT, this.program.folder);
    const project = this.#options.fromSource ? source : await compiledProject(this.program);
    const path = join(backend.folder, ".pulumi/stacks", this.program.project, `${this.name}.json`);
    const state = new StackState(path, backend.passphrase);
    this.#prepared = { backend, cli, project, isHosted: this.#options.hosted, state, ports, spare };
    await mkdir(own.folder, { recursive: true });
    if (this.#options.logs) {
      await mkdir(this.#home);
      await symlink(join(process.env.PULUMI_HOME ?? "", "plugins"), join(this.#home, "plugins"));
    }
    if (this.#options.targets.includes("docker")) {
      await this.engine.prepareImage(this.program.image ?? "NATS_IMAGE");
    }
    // Created in a separate folder: the CLI writes a new stack's configuration next to the project file.
    await writeFile(join(folder, "Pulumi.yaml"), `name: ${this.program.project}\nruntime: nodejs\n`);
    const secrets = backend.passphrase === undefined ? ["--secrets-provider", SECRETS_PROVIDER] : [];
    succeeded(await cli.run(folder, ["stack", "init", this.name, "--no-select", ...secrets]));
  }

  /**
   * Sets the declaration of the program {@link DECLARED} for the next commands. Stores it in a separate file, because the
   * state contains the stack configuration, and would therefore contain the seeds of the declaration.
   */
  async declare(declaration: Declaration): Promise<void> {
    await writeFile(this.declarationPath, JSON.stringify(declaration));
    this.config.declaration = this.declarationPath;
  }

  /** File with the declaration of the program. */
  get declarationPath(): string {
    return join(this.folder, "declaration.json");
  }

  /** Returns the name of a server of an entry of `servers`. */
  serverOf(entry: string): string {
    return entry;
  }

  /** Returns the URL by which clients of this machine reach a server. */
  async urlOf(server: string): Promise<string> {
    return ((await this.outputs()).clientUrls as Readonly<Record<string, string>>)[server] ?? assert.fail(server);
  }

  /** Describes what belongs to the stack where its servers run, other than the servers that it declares. */
  leftOvers(): Promise<string[]> {
    return this.servers.leftOvers();
  }

  preview(...flags: string[]): Promise<CliResult> {
    return this.#operation(["preview", ...flags]);
  }

  /** Updates without a preceding preview; see {@link preview}. */
  up(...flags: string[]): Promise<CliResult> {
    return this.#operation(["up", "--yes", "--skip-preview", ...flags]);
  }

  refresh(...flags: string[]): Promise<CliResult> {
    return this.#operation(["refresh", "--yes", "--skip-preview", ...flags]);
  }

  destroy(...flags: string[]): Promise<CliResult> {
    const confirmed = flags.includes("--preview-only") ? [] : ["--yes", "--skip-preview"];
    return this.#operation(["destroy", ...confirmed, ...flags]);
  }

  /**
   * Runs an update, and kills it with all of its processes right after a step: `<method> <resource>` for the
   * handler of a resource, such as `update cluster-configuration`, or `<method> <server>`, such as `put static`.
   *
   * @throws Error when the update ends without this step
   */
  async killAfter(step: string): Promise<CliResult> {
    const file = join(this.folder, "step");
    await rm(file, { force: true });
    const updating = this.#operation(["up", "--yes", "--skip-preview"], stoppingAfter(step, file));
    const ended = updating.then(({ output }) => output);
    while (!existsSync(file)) {
      const output = await Promise.race([ended, sleep(PAUSE)]);
      assert.equal(output, undefined, `the update has ended without the step "${step}"`);
    }
    await this.#ready().cli.kill();
    return failed(await updating);
  }

  /** Runs the next commands with a program in another language: with the project in a folder. */
  runProject(folder: string): void {
    this.#prepared = { ...this.#ready(), project: folder, isHosted: false };
  }

  /** Returns output of the stack without secrets. */
  show(...args: string[]): Promise<CliResult> {
    return this.#ready().cli.run(this.folder, [...args, "--stack", this.name], this.#variables());
  }

  /** Runs the command of the package for the stack, as its users do. */
  command(...args: string[]): Promise<CliResult> {
    const command = packageCommand([...args, "--stack", this.name, "--cwd", this.folder]);
    return this.#ready().cli.runOther(tmpdir(), command, this.#variables());
  }

  /** Returns the stack's outputs, including secrets. The transcript does not contain them. */
  async outputs(): Promise<StackOutputs> {
    const stack = (await this.resources()).find(({ type }) => type === "pulumi:pulumi:Stack");
    return (stack?.outputs ?? {}) as unknown as StackOutputs;
  }

  /** Replaces the stack's state with one from `stack export`. */
  async import(deployment: string): Promise<void> {
    const file = join(this.folder, "import.json");
    await writeFile(file, deployment);
    succeeded(await this.#ready().cli.run(this.folder, ["stack", "import", "--stack", this.name, "--file", file]));
  }

  /** Returns the resources in the stack's state, with secrets in plain text. */
  resources(): Promise<StateResource[]> {
    return this.#ready().state.resources();
  }

  /** Returns the resources in the stack's state as stored by the backend, with encrypted secrets. */
  sealedResources(): Promise<StateResource[]> {
    return this.#ready().state.sealedResources();
  }

  /** Returns the state as stored by the backend. */
  rawState(): Promise<string> {
    return this.#ready().state.text();
  }

  /** Follows the documented steps after a killed command: repairs a truncated state and removes the lock. */
  async unlock(): Promise<CliResult> {
    await repairKilledWrite(this.#ready().state.path);
    return this.show("cancel", "--yes");
  }

  /** Returns the CLI's log files for this stack's commands, which it keeps with the option `logs`. */
  async logs(): Promise<string> {
    const folder = join(this.#home, "logs");
    const files = (await readdir(folder)).map((name) => readFile(join(folder, name), "latin1"));
    return (await Promise.all(files)).join("\n");
  }

  /** Returns the processes of this stack's commands that still run after a grace period. */
  async processes(): Promise<number[]> {
    const { cli } = this.#ready();
    await cli.ended();
    return cli.processes();
  }

  /** Describes everything that remains of the stack. */
  async remains(): Promise<string[]> {
    const image = this.#options.targets.includes("docker") && (await this.engine.hasImage()) ? [this.engine.image] : [];
    const projects = [join(CHECKOUT, this.program.folder), this.#prepared?.project ?? this.folder];
    const files = [this.folder, ...new Set(projects.map((project) => join(project, `Pulumi.${this.name}.yaml`)))];
    const found = files.filter((path) => existsSync(path));
    return [...(await this.#belongings()), ...image, ...found];
  }

  /** Removes everything, without the engine: what a destroy leaves is up to tests. Fails when anything remains. */
  async dispose(): Promise<void> {
    if (this.#prepared === undefined) {
      return;
    }
    const { cli } = this.#prepared;
    await cli.kill();
    await Promise.all(this.#options.targets.map((target) => this.#serversOf(target).clear()));
    await rm(this.folder, { recursive: true, force: true });
    assert.deepEqual(await this.remains(), []);
    assert.deepEqual(cli.processes(), []);
  }

  /** @param stopping variables for a command that is to be killed, whose dynamic resources have a process of their own */
  async #operation([command = "", ...flags]: string[], stopping?: NodeJS.ProcessEnv): Promise<CliResult> {
    const file = await this.#configFile();
    const { cli, project, isHosted } = this.#ready();
    const environment = { ...process.env, PATH: this.#path(), ...this.#variables() };
    const { hosted, fromSource } = this.#options;
    const take = (script: CommandScript) => CommandHost.take(script, project, environment);
    const program = isHosted && RUNNING_PROGRAM.includes(command) ? await take("program-host.cjs") : undefined;
    const provider = hosted && stopping === undefined ? await take("provider-host.cjs") : undefined;
    const client = program === undefined ? [] : ["--client", `127.0.0.1:${program.port}`];
    const result = await cli.run(project, [command, "--stack", this.name, "--config-file", file, ...client, ...flags], {
      ...this.#variables(),
      ...(hosted || fromSource ? {} : preloading("load-later.cjs")),
      ...(provider === undefined
        ? stopping
        : { PULUMI_DEBUG_PROVIDERS: `pulumi-nodejs:${provider.port}`, PULUMI_SKIP_CHECKPOINTS: "true" }),
    });
    // A program that failed may reject more promises later, which the next command would report.
    if (program !== undefined) cli.show(program.release(result.code !== 0));
    if (provider !== undefined) cli.show(provider.release(result.code === null));
    return result;
  }

  #serversOf(target: TargetName): StackServers {
    return target === "docker" ? this.engine : this.local;
  }

  async #belongings(): Promise<string[]> {
    const lists = await Promise.all(this.#options.targets.map((target) => this.#serversOf(target).belongings()));
    return lists.flat();
  }

  /** Returns the variables of a command. A stack without containers cannot reach a Docker Engine. */
  #variables(): NodeJS.ProcessEnv {
    const noEngine = { DOCKER_HOST: "unix:///nowhere/docker.sock" };
    return {
      ...(this.#options.targets.includes("process") ? { XDG_STATE_HOME: this.local.home } : {}),
      ...(this.#options.targets.includes("docker") ? {} : noEngine),
      ...this.env,
    };
  }

  /** Returns where commands find executables. Projects that run from source use the version of Node.js that users have. */
  #path(): string {
    const node = this.#options.fromSource ? [] : [dirname(newestNode())];
    const server = this.#options.targets.includes("process") ? [dirname(natsServer())] : [];
    const { PULUMI_YAML_HOST: yamlHost, PATH: path } = process.env;
    return [...node, ...server, ...(yamlHost === undefined ? [] : [yamlHost]), path].join(delimiter);
  }

  async #configFile(): Promise<string> {
    const { folder } = this;
    const settings = await readFile(join(folder, `Pulumi.${this.name}.yaml`), "utf8");
    const secrets = [...settings.matchAll(/^(secretsprovider|encryptedkey|encryptionsalt): (.*)$/gm)];
    const target = this.target === "docker" ? {} : { target: this.target };
    const own = Object.entries({ image: this.engine.image, ...target, ...this.ports, ...this.config });
    const config = Object.fromEntries(own.map(([key, value]) => [`${this.program.project}:${key}`, value]));
    // Everything on the engine that belongs to the stack has its name.
    const autonaming = { pattern: "${name}-${stack}-${hex(7)}" };
    const path = join(folder, "config.yaml");
    await writeFile(
      path,
      JSON.stringify({
        ...Object.fromEntries(secrets.map(([, key, value]) => [key, value])),
        config: { "pulumi:autonaming": autonaming, ...config },
      }),
    );
    return path;
  }

  /** The home of a CLI that logs. That of this process has a file in place of the folder for logs. */
  get #home(): string {
    return join(this.folder, "pulumi-home");
  }

  #ready() {
    if (this.#prepared === undefined) {
      throw new Error("the stack is made in a hook before the tests; it is not there yet");
    }
    return this.#prepared;
  }
}
