import type { KeyPair } from "nkeys.js";
import { signSetToken, type SetToken } from "../../jwt/set-jwts";
import { formatCreds } from "../../jwt/sign";
import { areRevoked } from "../../model/account/revoked-credentials";
import { isValidAt } from "../../model/keys/lifetime";
import type { Revocations } from "../../model/keys/revocations";
import { issuedUsers, parseIssued, parseKey, type SetKeys } from "../../model/users/set-keys";
import { parseLines } from "../../model/users/set-text";
import { getSeedText, keyPairFromSeed } from "../../nkeys/keys";
import { setKeyDeriver } from "../../nkeys/set-seeds";

/** What the creds of a set are made of. */
export interface SetSecrets {
  readonly set: Pick<SetKeys, "users" | "keys" | "shared"> & { readonly issued: string };
  /** Public key of the account. */
  readonly account: string;
  /** Seed of the role's key. */
  readonly signer: string;
  /** Seed of the set's source; undefined if the program supplies all keys. */
  readonly root?: string | undefined;
  /** Number of the first update whose keys the source generated. */
  readonly since: number;
  /** Seeds that the program supplies or has supplied, one a line. */
  readonly given?: string | undefined;
}

/** Creds of a user of a set. */
export interface UserCreds {
  /** Name of the user. */
  readonly name: string;
  /** Public key (`U…`). */
  readonly publicKey: string;
  /** Content of a creds file. */
  readonly creds: string;
}

/** The credentials of a set's users: seeds and JWTs are derived and signed when they are needed. */
export class SetCredentials {
  readonly #users: ReadonlyMap<string, Omit<SetToken, "name" | "account" | "issuedAt">>;
  readonly #keys: ReadonlyMap<string, string>;
  readonly #given: ReadonlyMap<string, string>;
  readonly #issuedAt: (name: string) => number;
  #signer: KeyPair | undefined;
  #derive: ReturnType<typeof setKeyDeriver> | undefined;

  constructor(private readonly secrets: SetSecrets) {
    this.#users = issuedUsers(secrets.set);
    this.#keys = parseLines(secrets.set.keys);
    this.#given = parseLines(secrets.given ?? "");
    this.#issuedAt = parseIssued(secrets.set.issued);
  }

  /** Names of the users. */
  get names(): string[] {
    return [...this.#users.keys()];
  }

  /** Returns whether the set has a user. */
  has(name: string): boolean {
    return this.#users.has(name);
  }

  /** Returns the JWT of a user; undefined if there is no such user. */
  jwt(name: string): string | undefined {
    const { account, signer } = this.secrets;
    const user = this.#users.get(name);
    this.#signer ??= keyPairFromSeed("account", signer);
    return user && signSetToken({ ...user, name, account, issuedAt: this.#issuedAt(name) }, this.#signer);
  }

  /** Returns the seed of a user; undefined if it is not managed here. */
  seed(name: string): string | undefined {
    const { root, since } = this.secrets;
    const line = this.#keys.get(name);
    const { made } = line === undefined ? {} : parseKey(line);
    if (made === undefined || root === undefined || made < since) {
      return this.#given.get(name)?.split(" ", 1)[0];
    }
    this.#derive ??= setKeyDeriver(root);
    return getSeedText(this.#derive(name, made));
  }

  /** Returns the seeds of some users by public key, without those that are not managed here. */
  seedsOf(names: readonly string[]): Record<string, string> {
    const entries = names.flatMap((name) => {
      const [publicKey, seed] = [this.#users.get(name)?.publicKey, this.seed(name)];
      return publicKey === undefined || seed === undefined ? [] : [[publicKey, seed] as const];
    });
    return Object.fromEntries(entries);
  }

  /**
   * Returns the creds of a user; undefined if its seed is not managed here, or no server would accept them.
   *
   * @param now Unix seconds
   */
  creds(name: string, revocations: Revocations, now: number): UserCreds | undefined {
    const user = this.#users.get(name);
    if (user === undefined || (user.expires !== undefined && !isValidAt(now, { expires: user.expires }))) {
      return undefined;
    }
    const { publicKey } = user;
    const isRevoked = areRevoked({ publicKey, issuedAt: this.#issuedAt(name) }, revocations, now);
    const seed = isRevoked ? undefined : this.seed(name);
    return seed === undefined ? undefined : { name, publicKey, creds: formatCreds(this.jwt(name) ?? "", seed) };
  }
}
