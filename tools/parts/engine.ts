import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import Docker from "dockerode";
import { engineProblem } from "../../provider/servers/docker/engine-address";
import { interruptible } from "../lib/interrupt";
import { reason, ToolError } from "../lib/terminal";

/** A Docker Engine that answers. */
export interface Engine {
  /** Its address, as in DOCKER_HOST. */
  host: string;
  docker: Docker;
}

/** No engine can be used or started. */
export class NoEngine extends ToolError {}

const PING_MS = 5_000;

/** Returns a client for the engine at this address. */
function clientFor(host: string): Docker {
  if (host.startsWith("unix://")) return new Docker({ socketPath: host.slice("unix://".length) });
  // The library reads all other addresses, and their TLS settings, from the environment only.
  const before = process.env.DOCKER_HOST;
  process.env.DOCKER_HOST = host;
  try {
    return new Docker();
  } finally {
    if (before === undefined) delete process.env.DOCKER_HOST;
    else process.env.DOCKER_HOST = before;
  }
}

/** Connects to the engine at this address. @throws when it does not answer */
export async function engineAt(host: string): Promise<Engine> {
  const problem = engineProblem(host);
  if (problem !== undefined) throw new ToolError(`${host} ${problem}.`);
  const docker = clientFor(host);
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${PING_MS / 1000} s`));
    }, PING_MS);
  });
  await interruptible(Promise.race([docker.ping(), timeout])).finally(() => {
    clearTimeout(timer);
  });
  return { host, docker };
}

/** Returns the address of the current docker context. */
function readContextHost(): string | undefined {
  const folder = process.env.DOCKER_CONFIG ?? join(homedir(), ".docker");
  const config = readJson(join(folder, "config.json")) as { currentContext?: string } | undefined;
  const name = process.env.DOCKER_CONTEXT ?? config?.currentContext;
  if (name === undefined || name === "default") return undefined;
  const digest = createHash("sha256").update(name).digest("hex");
  const meta = readJson(join(folder, "contexts/meta", digest, "meta.json")) as ContextMeta | undefined;
  return meta?.Endpoints?.docker?.Host;
}

/** The part of a docker context's metadata that is read here. */
interface ContextMeta {
  Endpoints?: { docker?: { Host?: string } };
}

function readJson(file: string): unknown {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}

/** Returns the usual sockets of Docker, rootless Docker, Docker Desktop, Podman and Colima. */
function usualSockets(): string[] {
  const runtime = process.env.XDG_RUNTIME_DIR;
  const perUser = runtime === undefined ? [] : [join(runtime, "docker.sock"), join(runtime, "podman/podman.sock")];
  const home = [".docker/run/docker.sock", ".docker/desktop/docker.sock", ".colima/default/docker.sock"];
  return ["/var/run/docker.sock", ...perUser, "/run/podman/podman.sock", ...home.map((path) => join(homedir(), path))];
}

/** The result of a search for an engine. */
export interface Search {
  engine?: Engine;
  /** The addresses that did not answer, with the reason. */
  tried: string[];
}

/**
 * Looks for an engine that answers: only DOCKER_HOST when it is set, else the current docker context and the usual sockets.
 *
 * @param preferred addresses to try first
 * @throws NoEngine when DOCKER_HOST is set and does not answer
 */
export async function findEngine(preferred: string[] = []): Promise<Search> {
  const chosen = process.env.DOCKER_HOST;
  if (chosen !== undefined && chosen !== "") return { engine: await configuredEngine(chosen), tried: [] };
  const context = readContextHost();
  const usual = usualSockets()
    .filter((path) => existsSync(path))
    .map((path) => `unix://${path}`);
  const tried: string[] = [];
  for (const host of [...preferred, ...(context === undefined ? [] : [context]), ...usual]) {
    try {
      return { engine: await engineAt(host), tried };
    } catch (error) {
      tried.push(`${host} (${reason(error)})`);
    }
  }
  return { tried };
}

async function configuredEngine(host: string): Promise<Engine> {
  try {
    return await engineAt(host);
  } catch (error) {
    const remedy = "Start that Docker Engine, or unset DOCKER_HOST to use another one.";
    throw new NoEngine(`DOCKER_HOST is ${host}, but no Docker Engine answers there: ${reason(error)}.`, remedy);
  }
}
