import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheRoot } from "../lib/cache-root";
import { detail, say } from "../lib/say";
import { checkout, isThere } from "../local-folder";
import { addressOf, startEngine, stopEngine } from "./own-engine";
import { engineAt } from "./engine";
import type { Engine } from "./engine";

/** What trial runs of a configuration are known by, should one be left over: the same as in provider/servers/docker/trial.ts. */
const TRIAL_LABEL = "pulumi-nats-auth.trial";
/** What the engine puts on a volume that nobody has named. */
const ANONYMOUS = "com.docker.volume.anonymous";

/** The folder of the engine that `npm start` starts and `npm run destroy` stops. */
const folder = (): string => join(cacheRoot(), "engine");

/** One file for each checkout that has deployed to it: the engine belongs to the user, not to one checkout. */
const users = (): string => join(folder(), "checkouts");
const markOf = (path: string): string => join(users(), createHash("sha256").update(path).digest("hex").slice(0, 16));

/** Where it answers, when it was started. */
export function keptAddress(): string[] {
  return existsSync(folder()) ? [addressOf(folder())] : [];
}

/** Starts it. @param tried what was wrong with the engines of this machine */
export function startKept(tried: string[]): Promise<Engine> {
  return startEngine(folder(), "until `npm run destroy`", tried);
}

/** Notes that this checkout deploys to it, when that is the engine in use. */
export async function useKept(engine: Engine): Promise<void> {
  if (!keptAddress().includes(engine.host)) return;
  await mkdir(users(), { recursive: true });
  await writeFile(markOf(checkout), checkout);
}

/** The other checkouts that still have something on it. */
async function others(): Promise<string[]> {
  if (!existsSync(users())) return [];
  const files = await readdir(users());
  const paths = await Promise.all(files.map((name) => readFile(join(users(), name), "utf8")));
  return paths.filter((path) => path !== checkout && isThere(path));
}

/**
 * What is on it that no stack of these tools accounts for, now that theirs are gone. When it does not answer, what lies in
 * its data.
 */
async function strangers(): Promise<string[]> {
  const [host = ""] = keptAddress();
  const engine = await engineAt(host).catch(() => undefined);
  if (engine === undefined) {
    const data = join(folder(), "data/containers");
    return existsSync(data) ? (await readdir(data)).map((id) => `container ${id.slice(0, 12)}`) : [];
  }
  const containers = await engine.docker.listContainers({ all: true });
  const { Volumes: volumes } = await engine.docker.listVolumes();
  return [
    ...containers
      .filter(({ Labels }) => Labels[TRIAL_LABEL] === undefined)
      .map(({ Id, Names, State }) => `container ${Names[0]?.slice(1) ?? Id} (${State})`),
    ...volumes
      .filter(({ Labels }) => (Labels as typeof Labels | null)?.[ANONYMOUS] === undefined)
      .map(({ Name }) => `volume ${Name}`),
  ];
}

/** Stops it with everything on it, unless another checkout still uses it, or somebody has made something on it by hand. */
export async function releaseKept(): Promise<void> {
  if (!existsSync(folder())) return;
  await rm(markOf(checkout), { force: true });
  const remaining = await others();
  if (remaining.length > 0) {
    say(`The Docker daemon that \`npm start\` started goes on running for ${remaining.join(", ")}`);
    return;
  }
  const foreign = await strangers();
  if (foreign.length > 0) {
    say(`The Docker daemon that \`npm start\` started goes on running, since no stack here made what is on it:`);
    for (const what of foreign) detail(`  ${what}`);
    detail(`Look at it, and remove what can go, with: docker --host ${addressOf(folder())} …`);
    detail("When it is empty, `npm run destroy` stops it and removes its data.");
    return;
  }
  say("Stopping the Docker daemon that `npm start` started, and removing its data");
  await stopEngine(folder());
}
