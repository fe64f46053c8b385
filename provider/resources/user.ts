import * as pulumi from "@pulumi/pulumi";
import { readToken } from "../jwt/sign";
import type { Lifetime } from "../model/keys/lifetime";
import { defined } from "../model/form/order";
import { DynamicResource, failures, nowInSeconds, versioned, type LifeCycle } from "./dynamic";
import { lostKeyDiagnostics, userDiagnostics, type UserInputs } from "./user-checks";
import {
  acknowledged,
  isFoundOtherwise,
  keepsAnother,
  keptSeed,
  normalUser,
  otherKey,
  signedUser,
  signsAnother,
  userPair,
  withCondition,
  type OwnKey,
  type UserState,
} from "./user-state";

type LifetimeArgs = { [K in keyof Lifetime]: pulumi.Input<NonNullable<Lifetime[K]>> };

/** Arguments of {@link User}. */
export interface UserResourceArgs extends LifetimeArgs {
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
   * its own seed. Leaving it out later is an error, unless there is a `seed` or a `version` instead.
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
  tags?: pulumi.Input<readonly pulumi.Input<string>[]>;
  /**
   * Names the user's key: another version is another key, which takes the place of this one. Leaving it out later keeps the
   * key.
   *
   * @default the key that there is
   */
  version?: pulumi.Input<string | number>;
}

/** The dynamic provider of {@link User}, by a clock that tells seconds since 1970. */
export function userProvider(now: () => number): LifeCycle<UserInputs, UserState> {
  return versioned<UserInputs, UserState>({
    check(olds, news) {
      const found = failures([...userDiagnostics(news), ...lostKeyDiagnostics(olds, news)]);
      return Promise.resolve({ inputs: found.length > 0 ? news : normalUser(olds, news, now()), failures: found });
    },

    diff(id, olds, news) {
      const replaces = otherKey(id, olds, news);
      const changes =
        replaces.length > 0 || signsAnother(olds, news) || keepsAnother(olds, news) || isFoundOtherwise(olds);
      return Promise.resolve({ changes, replaces, deleteBeforeReplace: false });
    },

    async create(inputs) {
      const own = inputs.publicKey === undefined ? userPair(inputs.seed) : { publicKey: inputs.publicKey };
      return { id: own.publicKey, outs: await signedUser(inputs, own, now()) };
    },

    async update(id, olds, news) {
      const { version } = olds;
      const own = defined<OwnKey>({ publicKey: id, seed: keptSeed(olds, news), version });
      if (signsAnother(olds, news)) {
        // A revocation goes by the second: what takes the place of a JWT must not be as old as it is.
        return { outs: await signedUser(news, own, Math.max(now(), readToken(olds.jwt).iat + 1)) };
      }
      return { outs: acknowledged(defined<UserState>({ ...olds, seed: undefined, ...own }), now()) };
    },

    read(id, state) {
      return Promise.resolve(state === undefined ? { id } : { id, props: withCondition(state, now()) });
    },
  });
}

/** The dynamic provider of {@link User}. */
export const provider = userProvider(nowInSeconds);

/** What the resource tells beside its arguments, and what it may tell without being given. */
const OUTPUTS = {
  publicKey: undefined,
  signingKey: undefined,
  jwt: undefined,
  expires: undefined,
  notBefore: undefined,
};

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
  /** When the JWT ends, in UTC; undefined where it does not. */
  declare public readonly expires: pulumi.Output<string | undefined>;
  /** When the JWT begins to hold, in UTC; undefined where it always did. */
  declare public readonly notBefore: pulumi.Output<string | undefined>;

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
      { ...OUTPUTS, ...inputs },
      pulumi.mergeOptions(opts, { additionalSecretOutputs: ["seed"] }),
    );
  }
}
