import { randomBytes } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { scopedUserClaims } from "../jwt/claims";
import { readToken, signClaims } from "../jwt/sign";
import { under, type Diagnostic } from "../model/diagnostics";
import { defined } from "../model/order";
import { shaped, text } from "../model/shape";
import { normalTags, tagsDiagnostics } from "../model/tags";
import { nameDiagnostics } from "../model/users";
import { keyPairFromSeed, newKeyPair, seedText } from "../nkeys/keys";
import { differ, DynamicResource, failures, known, nowInSeconds, whenKnown, type LifeCycle } from "./dynamic";
import { publicKeyDiagnostics, seedDiagnostics } from "./nkey";

/** Arguments of {@link User}. */
export interface UserResourceArgs {
  /** The user's name, which its JWT says to people. */
  name: pulumi.Input<string>;
  /** The public key (`A…`) of the user's account. */
  account: pulumi.Input<string>;
  /**
   * An existing seed (`SU…`) to keep.
   *
   * @default a new key is generated, once
   */
  seed?: pulumi.Input<string>;
  /**
   * The public key (`U…`) of a user who keeps the seed to himself. There are no creds then: the user joins the JWT and
   * its own seed.
   *
   * @default the key of `seed`, or a new one
   */
  publicKey?: pulumi.Input<string>;
  /**
   * The seed (`SA…`) of a scoped signing key that the account's JWT lists: the key of a role. It is kept as a secret.
   *
   * @default a key made for this one JWT, of which only the public half is kept
   */
  signer?: pulumi.Input<string>;
  /**
   * What the templates in a role's permissions find: `"tenant:blue"` is what `{{tag(tenant)}}` stands for. Lower case.
   *
   * @default none
   */
  tags?: pulumi.Input<pulumi.Input<string>[]>;
}

interface Inputs {
  name: string;
  account: string;
  seed?: string;
  publicKey?: string;
  signer?: string;
  tags?: string[];
}

interface State {
  name: string;
  account: string;
  publicKey: string;
  seed?: string;
  signingKey: string;
  /** Whose key signed: the user's own, made for its JWT alone, unless this says otherwise. */
  scope?: "shared";
  tags?: string[];
  jwt: string;
}

/** What a user's JWT says; when one of them changes, it is signed again. */
type Said = Pick<Inputs, "name" | "account" | "tags">;

const SAID = ["name", "account", "tags"] as const satisfies readonly (keyof Said)[];

/** What is wrong with the keys that a program gives for a user; `path` is the user's. */
export function userKeyDiagnostics(
  path: string,
  { seed, publicKey }: Pick<Inputs, "seed" | "publicKey">,
): Diagnostic[] {
  const at = (property: string) => (path === "" ? property : `${path}.${property}`);
  return [
    ...seedDiagnostics(at("seed"), "user", seed),
    ...publicKeyDiagnostics(at("publicKey"), "user", publicKey),
    ...(seed === undefined || publicKey === undefined
      ? []
      : [
          {
            path: at("publicKey"),
            problem: "stands beside a seed, which has its own public key",
            remedy: "Give one of the two.",
          },
        ]),
  ];
}

/** The dynamic provider of {@link User}. */
export const provider: LifeCycle<Inputs, State> = {
  check(_olds, news) {
    const keys = { seed: known(news.seed), publicKey: known(news.publicKey) };
    const found = [
      ...nameDiagnostics("name", news.name),
      ...shaped("account", text, news.account, (account) => publicKeyDiagnostics("", "account", account)),
      ...userKeyDiagnostics("", defined<Pick<Inputs, "seed" | "publicKey">>(keys)),
      ...seedDiagnostics("signer", "account", known(news.signer)),
      ...under("tags", tagsDiagnostics(known(news.tags))),
    ];
    const inputs = found.length > 0 ? news : defined<Inputs>({ ...news, tags: whenKnown(news.tags, normalTags) });
    return Promise.resolve({ inputs, failures: failures(found) });
  },

  diff(id, olds, news) {
    const replaces = otherKey(id, news);
    const changes = replaces.length > 0 || signsAnother(olds, news) || keepsAnother(olds, news);
    return Promise.resolve({ changes, replaces, deleteBeforeReplace: false });
  },

  async create(inputs) {
    const own = inputs.publicKey === undefined ? userPair(inputs.seed) : { publicKey: inputs.publicKey };
    return { id: own.publicKey, outs: await signed(inputs, own, nowInSeconds()) };
  },

  async update(id, olds, news) {
    const own = defined<OwnKey>({ publicKey: id, seed: keptSeed(olds, news) });
    if (signsAnother(olds, news)) {
      // A revocation goes by the second: what takes the place of a JWT must not be as old as it is.
      return { outs: await signed(news, own, Math.max(nowInSeconds(), readToken(olds.jwt).iat + 1)) };
    }
    return { outs: defined<State>({ ...olds, seed: undefined, ...own }) };
  },
};

