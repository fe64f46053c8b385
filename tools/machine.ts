import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type Docker from "dockerode";
import { cacheRoot } from "./lib/cache-root";
import { pathWith } from "./lib/path";
import { identity } from "./lib/processes";
import { ToolError } from "./lib/say";
import { dockerPlugin, hasDockerPlugin } from "./parts/docker-plugin";
import { findEngine } from "./parts/engine";
import type { Engine } from "./parts/engine";
import { keptAddress, startKept, useKept } from "./parts/kept-engine";
import { ownEngine, startEngine, stopEngine, sweepEngines } from "./parts/own-engine";
import { HOST_VARIABLE, presentCli, pulumiCli } from "./parts/pulumi-cli";
import { MARK, sweepRuns } from "./run-scope";

/** A machine on which a Pulumi program with containers can be deployed. */
export interface Machine {
  /** The Pulumi CLI. */
  pulumi: string;
  /** The environment for it, and for everything that runs it. */
  env: NodeJS.ProcessEnv;
  docker: Docker;
  /** Whether the Docker Engine is the one that these tools have started. */
  own: boolean;
  /** Whether the Docker Engine was started just now, so that no container runs on it yet. */
  fresh: boolean;
}

/** The environment in which a CLI works with an engine. */
function environmentFor(bin: string, host: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PATH: pathWith(bin),
    DOCKER_HOST: host,
    // A home of our own: nothing here reads or changes how this person is logged in.
    PULUMI_HOME: join(cacheRoot(), "pulumi-home"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    [HOST_VARIABLE]: join(__dirname, "language-host/pulumi-language-nodejs"),
    [MARK]: identity(),
  };
}

/** Every plugin is in place; without this the engine would look for newer ones on the network. */
const noDownloads = { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" };

/** Finds or makes the Pulumi CLI and what it needs, for an engine. */
async function pulumiFor({ host, docker }: Engine, fresh: boolean): Promise<Machine> {
  const bin = await pulumiCli();
  const env = environmentFor(bin, host);
  await mkdir(env.PULUMI_HOME ?? "", { recursive: true, mode: 0o700 });
  const pulumi = join(bin, "pulumi");
  await dockerPlugin(pulumi, env);
  return { pulumi, env: { ...env, ...noDownloads }, docker, own: keptAddress().includes(host), fresh };
}

/** The machine as it is, prepared earlier: nothing is fetched, built or started. @throws ToolError where something is missing */
export async function present(): Promise<Machine> {
  const remedy = "Run `npm start` first.";
  const { engine, tried } = await findEngine(keptAddress());
  if (engine === undefined) {
    const where = tried.length === 0 ? "" : ` Tried: ${tried.join("; ")}.`;
    throw new ToolError(`No Docker Engine answers.${where}`, remedy);
  }
  const bin = await presentCli();
  if (bin === undefined) throw new ToolError("The Pulumi CLI is not on this machine.", remedy);
  const env = environmentFor(bin, engine.host);
  if (!hasDockerPlugin(env.PULUMI_HOME ?? "")) throw new ToolError("Pulumi has no docker plugin.", remedy);
  const own = keptAddress().includes(engine.host);
  return { pulumi: join(bin, "pulumi"), env: { ...env, ...noDownloads }, docker: engine.docker, own, fresh: false };
}

/** Takes away what killed runs left behind, in the order in which one thing uses the other. */
export async function sweep(): Promise<void> {
  await sweepRuns();
  await sweepEngines();
}

/** Prepares this machine for a deployment that stays: a Docker Engine that is started here goes on running. */
export async function prepare(): Promise<Machine> {
  await sweep();
  const { engine: found, tried } = await findEngine(keptAddress());
  const engine = found ?? (await startKept(tried));
  await useKept(engine);
  return pulumiFor(engine, found === undefined);
}

/** Prepares this machine for some work, and takes away afterwards what was started for it, however the work ends. */
export async function prepareFor<T>(work: (machine: Machine) => Promise<T>): Promise<T> {
  await sweep();
  const { engine, tried } = await findEngine(keptAddress());
  if (engine !== undefined) return work(await pulumiFor(engine, false));
  try {
    const started = await startEngine(ownEngine(), "for the time of this run", tried);
    return await work(await pulumiFor(started, true));
  } finally {
    await stopEngine(ownEngine());
  }
}
