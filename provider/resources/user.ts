import * as pulumi from "@pulumi/pulumi";
import type { KeyPair } from "nkeys.js";
import { isSigned, readTokenSigner, readTokenTime, unpackToken } from "../jwt/packed-token";
import type { SuppliedToken } from "../jwt/set-jwts";
import type { Lifetime } from "../model/keys/lifetime";
import { DynamicResource, handleRejection } from "./dynamic-resource";
import { markNeverHidden } from "./secrecy";

type LifetimeArgs = { [K in keyof Lifetime]: pulumi.Input<NonNullable<Lifetime[K]>> };

/** Key pairs by their public keys. */
export type Signers = ReadonlyMap<string, KeyPair>;

/** Arguments of {@link User}. */
export interface UserResourceArgs extends LifetimeArgs {
  /** The user's name, which its JWT contains for people. */
  name: pulumi.Input<string>;
  /** The public key (`A…`) of the user's account. */
  account: pulumi.Input<string>;
  /**
   * An existing seed (`SU…`).
   *
   * @default a key is generated once
   */
  seed?: pulumi.Input<string>;
  /**
   * What identifies an existing JWT of a user with a role: the JWT is kept if it is the one that would be signed.
   *
   * @default the JWT is signed now
   */
  supplied?: pulumi.Input<SuppliedToken | undefined>;
  /**
   * The public key (`U…`) of a user whose seed is not managed here. Its owner combines the JWT with the seed, because there
   * are no creds. Removing it later is an error, unless a `seed` or a `version` replaces it.
   *
   * @default the public key of `seed`, or of the generated key
   */
  publicKey?: pulumi.Input<string>;
  /**
   * Keeps the seed that the state contains when the program sets only the `publicKey` of the same key.
   *
   * @default false: a user with only a `publicKey` has no seed in the state
   */
  keepSeed?: pulumi.Input<boolean>;
  /**
   * The public key (`A…`) of a scoped signing key that the account's JWT lists: the key of a role.
   *
   * @default a key that is created for this JWT alone, of which only the public key is stored
   */
  signingKey?: pulumi.Input<string>;
  /**
   * Returns the keys of roles by their public keys, of which one is `signingKey`. The program signs with that of the user's last update
   * when it reads the JWT, which is undefined without it.
   *
   * @default no keys
   */
  signers?: () => pulumi.Output<Signers>;
  /**
   * Values for templates in a role's permissions, by keys in lower case: with `"tenant:blue"`, `{{tag(tenant)}}` becomes `blue`.
   *
   * @default none
   */
  tags?: pulumi.Input<readonly pulumi.Input<string>[]>;
  /**
   * The version of the user's key: a different version replaces the key by a new one. Removing it later keeps the key.
   *
   * @default the present key
   */
  version?: pulumi.Input<string | number>;
  /**
   * Whether the scope of the signing key makes the JWT a credential by itself (`bearer_token`). The JWT is a secret if this
   * is true, or an output. A public JWT is signed again when it becomes a credential.
   *
   * @default false
   */
  bearer?: pulumi.Input<boolean>;
}

/**
 * A user of an account: its key, generated once, and its JWT. The resource's id is the public key.
 *
 * The JWT identifies the user. The user's permissions are in the scope of {@link User.signingKey}, which the account's claims
 * must list. Permissions therefore change without a new JWT, and a user that is no longer listed is locked out.
 */
export class User extends DynamicResource {
  /** The user's public key, which the static server lists. */
  declare public readonly publicKey: pulumi.Output<string>;
  /** The user's seed, a secret; undefined if only the public key is supplied. */
  declare public readonly seed: pulumi.Output<string | undefined>;
  /** The public key that signed the JWT: the role's, or one that signed this JWT only. */
  declare public readonly signingKey: pulumi.Output<string>;
  /**
   * The user's JWT. Useless without the seed, unless the user is a bearer: then it is a secret. Undefined if the key of the user's role
   * was replaced by an update with targets (`--target`, `--exclude`) that left the user out.
   */
  declare public readonly jwt: pulumi.Output<string>;
  /** When the JWT was issued, in Unix seconds. */
  declare public readonly issuedAt: pulumi.Output<number>;
  /** The time at which the JWT expires, in UTC; undefined if it does not. */
  declare public readonly expires: pulumi.Output<string | undefined>;
  /** The time at which the JWT becomes valid, in UTC; undefined if it has no such time. */
  declare public readonly notBefore: pulumi.Output<string | undefined>;

  constructor(name: string, args: UserResourceArgs, opts?: pulumi.CustomResourceOptions) {
    const { seed, signers, ...inputs } = args;
    if ("signer" in inputs) {
      throw new TypeError("User has no argument `signer`: set `signingKey` and `signers`");
    }
    const { bearer = false, ...rest } = inputs;
    const { signingKey: _signingKey, ...from } = inputs;
    super(
      "user",
      "User",
      name,
      {
        jwt: undefined,
        ...rest,
        seed: seed === undefined ? undefined : pulumi.secret(seed),
        ...(bearer === false ? {} : { bearer }),
        // The end of a lifetime is an output.
        ...(rest.lifetime === undefined ? {} : { expires: rest.expires }),
      },
      pulumi.mergeOptions(opts, { additionalSecretOutputs: bearer === false ? ["seed"] : ["seed", "jwt"] }),
      { from, outputs: ["jwt"] },
    );
    // The state has these parts packed. Outputs take long to create, and most programs read few of them.
    const { jwt: packed, id } = this;
    this.publicKey = id;
    const without = ["expires", "notBefore"].filter((limit) => !Object.hasOwn(this, limit));
    Object.assign(this, Object.fromEntries(without.map((limit) => [limit, NEVER])));
    defineLater(this, "jwt", () => {
      const jwt = signedToken(packed, id, signers);
      // The engine hides the JWT only once an update has changed the user.
      return bearer === false ? jwt : pulumi.secret(jwt);
    });
    defineLater(this, "signingKey", () => publicPart(packed, readTokenSigner));
    defineLater(this, "issuedAt", () => publicPart(packed, readTokenTime));
  }
}

/** The time of a limit that the program does not set. */
const NEVER: pulumi.Output<string | undefined> = pulumi.output(undefined);

/** Defines a property that is created when it is first read. */
function defineLater<T extends object, Key extends keyof T>(on: T, key: Key, create: () => T[Key]): void {
  let created: T[Key] | undefined;
  Object.defineProperty(on, key, { configurable: true, enumerable: true, get: () => (created ??= create()) });
}

/**
 * Returns the JWT of a user, as secret as its content. An update with targets can leave a user as it is while the program gives it
 * another role, or the role another key: the key that the content names signs, and no other one.
 */
function signedToken(
  packed: pulumi.Output<string>,
  id: pulumi.Output<string>,
  signers: UserResourceArgs["signers"],
): pulumi.Output<string> {
  const jwt = pulumi.all([packed, id]).apply(([text, key]): pulumi.Input<string | undefined> => {
    if (isSigned(text)) {
      return unpackToken(text, key);
    }
    return signers?.().apply((pairs) => {
      const signer = pairs.get(readTokenSigner(text));
      return signer && unpackToken(text, key, signer);
    });
  });
  // Only in an update with targets is it undefined.
  return jwt as pulumi.Output<string>;
}

/** Reads a part of a packed JWT that is public, even if the JWT is a secret. */
function publicPart<T>(packed: pulumi.Output<string>, read: (packed: string) => T): pulumi.Output<T> {
  const part: pulumi.Output<T> = pulumi.unsecret<T>(packed.apply(read));
  markNeverHidden(part);
  handleRejection(part);
  return part;
}
