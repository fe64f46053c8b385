import type Docker from "dockerode";
import { which } from "../lib/path";
import { attempt } from "../lib/run";
import { say } from "../lib/say";
import { versions } from "../versions";
import { extract } from "./images";
import { cachedServer, fetchedServer, takenServer } from "./nats";

/** Whether a file is the nats-server that is wanted. */
async function isWanted(file: string): Promise<boolean> {
  const { stdout } = await attempt(file, ["--version"]);
  return stdout.trim().endsWith(`v${versions.natsServer}`);
}

async function onPath(): Promise<string | undefined> {
  const found = which("nats-server");
  return found !== undefined && (await isWanted(found)) ? found : undefined;
}

/** A nats-server where no container is needed: the one on PATH, else one that is downloaded or built once. */
export async function natsServerAlone(): Promise<string> {
  return (await onPath()) ?? fetchedServer();
}

/** The same, when it is there already. */
export async function presentServer(): Promise<string | undefined> {
  return (await onPath()) ?? cachedServer();
}

/**
 * A nats-server that runs on this machine, for the tests that need a server but no container: the one on PATH when it has
 * the right version, else the one in the image, or, where containers run another system than this one, one built here.
 *
 * @param docker the engine
 * @param image the image that holds the same server
 */
export async function natsServer(docker: Docker, image: string): Promise<string> {
  const present = await onPath();
  if (present !== undefined) return present;
  if (process.platform !== "linux") return fetchedServer();
  return takenServer(async (file) => {
    say(`Taking nats-server ${versions.natsServer} out of the image ${image}: seconds, once`);
    await extract(docker, image, ["/nats-server", "/usr/local/bin/nats-server"], file);
  });
}
