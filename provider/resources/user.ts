import { randomBytes } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { scopedUserClaims } from "../jwt/claims";
import { signClaims } from "../jwt/sign";
import type { Diagnostic } from "../model/diagnostics";
import { defined } from "../model/order";
import { shaped, text } from "../model/shape";
import { nameDiagnostics } from "../model/users";
import { keyPairFromSeed, newKeyPair, seedText } from "../nkeys/keys";
import { differ, DynamicResource, failures, known, nowInSeconds, type LifeCycle } from "./dynamic";
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
}

interface Inputs {
  name: string;
  account: string;
  seed?: string;
  publicKey?: string;
}

interface State {
  name: string;
  account: string;
  publicKey: string;
  seed?: string;
  signingKey: string;
  jwt: string;
}

/** The inputs that a user's JWT says; when one of them changes, it is signed again. */
const SIGNED = ["name", "account"] as const;

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
    ];
    return Promise.resolve({ inputs: news, failures: failures(found) });
  },

  diff(id, olds, news) {
    const replaces = otherKey(id, news);
    const changes = replaces.length > 0 || saysAnother(olds, news) || keepsAnother(olds, news);
    return Promise.resolve({ changes, replaces, deleteBeforeReplace: false });
  },

  async create({ name, account, seed, publicKey }) {
    const own = publicKey === undefined ? userPair(seed) : { publicKey };
    return { id: own.publicKey, outs: await signed({ name, account }, own) };
  },

  async update(id, olds, news) {
    const { name, account } = news;
    const own = defined<OwnKey>({ publicKey: id, seed: keptSeed(olds, news) });
    const { signingKey, jwt } = olds;
    return {
      outs: saysAnother(olds, news) ? await signed({ name, account }, own) : { name, account, ...own, signingKey, jwt },
    };
  },
};

function saysAnother(olds: State, news: Inputs): boolean {
  return differ<Pick<Inputs, "name" | "account">>(SIGNED, olds, news);
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

/** Signs with a key made for this one token: once it has signed, nobody needs its seed, so nobody keeps it. */
async function signed(inputs: Pick<Inputs, "name" | "account">, own: OwnKey): Promise<State> {
  const signer = newKeyPair("account", randomBytes);
  const signingKey = signer.getPublicKey();
  const claims = scopedUserClaims({ ...inputs, publicKey: own.publicKey });
  const jwt = await signClaims(claims, signer, { issuedAt: nowInSeconds() });
  signer.clear();
  return { ...inputs, ...own, signingKey, jwt };
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
  /** The public key that signed the JWT, and no other. */
  declare public readonly signingKey: pulumi.Output<string>;
  /** The user's JWT. Useless without the seed. */
  declare public readonly jwt: pulumi.Output<string>;

  constructor(name: string, args: UserResourceArgs, opts?: pulumi.CustomResourceOptions) {
    const { seed, publicKey } = args;
    const inputs = {
      name: args.name,
      account: args.account,
      publicKey,
      seed: seed === undefined ? undefined : pulumi.secret(seed),
    };
    super(
      "user",
      "User",
      name,
      { ...inputs, signingKey: undefined, jwt: undefined },
      pulumi.mergeOptions(opts, { additionalSecretOutputs: ["seed"] }),
    );
  }
}
