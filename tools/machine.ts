import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type Docker from "dockerode";
import { cacheRoot } from "./lib/cache-root";
import { pathWith } from "./lib/path";
import { identity } from "./lib/processes";
import { ToolError } from "./lib/say";
import { dockerPlugin, hasDockerPlugin } from "./parts/docker-plugin";
import { findEngine } from "./parts/engine";
import type { Engine, Search } from "./parts/engine";
import { keptAddress, startKept, useKept } from "./parts/kept-engine";
import { natsServerAlone, presentServer } from "./parts/nats-server";
import { ownEngine, startEngine, stopEngine, sweepEngines } from "./parts/own-engine";
import { HOST_VARIABLE, presentCli, pulumiCli } from "./parts/pulumi-cli";
import { MARK, sweepRuns } from "./run-scope";
import { configuredTarget, hasContainers } from "./target";

/** A Docker Engine that is used. */
export interface UsedEngine {
  docker: Docker;
  /** Whether it is the one that these tools have started. */
  own: boolean;
  /** Whether it was started just now, so that no container runs on it yet. */
  fresh: boolean;
}

/** A machine on which a Pulumi program can be deployed. */
export interface Machine {
  /** The Pulumi CLI. */
  pulumi: string;
  /** The environment for it, and for everything that runs it. */
  env: NodeJS.ProcessEnv;
  /** What has the containers, where there are some. */
  engine?: UsedEngine;
}

/** A machine with a Docker Engine. */
export type DockerMachine = Machine & { engine: UsedEngine };

/** The environment in which a CLI works, with an engine where there is one. */
function environmentFor(folders: string[], host?: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PATH: pathWith(...folders),
    ...(host === undefined ? {} : { DOCKER_HOST: host }),
    // A home of our own: nothing here reads or changes how this person is logged in.
    PULUMI_HOME: join(cacheRoot(), "pulumi-home"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    [HOST_VARIABLE]: join(__dirname, "language-host/pulumi-language-nodejs"),
    [MARK]: identity(),
  };
}

/** Every plugin is in place; without this the engine would look for newer ones on the network. */
const noDownloads = { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" };
const downloads = { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: undefined };

/** Finds or makes the Pulumi CLI. @param folders what else its programs find on PATH */
async function withCli(host?: string, folders: string[] = []): Promise<Machine> {
  const bin = await pulumiCli();
  const env = environmentFor([bin, ...folders], host);
  await mkdir(env.PULUMI_HOME ?? "", { recursive: true, mode: 0o700 });
  return { pulumi: join(bin, "pulumi"), env: { ...env, ...noDownloads } };
}

/** Finds or makes the Pulumi CLI and what it needs, for an engine. */
async function withEngine({ host, docker }: Engine, fresh: boolean, folders: string[] = []): Promise<DockerMachine> {
  const machine = await withCli(host, folders);
  await dockerPlugin(machine.pulumi, { ...machine.env, ...downloads });
  return { ...machine, engine: { docker, own: keptAddress().includes(host), fresh } };
}

/** The engine that there may be for somebody's own stacks; none where one is chosen that does not answer. */
async function engineIfAny(): Promise<Search> {
  const none: Search = { tried: [] };
  return configuredTarget() === "process" ? none : findEngine(keptAddress()).catch(() => none);
}

/** The machine as it is, prepared earlier: nothing is fetched, built or started. @throws ToolError where something is missing */
export async function present(): Promise<Machine> {
  const remedy = "Run `npm start` first.";
  const needed = hasContainers();
  const { engine, tried } = needed ? await findEngine(keptAddress()) : await engineIfAny();
  if (engine === undefined && needed) {
    const where = tried.length === 0 ? "" : ` Tried: ${tried.join("; ")}.`;
    throw new ToolError(`No Docker Engine answers.${where}`, remedy);
  }
  const bin = await presentCli();
  if (bin === undefined) throw new ToolError("The Pulumi CLI is not on this machine.", remedy);
  const server = await presentServer();
  const env = environmentFor([bin, ...(server === undefined ? [] : [dirname(server)])], engine?.host);
  if (needed && !hasDockerPlugin(env.PULUMI_HOME ?? "")) throw new ToolError("Pulumi has no docker plugin.", remedy);
  const machine = { pulumi: join(bin, "pulumi"), env: { ...env, ...noDownloads } };
  if (engine === undefined) return machine;
  return { ...machine, engine: { docker: engine.docker, own: keptAddress().includes(engine.host), fresh: false } };
}

/** Takes away what killed runs left behind, in the order in which one thing uses the other. */
export async function sweep(): Promise<void> {
  await sweepRuns();
  await sweepEngines();
}

/** What a deployment needs beside the CLI. */
export interface Needs {
  /** A Docker Engine, for containers that are there or are to be. */
  engine: boolean;
  /** A nats-server, for processes that are to be. */
  server: boolean;
}

/** Prepares this machine for a deployment that stays: a Docker Engine that is started here goes on running. */
export async function prepare({ engine, server }: Needs): Promise<Machine> {
  await sweep();
  const found = engine ? await findEngine(keptAddress()) : undefined;
  const used = found && (found.engine ?? (await startKept(found.tried)));
  const folders = server ? [dirname(await natsServerAlone())] : [];
  if (used === undefined) return withCli(undefined, folders);
  await useKept(used);
  return withEngine(used, found?.engine === undefined, folders);
}

/** Prepares this machine for some work, and takes away afterwards what was started for it, however the work ends. */
export async function prepareFor<T>(work: (machine: DockerMachine) => Promise<T>): Promise<T> {
  await sweep();
  const { engine, tried } = await findEngine(keptAddress());
  if (engine !== undefined) return work(await withEngine(engine, false));
  try {
    const started = await startEngine(ownEngine(), "for the time of this run", tried);
    return await work(await withEngine(started, true));
  } finally {
    await stopEngine(ownEngine());
  }
}
