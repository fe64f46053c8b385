import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { cached, inCache, platform } from "../lib/cache";
import { goBuild } from "../lib/go";
import { interruptible } from "../lib/interrupt";
import { detail, longStep, reason } from "../lib/say";
import { downloadExecutable } from "./release";
import { versions } from "../versions";

/** A command of the NATS project, as a static executable for this machine. */
interface Command {
  name: string;
  version: string;
  module: string;
}

const server: Command = {
  name: "nats-server",
  version: versions.natsServer,
  module: "github.com/nats-io/nats-server/v2",
};

const client: Command = {
  name: "nats",
  version: versions.natsCli,
  module: "github.com/nats-io/natscli/nats",
};

const part = ({ name, version }: Command): string => `${name}-${version}-${platform}`;

/** The executable in the cache. @param make puts it into a folder when it is not there */
async function executable(command: Command, make: (folder: string) => Promise<void>): Promise<string> {
  return join(await cached(part(command), make), command.name);
}

async function build({ name, version, module }: Command, folder: string): Promise<void> {
  await goBuild(name, {
    what: `Building ${name} ${version} from its Go module: about a minute, once`,
    args: ["install", "-v", "-trimpath", "-ldflags", "-s -w", `${module}@v${version}`],
    cwd: folder,
    env: { GOBIN: folder },
  });
}

/** Downloads nats-server from its vendor into a folder. @returns whether that worked */
async function downloadServer({ name, version }: Command, folder: string): Promise<boolean> {
  const url = `https://github.com/nats-io/nats-server/releases/download/v${version}`;
  return longStep(`Downloading nats-server ${version} from its vendor: seconds, once`, async () => {
    try {
      await interruptible(downloadExecutable({ url, name, version }, join(folder, name)));
      return true;
    } catch (error) {
      detail(`not to be had: ${reason(error)}`);
      return false;
    }
  });
}

/** nats-server, downloaded from its vendor, or built from its module where that cannot be. */
export function fetchedServer(): Promise<string> {
  return executable(server, async (folder) => {
    if (!(await downloadServer(server, folder))) await build(server, folder);
  });
}

/** The `nats` command, built from its module. */
export function builtClient(): Promise<string> {
  return executable(client, (folder) => build(client, folder));
}

function inCacheAs(command: Command): string | undefined {
  const folder = inCache(part(command));
  return folder === undefined ? undefined : join(folder, command.name);
}

/** nats-server, when it is in the cache. */
export function cachedServer(): string | undefined {
  return inCacheAs(server);
}

/** The `nats` command, when it is in the cache. */
export function cachedClient(): string | undefined {
  return inCacheAs(client);
}

function taken(command: Command, take: (file: string) => Promise<void>): Promise<string> {
  return executable(command, async (folder) => {
    const file = join(folder, command.name);
    await take(file);
    await chmod(file, 0o755);
  });
}

/** nats-server, when it is not in the cache yet, taken from somewhere. @param take writes it to the file that it is given */
export function takenServer(take: (file: string) => Promise<void>): Promise<string> {
  return taken(server, take);
}

/** The `nats` command in the same way. */
export function takenClient(take: (file: string) => Promise<void>): Promise<string> {
  return taken(client, take);
}
