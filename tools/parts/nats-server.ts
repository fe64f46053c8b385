import type Docker from "dockerode";
import { which } from "../lib/path";
import { attempt } from "../lib/run";
import { say, ToolError } from "../lib/terminal";
import { versions } from "../versions";
import { extract } from "./images";
import { findCachedServer, fetchServer, cacheServer } from "./nats";

/** Whether an executable is nats-server in the pinned version. */
async function isPinned(file: string): Promise<boolean> {
  const { stdout } = await attempt(file, ["--version"]);
  return stdout.trim().endsWith(`v${versions.ensureNatsServer}`);
}

async function findOnPath(): Promise<string | undefined> {
  const found = which("nats-server");
  return found !== undefined && (await isPinned(found)) ? found : undefined;
}

/** Returns nats-server from PATH, else downloads or builds it once. @returns its path */
export async function ensureLocalServer(): Promise<string> {
  return (await findOnPath()) ?? fetchServer();
}

/**
 * Downloads or builds another version of nats-server once.
 *
 * @param version a minor version such as `2.11`, for the newest of its patches that these tools know, or a patch version
 * @returns its path, and its version
 */
export async function ensureServerOfVersion(version: string): Promise<{ path: string; version: string }> {
  const newest: Readonly<Record<string, string>> = versions.natsServers;
  const patch = newest[version] ?? version;
  if (!/^\d+\.\d+\.\d+$/.test(patch)) {
    const known = Object.keys(newest).join(", ");
    throw new ToolError(
      `--version ${version} is not a known version.`,
      `Use one of ${known}, or a patch such as 2.12.4.`,
    );
  }
  return { path: await fetchServer(patch), version: patch };
}

/** Returns the path of a nats-server that is installed or cached. */
export async function findServer(): Promise<string | undefined> {
  return (await findOnPath()) ?? findCachedServer();
}

/**
 * Returns a nats-server for tests without containers: from PATH in the pinned version, else from the image. Where containers
 * run another operating system, it is downloaded or built.
 *
 * @param docker the engine
 * @param image an image of the same server
 * @returns its path
 */
export async function natsServer(docker: Docker, image: string): Promise<string> {
  const present = await findOnPath();
  if (present !== undefined) return present;
  if (process.platform !== "linux") return fetchServer();
  return cacheServer(async (file) => {
    say(`Copying nats-server ${versions.ensureNatsServer} from the image ${image}: seconds, once`);
    await extract(docker, image, ["/nats-server", "/usr/local/bin/nats-server"], file);
  });
}