/** True when the JWT must be signed again: it is to say something else, or by another key. */
function signsAnother(olds: State, news: Inputs): boolean {
  return differ<Said>(SAID, olds, news) || otherSigner(olds, news);
}

/** A key made for one JWT is no other one in the next update. */
function otherSigner({ scope, signingKey }: State, { signer }: Inputs): boolean {
  if (signer === undefined) {
    return scope === "shared";
  }
  return known(signer) !== undefined && keyPairFromSeed("account", signer).getPublicKey() !== signingKey;
}

/** True when the state has a seed and should have none, or the other way round. */
function keepsAnother(olds: State, news: Inputs): boolean {
  return (keptSeed(olds, news) === undefined) !== (olds.seed === undefined);
}

/** The seed that the state holds: none of a user who keeps it, and what it was where neither key is given or known. */
function keptSeed(olds: State, { seed, publicKey }: Inputs): string | undefined {
  if (publicKey !== undefined && known(publicKey) !== undefined) {
    return undefined;
  }
  return known(seed) ?? olds.seed;
}

interface OwnKey {
  publicKey: string;
  seed?: string;
}

function userPair(seed: string | undefined): Required<OwnKey> {
  const pair = seed === undefined ? newKeyPair("user", randomBytes) : keyPairFromSeed("user", seed);
  return { publicKey: pair.getPublicKey(), seed: seedText(pair) };
}

/**
 * Signs with the key of a role, or else with one made for this token alone: once that one has signed, nobody needs its
 * seed, so nobody keeps it.
 */
async function signed({ name, account, tags, signer }: Inputs, own: OwnKey, issuedAt: number): Promise<State> {
  const pair = signer === undefined ? newKeyPair("account", randomBytes) : keyPairFromSeed("account", signer);
  const signingKey = pair.getPublicKey();
  const said = defined<Said>({ name, account, tags });
  const jwt = await signClaims(scopedUserClaims({ ...said, publicKey: own.publicKey }), pair, { issuedAt });
  pair.clear();
  return { ...said, ...own, signingKey, ...(signer === undefined ? {} : { scope: "shared" }), jwt };
}

function otherKey(id: string, { seed, publicKey }: Inputs): string[] {
  if (publicKey !== undefined && known(publicKey) !== undefined) {
    return publicKey === id ? [] : ["publicKey"];
  }
  const other = seed !== undefined && known(seed) !== undefined && keyPairFromSeed("user", seed).getPublicKey() !== id;
  return other ? ["seed"] : [];
}

/**
 * A user of an account: its key, generated once, and its JWT. Its id is the public key.
 *
 * The JWT says who the user is. What the user may do stands in the scope of {@link User.signingKey}, which the account's
 * claims must list: so permissions change without a new JWT, and a user that is no longer listed is locked out.
 */
export class User extends DynamicResource {
  /** The user's public key: what the static server lists. */
  declare public readonly publicKey: pulumi.Output<string>;
  /** The user's seed, as a secret; undefined where only the public key was given. */
  declare public readonly seed: pulumi.Output<string | undefined>;
  /** The public key that signed the JWT: the role's, or one that signed no other. */
  declare public readonly signingKey: pulumi.Output<string>;
  /** The user's JWT. Useless without the seed. */
  declare public readonly jwt: pulumi.Output<string>;

  constructor(name: string, args: UserResourceArgs, opts?: pulumi.CustomResourceOptions) {
    const { seed, signer } = args;
    const inputs = {
      ...args,
      seed: seed === undefined ? undefined : pulumi.secret(seed),
      signer: signer === undefined ? undefined : pulumi.secret(signer),
    };
    super(
      "user",
      "User",
      name,
      { ...inputs, publicKey: args.publicKey, signingKey: undefined, jwt: undefined },
      pulumi.mergeOptions(opts, { additionalSecretOutputs: ["seed"] }),
    );
  }
}
