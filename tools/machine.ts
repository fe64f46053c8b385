import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type Docker from "dockerode";
import { cacheRoot } from "./lib/cache-root";
import { pathWith } from "./lib/path";
import { identity } from "./lib/processes";
import { say, ToolError, unlessUnavailable } from "./lib/terminal";
import { installDocker } from "./parts/apt";
import { dockerPlugin } from "./parts/docker-plugin";
import { findEngine, NoEngine } from "./parts/engine";
import type { Engine, Search } from "./parts/engine";
import { sharedAddress, startShared, recordUse } from "./parts/shared-engine";
import { ensureLocalServer, findServer } from "./parts/nats-server";
import { runFolder, startEngine, stopEngine, sweepEngines } from "./parts/dockerd";
import { kubernetesPlugin } from "./parts/kubernetes-plugin";
import { usesPrivateCluster, withCluster } from "./parts/kubernetes/cluster";
import { sweepClusters, type Cluster } from "./parts/kubernetes/private-cluster";
import { HOST_VARIABLE, ensureCli } from "./parts/pulumi-cli";
import { MARK, sweepRuns } from "./run-scope";

/** A Docker Engine in use. */
export interface UsedEngine {
  docker: Docker;
  /** Whether these tools started it. */
  own: boolean;
  /** Whether it was started just now, so that no container runs on it yet. */
  fresh: boolean;
}

/** A machine on which a Pulumi program can be deployed. */
export interface Machine {
  /** Path of the Pulumi CLI. */
  pulumi: string;
  /** Environment for the CLI, and for everything that runs it. */
  env: NodeJS.ProcessEnv;
  /** The Docker Engine, where one is in use. */
  engine?: UsedEngine;
}

/** A machine with a Docker Engine. */
export type DockerMachine = Machine & { engine: UsedEngine };

/** The environment of a CLI. @param folders what its programs find on PATH @param host the Docker Engine, if any */
function environmentFor(folders: string[], host?: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PATH: pathWith(...folders),
    ...(host === undefined ? {} : { DOCKER_HOST: host }),
    // A separate home: this user's logins are neither read nor changed.
    PULUMI_HOME: join(cacheRoot(), "pulumi-home"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    [HOST_VARIABLE]: join(__dirname, "language-host/pulumi-language-nodejs"),
    [MARK]: identity(),
  };
}

/** Every plugin is in place; without this the engine would look for newer ones on the network. */
const noDownloads = { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" };
const downloads = { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: undefined };

/** Finds or installs the Pulumi CLI. @param folders what its programs find on PATH besides */
async function withCli(host?: string, folders: string[] = []): Promise<Machine> {
  const bin = await ensureCli();
  const env = environmentFor([bin, ...folders], host);
  await mkdir(env.PULUMI_HOME ?? "", { recursive: true, mode: 0o700 });
  return { pulumi: join(bin, "pulumi"), env: { ...env, ...noDownloads } };
}

/** Finds or installs the Pulumi CLI and its docker plugin, for an engine. */
async function withEngine({ host, docker }: Engine, fresh: boolean, folders: string[] = []): Promise<DockerMachine> {
  const machine = await withCli(host, folders);
  await dockerPlugin(machine.pulumi, { ...machine.env, ...downloads });
  return { ...machine, engine: { docker, own: sharedAddress().includes(host), fresh } };
}

/** Prepares this machine for the CLI alone, with the Docker Engine that answers, or with a nats-server where none does. */
export async function prepareCli(): Promise<Machine> {
  const { engine } = await findEngine(sharedAddress()).catch((): Search => ({ tried: [] }));
  if (engine === undefined) return withCli(undefined, [dirname(await ensureLocalServer())]);
  const server = await findServer();
  return withEngine(engine, false, server === undefined ? [] : [dirname(server)]);
}

/** Removes what killed runs left behind: processes before the engines and clusters that they use. */
export async function sweep(): Promise<void> {
  await sweepRuns();
  await sweepEngines();
  await sweepClusters();
}

/** What a deployment needs besides the CLI. */
export interface Needs {
  /**
   * A Docker Engine: `start` installs and starts one where none answers, `resume` at most restarts the one that these tools
   * started earlier, `none` looks for none.
   */
  engine: "start" | "resume" | "none";
  /** Whether it needs a nats-server, for processes. */
  server: boolean;
  /**
   * Whether it needs the plugin for objects in Kubernetes.
   *
   * @default false
   */
  kubernetes?: boolean;
}

/** Prepares this machine for a deployment that stays: a Docker Engine that is started here keeps running. */
export async function prepare({ kubernetes = false, ...needs }: Needs): Promise<Machine> {
  const machine = await prepareServers(needs);
  if (kubernetes) await kubernetesPlugin(machine.pulumi, { ...machine.env, ...downloads });
  return machine;
}

async function prepareServers({ engine, server }: Needs): Promise<Machine> {
  await sweep();
  const found = engine === "none" ? undefined : await findEngine(sharedAddress());
  const used = found && (found.engine ?? (await startAllowed(engine, found)));
  const folders = server ? [dirname(await ensureLocalServer())] : [];
  if (used === undefined) return withCli(undefined, folders);
  await recordUse(used);
  return withEngine(used, found?.engine === undefined, folders);
}

async function startAllowed(engine: Needs["engine"], { tried }: Search): Promise<Engine> {
  if (engine === "start" || sharedAddress().length > 0) return startShared(tried);
  const where = tried.length === 0 ? "" : ` Tried: ${tried.join("; ")}.`;
  throw new ToolError(
    `The stack's servers are containers, but no Docker Engine answers.${where}`,
    "Start the engine that has them. If it is gone, deploy them on another one: npm start -- --target docker",
  );
}

/** Runs work on a prepared machine. Afterwards, however it ends, stops the engine that was started for it. */
export async function prepareFor<T>(work: (machine: DockerMachine) => Promise<T>): Promise<T> {
  await sweep();
  const { engine, tried } = await findEngine(sharedAddress());
  if (engine !== undefined) return work(await withEngine(engine, false));
  try {
    const started = await startEngine(runFolder(), "for this run", tried);
    return await work(await withEngine(started, true));
  } finally {
    await stopEngine(runFolder());
  }
}

/**
 * Runs work on a machine with a Kubernetes cluster. Afterwards, however it ends, stops the cluster that was started for it.
 *
 * @param prepareMore prepares what the work needs besides, before the cluster is started
 */
export async function prepareWithCluster<T>(
  work: (machine: Machine, cluster: Cluster) => Promise<T>,
  prepareMore?: (machine: Machine) => Promise<void>,
): Promise<T> {
  await sweep();
  const machine = await withCli(undefined, [dirname(await ensureLocalServer())]);
  await unlessUnavailable(() => kubernetesPlugin(machine.pulumi, { ...machine.env, ...downloads }));
  await prepareMore?.(machine);
  return withCluster((cluster) => work(machine, cluster));
}

/**
 * Prepares this machine for tests that start Docker Engines beside a private Kubernetes cluster. Where Docker cannot be installed, they are
 * skipped.
 */
export async function prepareDockerHosts({ pulumi, env }: Machine): Promise<void> {
  if (!usesPrivateCluster()) return;
  try {
    await installDocker([]);
  } catch (error) {
    if (!(error instanceof NoEngine)) throw error;
    say(`Clusters of containers and pods are not tested. ${error.message}`);
    return;
  }
  await unlessUnavailable(() => dockerPlugin(pulumi, { ...env, ...downloads }));
}
