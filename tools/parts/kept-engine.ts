import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheRoot } from "../lib/cache-root";
import { say } from "../lib/say";
import { checkout, isThere } from "../local-folder";
import { addressOf, startEngine, stopEngine } from "./own-engine";
import type { Engine } from "./engine";

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

/** Stops it with everything on it, unless another checkout still uses it. */
export async function releaseKept(): Promise<void> {
  if (!existsSync(folder())) return;
  await rm(markOf(checkout), { force: true });
  const remaining = await others();
  if (remaining.length > 0) {
    say(`The Docker daemon that \`npm start\` started goes on running for ${remaining.join(", ")}`);
    return;
  }
  say("Stopping the Docker daemon that `npm start` started, and removing its data");
  await stopEngine(folder());
}
