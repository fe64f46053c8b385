import { join } from "node:path";
import { KIND_LETTER, type KeyKind } from "../nkeys/key-kinds";
import { keyPairFromSeed, seedProblem } from "../nkeys/keys";
import { readCreds, readSeed } from "../read/creds";
import type { StoredTokens } from "../read/store";
import { prefixPaths, type Diagnostic } from "../diagnostics/diagnostic";
import { Unreadable } from "../diagnostics/unreadable";
import { exists, isFile, isFolder, listAll, readText } from "./nsc-files";

/** A lookup of seeds, and the files that contain none. */
export interface SeedLookup {
  readonly seedOf: StoredTokens["seedOf"];
  readonly ignored: readonly Diagnostic[];
}

/** The folders of a keystore. */
const FOLDERS = ["keys", "creds"];

/**
 * Returns a lookup of seeds in an nsc keystore: among its keys, or in the creds of an operator's users.
 *
 * @param operator the name of the operator's folder
 * @throws Unreadable when the folder is not a keystore: a program would lose every seed that it has adopted
 */
export function createSeedLookup(keystore: string, operator: string): SeedLookup {
  if (!FOLDERS.some((name) => isFolder(join(keystore, name)))) {
    throw new Unreadable(keystore, {
      code: "NA3047",
      problem: exists(keystore) ? "contains neither a folder `keys` nor a folder `creds`" : "does not exist",
      remedy:
        "Set `keystore` to the folder that contains `keys` and `creds`, as shown by `nsc env`. To adopt only public keys, remove `keystore`.",
    });
  }
  const ignored: Diagnostic[] = [];
  const credsSeeds = readCredsSeeds(join(keystore, "creds", operator), ignored);
  return { seedOf: (publicKey) => readKeySeed(keystore, publicKey) ?? credsSeeds.get(publicKey), ignored };
}

/** Returns the path of a key file in a keystore. Its folders are the first letters of the public key: `keys/U/AB/UAB….nk`. */
export function keyFile(publicKey: string): string {
  return join("keys", publicKey.slice(0, 1), publicKey.slice(1, 3), `${publicKey}.nk`);
}

function readKeySeed(keystore: string, publicKey: string): string | undefined {
  const path = join(keystore, keyFile(publicKey));
  const text = readText(path);
  if (text === undefined) {
    return undefined;
  }
  const seed = readSeed(text, path);
  const kinds = Object.keys(KIND_LETTER) as KeyKind[];
  const kind = kinds.find((known) => publicKey.startsWith(KIND_LETTER[known]));
  if (kind === undefined || toPublicKey(kind, seed) !== publicKey) {
    throw wrongSeed(path, "contains the seed of a different key than its file name");
  }
  return seed;
}

/** Reads the seeds of all creds in a folder and its subfolders, by public key, and names the files that contain none. */
function readCredsSeeds(folder: string, ignored: Diagnostic[]): ReadonlyMap<string, string> {
  const paths = listAll(folder).map((name) => join(folder, name));
  const files = paths.filter((path) => path.endsWith(".creds") && isFile(path));
  return new Map(files.flatMap((path) => readCredsSeed(path, readText(path) ?? "", ignored)));
}

function readCredsSeed(path: string, text: string, ignored: Diagnostic[]): [string, string][] {
  try {
    const { seed } = readCreds(text, path);
    const publicKey = toPublicKey("user", seed);
    if (publicKey === undefined) {
      throw wrongSeed(path, "does not contain the seed of a user");
    }
    return [[publicKey, seed]];
  } catch (error) {
    if (!(error instanceof Unreadable)) {
      throw error;
    }
    ignored.push(...prefixPaths(path, error.diagnostics));
    return [];
  }
}

function wrongSeed(path: string, problem: string): Unreadable {
  return new Unreadable(path, { code: "NA3009", problem, remedy: "Restore the file, or delete it." });
}

function toPublicKey(kind: KeyKind, seed: string): string | undefined {
  return seedProblem(kind, seed) === undefined ? keyPairFromSeed(kind, seed).getPublicKey() : undefined;
}
