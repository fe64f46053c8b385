import type Docker from "dockerode";
import { which } from "../lib/path";
import { attempt } from "../lib/run";
import { say } from "../lib/say";
import { versions } from "../versions";
import { extract } from "./images";
import { builtServer, takenServer } from "./nats";

/** Whether a file is the nats-server that is wanted. */
async function isWanted(file: string): Promise<boolean> {
  const { stdout } = await attempt(file, ["--version"]);
  return stdout.trim().endsWith(`v${versions.natsServer}`);
}

async function onPath(): Promise<string | undefined> {
  const found = which("nats-server");
  return found !== undefined && (await isWanted(found)) ? found : undefined;
}

/** A nats-server that runs on this machine, where no container is needed: the one on PATH, else one built here. */
export async function natsServerAlone(): Promise<string> {
  return (await onPath()) ?? builtServer();
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
  if (process.platform !== "linux") return builtServer();
  return takenServer(async (file) => {
    say(`Taking nats-server ${versions.natsServer} out of the image ${image}: seconds, once`);
    await extract(docker, image, ["/nats-server", "/usr/local/bin/nats-server"], file);
  });
}
