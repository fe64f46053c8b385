import { execFile } from "node:child_process";
import { triedDigest } from "../log";
import { ServerRefusal, type ConfigFiles } from "../server";
import { withTrialFolder } from "./files";
import { configOf, executableOf } from "./layout";

/** Milliseconds in which a server has read a configuration, however long. */
const TRIAL_TIMEOUT = 60_000;

/**
 * Has the nats-server of a place read a configuration (`-t`) in a folder of its own, which is gone afterwards.
 *
 * @returns the digest of the configuration
 * @throws ServerRefusal with the server's words
 */
export function tryInFolder(place: string, server: string, files: ConfigFiles): Promise<string> {
  return withTrialFolder(place, files, async (folder) => {
    const output = await outputOf(executableOf(place), ["-t", "-c", configOf(folder)], folder);
    const digest = triedDigest(output);
    if (digest === undefined) {
      const words = output.split("\n").filter((line) => line !== "");
      throw new ServerRefusal(server, "refuses the new configuration, so nothing was changed", words);
    }
    return digest;
  });
}

/** All that a command says, also when it fails or is not there. */
function outputOf(command: string, args: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve) => {
    execFile(command, args, { cwd, env: {}, timeout: TRIAL_TIMEOUT }, (error, stdout, stderr) => {
      const said = stdout + stderr;
      resolve(said === "" && error !== null ? error.message : said);
    });
  });
}
