import { isDeepStrictEqual } from "node:util";
import { ROUTES_FILE } from "../../config/listener";
import { ServerError } from "../errors";
import { parseTestDigest } from "../log";
import { MAIN_FILE, type ConfigFiles } from "../server";
import type { NamespaceClient } from "./client";
import { expectedDigest, filesIn, movedTo, versionIn, type SecretData } from "./files";
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
 * @param data the data of the Secret with the files of the pod
 * @returns the digest; undefined if nothing is proven
 */
export async function testBesideServer(
  client: NamespaceClient,
  pod: string,
  data: SecretData,
  files: ConfigFiles,
): Promise<string | undefined> {
  const { [MAIN_FILE]: text = "", ...others } = files;
  const { [MAIN_FILE]: _text, ...presentOthers } = filesIn(data, pod);
  const expected = expectedDigest(files, pod);
  if (expected === undefined || Buffer.byteLength(text) > MAX_SIZE || !isDeepStrictEqual(others, presentOthers)) {
    return undefined;
  }
  const tested = client.runWithInput(pod, testCommand(INPUT), movedTo(INPUT_FOLDER, text));
  // The digest proves the included file as well, but not certificates and keys.
  const areProven = Object.keys(others).every((name) => name === ROUTES_FILE);
  try {
    const [result, isUpToDate] = await Promise.all([tested, areProven || hasFiles(client, pod, data)]);
    return isUpToDate && parseTestDigest(result?.output ?? "") === expected ? expected : undefined;
  } catch (error) {
    // The container ends meanwhile, or the command cannot run.
    if (isFailedRequest(error)) {
      return undefined;
    }
    throw error;
  }
}

/** Returns whether the files of a pod in its Secret have arrived in it. @param data the data of the Secret */
export async function hasFiles(client: NamespaceClient, pod: string, data: SecretData): Promise<boolean> {
  const version = versionIn(data, pod);
  return (
    version !== undefined &&
    parseTestDigest((await client.run(pod, testCommand(version.path))).output) === version.digest
  );
}

function testCommand(file: string): readonly string[] {
  return [SERVER_COMMAND, "-t", "-c", file];
}

/** True for a request that failed for another reason than missing permissions. */
export function isFailedRequest(error: unknown): boolean {
  return error instanceof ServerError && error.code === "NA5150";
}
