import type Docker from "dockerode";
import { ServerRefusal } from "../errors";
import { parseTestDigest } from "../log";
import { MAIN_FILE, type ConfigFiles } from "../server";
import { putFiles } from "./files";
import { CONFIG_FOLDER, engineLimits, pathInContainer, SERVER_USER } from "./layout";
import { getTexts, readLog } from "./logs";

/** The label of a container that tests a configuration. Its value is the id of the server's container. */
export const TRIAL_LABEL = "pulumi-nats-auth.trial";

/**
 * Tests a configuration with `nats-server -t` in a temporary container of the same image, without network.
 *
 * @param server the server's name in the program
 * @returns the digest of the configuration
 * @throws ServerRefusal with the output of nats-server
 */
export async function testInImage(
  engine: Docker,
  inspected: Docker.ContainerInspectInfo,
  server: string,
  files: ConfigFiles,
): Promise<string> {
  const container = await engine.createContainer(trialOptions(inspected));
  try {
    await putFiles(container, files);
    await container.start();
    await container.wait();
    const output = getTexts(await readLog(container, {}));
    const digest = parseTestDigest(output.join("\n"));
    if (digest === undefined) {
      throw new ServerRefusal("NA5001", server, "rejected the new configuration", output);
    }
    return digest;
  } finally {
    await container.remove({ force: true, v: true });
  }
}

/** Returns the options of a container that tests configurations of a server: it has the limits of the server's container. */
export function trialOptions({
  Id,
  Image,
  Config,
  HostConfig,
}: Docker.ContainerInspectInfo): Docker.ContainerCreateOptions {
  // Folders of the host with certificates; volumes have a name instead.
  const folders = ((HostConfig.Binds as string[] | null | undefined) ?? []).filter((bind) => bind.startsWith("/"));
  return {
    Image,
    Cmd: ["-t", "-c", pathInContainer(MAIN_FILE)],
    User: `${SERVER_USER}:${SERVER_USER}`,
    Labels: { [TRIAL_LABEL]: Id },
    Volumes: { [CONFIG_FOLDER]: {} },
    HostConfig: {
      NetworkMode: "none",
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges"],
      ReadonlyRootfs: true,
      ...(folders.length === 0 ? {} : { Binds: folders }),
      ...engineLimits(Config.Labels),
    },
  };
}

/**
 * Removes the containers of interrupted tests: those for this container, which no other update uses now, and those for
 * containers that no longer exist.
 */
export async function removeKilledTrials(engine: Docker, container: string): Promise<void> {
  const all = await engine.listContainers({ all: true });
  const others = new Set(all.map(({ Id }) => Id).filter((id) => id !== container));
  const killed = all.filter(({ Labels: { [TRIAL_LABEL]: of } }) => of !== undefined && !others.has(of));
  // Another update may remove the same container: it only matters that it is gone.
  await Promise.allSettled(killed.map(({ Id }) => engine.getContainer(Id).remove({ force: true, v: true })));
}
