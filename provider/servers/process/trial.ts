import { execFile } from "node:child_process";
import { ServerRefusal } from "../errors";
import { parseTestDigest } from "../log";
import type { ConfigFiles } from "../server";
import { withTrialFolder } from "./files";
import { configOf, executableOf } from "./layout";

/** Milliseconds for nats-server to parse a configuration of any length. */
const TRIAL_TIMEOUT = 60_000;

/**
 * Tests a configuration with `nats-server -t` in a temporary folder.
 *
 * @param server the server's name in the program
 * @returns the digest of the configuration
 * @throws ServerRefusal with the output of nats-server
 */
export function testInFolder(place: string, server: string, files: ConfigFiles): Promise<string> {
  return withTrialFolder(place, files, async (folder) => {
    const output = await getOutput(executableOf(place), ["-t", "-c", configOf(folder)], folder);
    const digest = parseTestDigest(output);
    if (digest === undefined) {
      const lines = output.split("\n").filter((line) => line !== "");
      throw new ServerRefusal("NA5001", server, "rejected the new configuration", lines);
    }
    return digest;
  });
}

/** Returns what a command prints, or why it cannot be run. */
function getOutput(command: string, args: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve) => {
    execFile(command, args, { cwd, env: {}, timeout: TRIAL_TIMEOUT }, (error, stdout, stderr) => {
      const output = stdout + stderr;
      resolve(output === "" && error !== null ? error.message : output);
    });
  });
}
