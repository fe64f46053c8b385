import { spawnSync } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join, resolve } from "node:path";

/** A nats-server executable. */
export interface Executable {
  /** Its absolute path. */
  readonly path: string;
  /** Its version, such as `2.15.2`. */
  readonly version: string;
}

/** The oldest version that logs the digest of the configuration that it loaded. */
export const OLDEST_VERSION = "2.11.0";

/** Milliseconds for an executable to print its version. */
const VERSION_TIMEOUT = 10_000;

/**
 * Finds an executable file as a shell does.
 *
 * @param name a path, or a name without a slash, which is searched on `PATH`
 * @param path the value of `PATH`
 * @returns its absolute path, or undefined if there is none
 */
export function findExecutable(name: string, path = process.env.PATH ?? ""): string | undefined {
  const candidates = name.includes("/")
    ? [resolve(name)]
    : path
        .split(delimiter)
        .filter(isAbsolute)
        .map((folder) => join(folder, name));
  return candidates.find(isExecutable);
}

/** True for a file that this user may run. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Returns the version of the nats-server at a path, or undefined if the file does not print one. */
export function readVersion(path: string): string | undefined {
  const { stdout } = spawnSync(path, ["--version"], { encoding: "utf8", env: {}, timeout: VERSION_TIMEOUT });
  return /^nats-server: v(\d+\.\d+\.\d+\S*)/m.exec(stdout)?.[1];
}

/** True when a server of this version logs the digest of the configuration that it loaded. */
export function isSupportedVersion(version: string): boolean {
  return version.localeCompare(OLDEST_VERSION, "en", { numeric: true }) >= 0;
}
