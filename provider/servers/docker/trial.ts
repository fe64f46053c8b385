import type Docker from "dockerode";
import { triedDigest } from "../log";
import { MAIN_FILE, ServerRefusal, type ConfigFiles } from "../server";
import { putFiles } from "./files";
import { pathInContainer, SERVER_USER } from "./layout";
import { linesOf, logLines } from "./logs";

/** Says of a container in which a configuration is tried which server's container it is tried for. */
export const TRIAL_LABEL = "pulumi-nats-auth.trial";

/**
 * Has a nats-server of a container's image read a configuration (`-t`) in a container of its own, without network, which
 * is gone afterwards.
 *
 * @param server what the program calls the server
 * @returns the digest of the configuration
 * @throws ServerRefusal with the server's words
 */
export async function tryInImage(
  engine: Docker,
  { Id, Image }: Docker.ContainerInspectInfo,
  server: string,
  files: ConfigFiles,
): Promise<string> {
  const container = await engine.createContainer({
    Image,
    Cmd: ["-t", "-c", pathInContainer(MAIN_FILE)],
    User: `${SERVER_USER}:${SERVER_USER}`,
    Labels: { [TRIAL_LABEL]: Id },
    HostConfig: { NetworkMode: "none", CapDrop: ["ALL"] },
  });
  try {
    await putFiles(container, files);
    await container.start();
    await container.wait();
    const output = linesOf(await logLines(container, {}));
    const digest = triedDigest(output.join("\n"));
    if (digest === undefined) {
      throw new ServerRefusal(server, "refuses the new configuration, so nothing was changed", output);
    }
    return digest;
  } finally {
    await container.remove({ force: true, v: true });
  }
}

/**
 * Removes the containers of trials that were killed in the middle: those for this container, on which nobody else works
 * now, and those for containers that are gone.
 */
export async function removeKilledTrials(engine: Docker, container: string): Promise<void> {
  const all = await engine.listContainers({ all: true });
  const others = new Set(all.map(({ Id }) => Id).filter((id) => id !== container));
  const killed = all.filter(({ Labels: { [TRIAL_LABEL]: of } }) => of !== undefined && !others.has(of));
  // Another update may be removing the same one: that it is gone is all that counts.
  await Promise.allSettled(killed.map(({ Id }) => engine.getContainer(Id).remove({ force: true, v: true })));
}
