import { randomBytes } from "node:crypto";
import { omitUndefined } from "../model/form/order";
import { suppliedKeyDiagnostics, rotationDiagnostics, type Rotation } from "../model/keys/rotation";
import { keyPairFromSeed, generateKeyPair, getSeedText } from "../nkeys/keys";
import type { KeyKind } from "../nkeys/key-kinds";
import { kindDiagnostics } from "./checks/keys";
import { toCheckFailures, withStateVersion } from "./life-cycle/life-cycle";
import { ifKnown } from "./life-cycle/unknown";
import { seedDiagnostics } from "../nkeys/key-checks";
import { isOtherVersion } from "./life-cycle/key-version";

interface Inputs {
  kind: KeyKind;
  seed?: string;
  version?: string | number;
}

interface State {
  kind: KeyKind;
  publicKey: string;
  seed: string;
  version?: string;
}

/** The handler of `Nkey`. */
export const provider = withStateVersion<Inputs, State>({
  check(_olds, news) {
    const kind = ifKnown(news.kind);
    const rotation = omitUndefined<Rotation>({ version: ifKnown(news.version) });
    const kindProblems = kind === undefined ? [] : kindDiagnostics(kind);
    const seedProblems =
      kind === undefined || kindProblems.length > 0 ? [] : seedDiagnostics("seed", kind, ifKnown(news.seed));
    const versionProblems = [
      ...rotationDiagnostics(rotation),
      ...(news.seed === undefined ? [] : suppliedKeyDiagnostics(rotation)),
    ];
    return Promise.resolve({
      inputs: news,
      failures: toCheckFailures([...kindProblems, ...seedProblems, ...versionProblems]),
    });
  },

  diff(id, olds, news) {
    const replaces = findReplacements(id, olds, news);
    return Promise.resolve({ changes: replaces.length > 0, replaces, deleteBeforeReplace: false });
  },

  create({ kind, seed, version }) {
    const pair = seed === undefined ? generateKeyPair(kind, randomBytes) : keyPairFromSeed(kind, seed);
    const id = pair.getPublicKey();
    const own = { kind, publicKey: id, seed: getSeedText(pair) };
    return Promise.resolve({ id, outs: version === undefined ? own : { ...own, version: String(version) } });
  },

  // A key exists in the state only, so there is nothing to read or delete elsewhere.
});

/** Returns the inputs that require a different key. Unknown inputs do not. */
function findReplacements(id: string, olds: State, { kind, seed, version }: Inputs): string[] {
  if (ifKnown(kind) === undefined) {
    return [];
  }
  if (olds.kind !== kind) {
    return ["kind"];
  }
  const isOtherSeed =
    seed !== undefined && ifKnown(seed) !== undefined && keyPairFromSeed(kind, seed).getPublicKey() !== id;
  return [...(isOtherSeed ? ["seed"] : []), ...(isOtherVersion(olds.version, version) ? ["version"] : [])];
}
