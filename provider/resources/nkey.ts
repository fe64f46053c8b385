import { randomBytes } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { Diagnostic } from "../model/form/diagnostics";
import { shown } from "../model/form/diagnostics";
import { defined } from "../model/form/order";
import { givenKeyDiagnostics, rotationDiagnostics, type Rotation } from "../model/keys/rotation";
import { optional, shaped, text } from "../model/form/shape";
import { keyPairFromSeed, newKeyPair, publicKeyProblem, seedProblem, seedText } from "../nkeys/keys";
import { KIND_LETTER, type KeyKind, type PublicKind } from "../nkeys/kinds";
import { DynamicResource, failures, known, versioned } from "./dynamic";

/** Arguments of {@link Nkey}. */
export interface NkeyArgs {
  /** What the key identifies. Changing it makes a new key. */
  kind: pulumi.Input<KeyKind>;
  /**
   * An existing seed (`SO…`, `SA…`, `SU…`) to keep. Leaving it out later keeps the key; another seed replaces it.
   *
   * @default a new key is generated, once
   */
  seed?: pulumi.Input<string>;
  /**
   * Names the key: another version is another key, which takes the place of this one. Leaving it out later keeps the key.
   *
   * @default the key that there is
   */
  version?: pulumi.Input<string | number>;
}

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

/** What is wrong with a seed that a program gives; the seed is not shown. */
export function seedDiagnostics(path: string, kind: KeyKind, seed: string | undefined): Diagnostic[] {
  const problem = seed === undefined ? undefined : seedProblem(kind, seed);
  return problem === undefined
    ? []
    : [{ path, value: "(secret)", problem, remedy: `Give the seed of the ${kind}, or leave it out to have one made.` }];
}

/**
 * What is wrong with a public key that a program gives, if it gives one. What is not known yet has no problem.
 */
export function publicKeyDiagnostics(path: string, kind: PublicKind, publicKey: string | undefined): Diagnostic[] {
  return shaped(path, optional(text), known(publicKey), (key) => {
    const problem = key === undefined ? undefined : publicKeyProblem(kind, key);
    const remedy = `Give the public key of the ${kind}.`;
    return problem === undefined ? [] : [{ path: "", value: shownKey(key ?? ""), problem, remedy }];
  });
}

/** A seed in the place of a public key is a mistake that must not be repeated in an error. */
function shownKey(key: string): string {
  return /^[OAUNCX][A-Z2-7]+$/.test(key) ? shown(key) : "(not shown: it may be a seed)";
}

function kindDiagnostics(kind: string): Diagnostic[] {
  const kinds = Object.keys(KIND_LETTER);
  return kinds.includes(kind)
    ? []
    : [
        {
          path: "kind",
          value: shown(kind),
          problem: `is no kind of key; kinds are ${kinds.join(", ")}`,
          remedy: "Write one of them.",
        },
      ];
}

/** The dynamic provider of {@link Nkey}. */
export const provider = versioned<Inputs, State>({
  check(_olds, news) {
    const kind = known(news.kind);
    const rotation = defined<Rotation>({ version: known(news.version) });
    const wrongKind = kind === undefined ? [] : kindDiagnostics(kind);
    const wrongSeed = kind === undefined || wrongKind.length > 0 ? [] : seedDiagnostics("seed", kind, known(news.seed));
    const wrongVersion = [
      ...rotationDiagnostics(rotation),
      ...(news.seed === undefined ? [] : givenKeyDiagnostics(rotation)),
    ];
    return Promise.resolve({ inputs: news, failures: failures([...wrongKind, ...wrongSeed, ...wrongVersion]) });
  },

  diff(id, olds, news) {
    const replaces = otherKey(id, olds, news);
    return Promise.resolve({ changes: replaces.length > 0, replaces, deleteBeforeReplace: false });
  },

  create({ kind, seed, version }) {
    const pair = seed === undefined ? newKeyPair(kind, randomBytes) : keyPairFromSeed(kind, seed);
    const id = pair.getPublicKey();
    const own = { kind, publicKey: id, seed: seedText(pair) };
    return Promise.resolve({ id, outs: version === undefined ? own : { ...own, version: String(version) } });
  },

  // A key is nowhere but in the state, so there is nothing to read, and nothing to take away but the state itself.
});

/** The inputs that ask for another key than the one there is; what is not known yet asks for nothing. */
function otherKey(id: string, olds: State, { kind, seed, version }: Inputs): string[] {
  if (known(kind) === undefined) {
    return [];
  }
  if (olds.kind !== kind) {
    return ["kind"];
  }
  const other = seed !== undefined && known(seed) !== undefined && keyPairFromSeed(kind, seed).getPublicKey() !== id;
  return [...(other ? ["seed"] : []), ...(isOtherVersion(olds.version, version) ? ["version"] : [])];
}

/**
 * True when a program asks for another version of a key than there is. The first one that it names is another one: whoever
 * begins to name versions wants a new key.
 *
 * @param before of the key that there is
 */
export function isOtherVersion(before: string | undefined, version: string | number | undefined): boolean {
  return version !== undefined && known(version) !== undefined && String(version) !== before;
}

/**
 * A key pair of NATS (Ed25519), generated once and kept in the state as a secret. Its id is the public key.
 *
 * @example
 * ```ts
 * const key = new Nkey("billing", { kind: "account" });
 * export const account = key.publicKey; // A…
 * ```
 */
export class Nkey extends DynamicResource {
  /** What the key identifies. */
  declare public readonly kind: pulumi.Output<KeyKind>;
  /** The public key. */
  declare public readonly publicKey: pulumi.Output<string>;
  /** The seed, as a secret: whoever has it can act as the key's owner. */
  declare public readonly seed: pulumi.Output<string>;

  constructor(name: string, args: NkeyArgs, opts?: pulumi.CustomResourceOptions) {
    const seed = args.seed === undefined ? undefined : pulumi.secret(args.seed);
    super(
      "nkey",
      "Nkey",
      name,
      { kind: args.kind, seed, version: args.version, publicKey: undefined },
      pulumi.mergeOptions(opts, { additionalSecretOutputs: ["seed"] }),
    );
  }
}
