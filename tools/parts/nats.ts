import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { ensureCached, findCached, platform } from "../lib/cache";
import { goBuild } from "../lib/go";
import { interruptible } from "../lib/interrupt";
import { detail, longStep, reason } from "../lib/terminal";
import { downloadExecutable } from "./release";
import { versions } from "../versions";

/** A command of the NATS project. */
interface Command {
  name: string;
  version: string;
  module: string;
}

const serverOf = (version: string): Command => ({
  name: "nats-server",
  version,
  module: "github.com/nats-io/nats-server/v2",
});

const server = serverOf(versions.ensureNatsServer);

const client: Command = {
  name: "nats",
  version: versions.natsCli,
  module: "github.com/nats-io/natscli/nats",
};

const partName = ({ name, version }: Command): string => `${name}-${version}-${platform}`;

/** Ensures that the cache contains a command. @param make puts it into a folder @returns its path */
async function ensureCommand(command: Command, make: (folder: string) => Promise<void>): Promise<string> {
  return join(await ensureCached(partName(command), make), command.name);
}

async function build({ name, version, module }: Command, folder: string): Promise<void> {
  await goBuild(name, {
    what: `Building ${name} ${version} from its Go module: about a minute, once`,
    args: ["install", "-v", "-trimpath", "-ldflags", "-s -w", `${module}@v${version}`],
    cwd: folder,
    env: { GOBIN: folder },
  });
}

/** Downloads nats-server from its vendor to a folder. @returns whether that succeeded */
async function downloadServer({ name, version }: Command, folder: string): Promise<boolean> {
  const url = `https://github.com/nats-io/nats-server/releases/download/v${version}`;
  return longStep(`Downloading nats-server ${version} from its vendor: seconds, once`, async () => {
    try {
      await interruptible(downloadExecutable({ url, name, version }, join(folder, name)));
      return true;
    } catch (error) {
      detail(`not available: ${reason(error)}`);
      return false;
    }
  });
}

/**
 * Downloads nats-server, or builds it from its module where the download fails.
 *
 * @param version such as `2.11.17`; the pinned one by default
 * @returns its path
 */
export function fetchServer(version = server.version): Promise<string> {
  const command = serverOf(version);
  return ensureCommand(command, async (folder) => {
    if (!(await downloadServer(command, folder))) await build(command, folder);
  });
}

/** Builds the `nats` command from its module. @returns its path */
export function buildClient(): Promise<string> {
  return ensureCommand(client, (folder) => build(client, folder));
}

function findCommand(command: Command): string | undefined {
  const folder = findCached(partName(command));
  return folder === undefined ? undefined : join(folder, command.name);
}

/** Returns the path of nats-server in the cache, if it is there. */
export function findCachedServer(): string | undefined {
  return findCommand(server);
}

/** Returns the path of the `nats` command in the cache, if it is there. */
export function findCachedClient(): string | undefined {
  return findCommand(client);
}

function cacheCommand(command: Command, write: (file: string) => Promise<void>): Promise<string> {
  return ensureCommand(command, async (folder) => {
    const file = join(folder, command.name);
    await write(file);
    await chmod(file, 0o755);
  });
}

/** Adds nats-server to the cache where it is missing. @param write writes the executable @returns its path */
export function cacheServer(write: (file: string) => Promise<void>): Promise<string> {
  return cacheCommand(server, write);
}

/** Adds the `nats` command to the cache where it is missing. @param write writes the executable @returns its path */
export function cacheClient(write: (file: string) => Promise<void>): Promise<string> {
  return cacheCommand(client, write);
}
