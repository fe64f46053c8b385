import { spawnSync } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join, resolve } from "node:path";

/** A nats-server that can be run. */
export interface Executable {
  /** Its absolute path. */
  readonly path: string;
  /** Its version, such as `2.15.2`. */
  readonly version: string;
}

/** The oldest server that says by a digest which configuration it has loaded. */
export const OLDEST_VERSION = "2.11.0";

/** Milliseconds in which an executable has told its version. */
const VERSION_TIMEOUT = 10_000;

/**
 * The executable file that a name or a path means, as a shell would understand it.
 *
 * @param name a path, or a name without a slash, which is looked for on `PATH`
 * @returns its absolute path, or undefined when there is none
 */
export function findExecutable(name: string): string | undefined {
  const candidates = name.includes("/")
    ? [resolve(name)]
    : (process.env.PATH ?? "")
        .split(delimiter)
        .filter(isAbsolute)
        .map((folder) => join(folder, name));
  return candidates.find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The version of the nats-server at a path, or undefined when what is there does not say one. */
export function versionOf(path: string): string | undefined {
  const { stdout } = spawnSync(path, ["--version"], { encoding: "utf8", env: {}, timeout: VERSION_TIMEOUT });
  return /^nats-server: v(\d+\.\d+\.\d+\S*)/m.exec(stdout)?.[1];
}

/** True when a server of this version says which configuration it has loaded. */
export function isRecent(version: string): boolean {
  return version.localeCompare(OLDEST_VERSION, "en", { numeric: true }) >= 0;
}
