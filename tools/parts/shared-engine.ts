import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { TRIAL_LABEL } from "../../provider/servers/docker/trial";
import { cacheRoot } from "../lib/cache-root";
import { detail, say } from "../lib/terminal";
import { checkout, hasLocalFolder } from "../local-folder";
import { addressOf, startEngine, stopEngine } from "./dockerd";
import { engineAt } from "./engine";
import type { Engine } from "./engine";

/** The label of volumes without a name. */
const ANONYMOUS = "com.docker.volume.anonymous";

/** The folder of the engine that `npm start -- --target docker` starts and `npm run destroy` stops. */
const folder = (): string => join(cacheRoot(), "engine");

/** Contains one file for each checkout that has deployed to the engine. All checkouts of a user share it. */
const users = (): string => join(folder(), "checkouts");
const fileOf = (path: string): string => join(users(), createHash("sha256").update(path).digest("hex").slice(0, 16));

/** Returns the address of the engine, if it was started. */
export function sharedAddress(): string[] {
  return existsSync(folder()) ? [addressOf(folder())] : [];
}

/** Starts the engine. @param tried the engines that did not answer, for errors */
export function startShared(tried: string[]): Promise<Engine> {
  return startEngine(folder(), "until `npm run destroy`", tried);
}

/** Records that this checkout deploys to the engine, if that is the one in use. */
export async function recordUse(engine: Engine): Promise<void> {
  if (!sharedAddress().includes(engine.host)) return;
  await mkdir(users(), { recursive: true });
  await writeFile(fileOf(checkout), checkout);
}

/** Returns the other checkouts that still use the engine. */
async function listOtherUsers(): Promise<string[]> {
  if (!existsSync(users())) return [];
  const files = await readdir(users());
  const paths = await Promise.all(files.map((name) => readFile(join(users(), name), "utf8")));
  return paths.filter((path) => path !== checkout && hasLocalFolder(path));
}

/**
 * Returns the containers and volumes of other origin. It is called when the stacks of these tools are destroyed. When the
 * engine does not answer, it lists the containers in the data folder.
 */
async function listForeign(): Promise<string[]> {
  const [host = ""] = sharedAddress();
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

/** Stops the engine, unless another checkout uses it or it has containers or volumes of other origin. */
export async function releaseShared(): Promise<void> {
  if (!existsSync(folder())) return;
  await rm(fileOf(checkout), { force: true });
  const remaining = await listOtherUsers();
  if (remaining.length > 0) {
    say(`The Docker daemon that \`npm start\` started keeps running for ${remaining.join(", ")}`);
    return;
  }
  const foreign = await listForeign();
  if (foreign.length > 0) {
    say(`The Docker daemon that \`npm start\` started keeps running, because it has other containers or volumes:`);
    for (const name of foreign) detail(`  ${name}`);
    detail(`Check them, and remove those that you do not need, with: docker --host ${addressOf(folder())} …`);
    detail("Then rerun `npm run destroy` to stop it and remove its data.");
    return;
  }
  say("Stopping the Docker daemon that `npm start` started, and removing its data");
  await stopEngine(folder());
}
