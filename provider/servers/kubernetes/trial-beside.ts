import { isDeepStrictEqual } from "node:util";
import { ServerError } from "../errors";
import { parseTestDigest } from "../log";
import { MAIN_FILE, type ConfigFiles } from "../server";
import type { NamespaceClient } from "./client";
import type { CommandResult } from "./exec";
import { expectedDigest, movedTo, versionOf } from "./files";
import { SERVER_COMMAND } from "./layout";

/** The standard input of a command as a file, and its folder. */
const INPUT_FOLDER = "/proc/self/fd";
const INPUT = `${INPUT_FOLDER}/0`;

/** Bytes of a configuration: the test takes a part of the memory of the pod, so that a larger one has a pod of its own. */
const MAX_SIZE = 256 * 1024;

/**
 * Tests a configuration in the pod of its server, which runs: another process of the same nats-server reads it from its standard
 * input, and the files that stay the same from the folder of the pod. Nothing is written.
 *
 * Only an acceptance counts, with the digest of the whole configuration.
 *
 * @param present the files that were written for the pod
 * @returns the digest; undefined if nothing is proven
 */
export async function testBesideServer(
  client: NamespaceClient,
  pod: string,
  present: ConfigFiles,
  files: ConfigFiles,
): Promise<string | undefined> {
  const { [MAIN_FILE]: text = "", ...others } = files;
  const { [MAIN_FILE]: _text, ...presentOthers } = present;
  const expected = expectedDigest(files, pod);
  if (expected === undefined || Buffer.byteLength(text) > MAX_SIZE || !isDeepStrictEqual(others, presentOthers)) {
    return undefined;
  }
  const tested = client.runWithInput(pod, testCommand(INPUT), movedTo(INPUT_FOLDER, text));
  const [output, isUpToDate] = await Promise.all([readOutput(tested), hasFiles(client, pod, present)]);
  return isUpToDate && parseTestDigest(output) === expected ? expected : undefined;
}

/** Returns whether files have arrived in a pod. */
export async function hasFiles(client: NamespaceClient, pod: string, files: ConfigFiles): Promise<boolean> {
  const { path, digest } = versionOf(files, pod);
  return parseTestDigest(await readOutput(client.run(pod, testCommand(path)))) === digest;
}

function testCommand(file: string): readonly string[] {
  return [SERVER_COMMAND, "-t", "-c", file];
}

/** Returns the output of a command; nothing if the container ends meanwhile, or if the command cannot run. */
async function readOutput(command: Promise<CommandResult | undefined>): Promise<string> {
  try {
    return (await command)?.output ?? "";
  } catch (error) {
    if (error instanceof ServerError && error.code === "NA5150") {
      return "";
    }
    throw error;
  }
}
