import type Docker from "dockerode";
import { triedDigest } from "../log";
import { MAIN_FILE, ServerRefusal, type ConfigFiles } from "../server";
import { putFiles } from "./files";
import { pathInContainer, SERVER_USER } from "./layout";
import { linesOf, logLines } from "./logs";

/** Marks the containers in which configurations are tried, so that one that was left behind can be told. */
export const TRIAL_LABEL = "pulumi-nats-auth.trial";

/**
 * Has a nats-server of an image read a configuration (`-t`) in a container of its own, without network, which is gone
 * afterwards.
 *
 * @returns the digest of the configuration
 * @throws ServerRefusal with the server's words
 */
export async function tryInImage(engine: Docker, image: string, server: string, files: ConfigFiles): Promise<string> {
  await removeLeftOvers(engine);
  const container = await engine.createContainer({
    Image: image,
    Cmd: ["-t", "-c", pathInContainer(MAIN_FILE)],
    User: `${SERVER_USER}:${SERVER_USER}`,
    Labels: { [TRIAL_LABEL]: server },
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

/** Seconds after which a trial is over for certain. */
const LONGEST_TRIAL = 600;

/** Removes the containers of trials whose program was killed in the middle. */
async function removeLeftOvers(engine: Docker): Promise<void> {
  const trials = await engine.listContainers({ all: true, filters: { label: [TRIAL_LABEL] } });
  const before = Date.now() / 1000 - LONGEST_TRIAL;
  const old = trials.filter(({ Created }) => Created < before);
  // Another update may be removing the same one: that it is gone is all that counts.
  await Promise.allSettled(old.map(({ Id }) => engine.getContainer(Id).remove({ force: true, v: true })));
}
