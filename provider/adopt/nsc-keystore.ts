import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { KIND_LETTER, type KeyKind } from "../nkeys/kinds";
import { keyPairFromSeed, seedProblem } from "../nkeys/keys";
import { readCreds, readSeed } from "../read/creds";
import type { StoredTokens } from "../read/store";
import { Unreadable } from "../read/unreadable";

/**
 * Finds seeds in an nsc keystore: among its keys, or else in the creds of an operator's users.
 *
 * @param operator the name of the operator's folder
 */
export function seedsIn(keystore: string, operator: string): StoredTokens["seedOf"] {
  const ofCreds = seedsOfCreds(join(keystore, "creds", operator));
  return (publicKey) => seedIn(keystore, publicKey) ?? ofCreds.get(publicKey);
}

/** A seed lies under the first letters of its public key: `keys/U/AB/UAB….nk`. */
function seedIn(keystore: string, publicKey: string): string | undefined {
  const what = join(keystore, "keys", publicKey.slice(0, 1), publicKey.slice(1, 3), `${publicKey}.nk`);
  if (!existsSync(what)) {
    return undefined;
  }
  const seed = readSeed(readFileSync(what, "utf8"), what);
  const kinds = Object.keys(KIND_LETTER) as KeyKind[];
  const kind = kinds.find((known) => publicKey.startsWith(KIND_LETTER[known]));
  if (kind === undefined || publicKeyOf(kind, seed) !== publicKey) {
    throw new Unreadable(what, "it is not the seed of the key that it is named after");
  }
  return seed;
}

/** The seeds in all creds below a folder, by public key. */
function seedsOfCreds(folder: string): ReadonlyMap<string, string> {
  const names = existsSync(folder) ? readdirSync(folder, { encoding: "utf8", recursive: true }).sort() : [];
  const seeds = names
    .filter((name) => name.endsWith(".creds"))
    .map((name): [string, string] => {
      const what = join(folder, name);
      const { seed } = readCreds(readFileSync(what, "utf8"), what);
      const publicKey = publicKeyOf("user", seed);
      if (publicKey === undefined) {
        throw new Unreadable(what, "what stands in the place of the seed is not that of a user");
      }
      return [publicKey, seed];
    });
  return new Map(seeds);
}

function publicKeyOf(kind: KeyKind, seed: string): string | undefined {
  return seedProblem(kind, seed) === undefined ? keyPairFromSeed(kind, seed).getPublicKey() : undefined;
}
