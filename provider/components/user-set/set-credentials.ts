import { signSetToken, signSetTokens, type SetToken } from "../../jwt/set-jwts";
import { formatCreds } from "../../jwt/sign";
import { areRevoked } from "../../model/account/revoked-credentials";
import { isValidAt } from "../../model/keys/lifetime";
import type { Revocations } from "../../model/keys/revocations";
import { issuedUsers, parseIssued, parseKey, type IssuedUser, type SetKeys } from "../../model/users/set-keys";
import { parseLines } from "../../model/users/set-text";
import { keyPairFromSeed } from "../../nkeys/keys";
import type { NativeKeyPair } from "../../nkeys/native-key-pair";
import { setKeyDeriver, type SetDeriver } from "../../nkeys/set-seeds";

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

/** The JWT of a user of a set. */
export interface UserJwt extends Pick<UserCreds, "name" | "publicKey"> {
  readonly jwt: string;
}

/** The credentials of a set's users: seeds and JWTs are derived and signed when they are needed. */
export class SetCredentials {
  readonly #secrets: SetSecrets;
  #parsed: ParsedSet | undefined;
  #signer: NativeKeyPair | undefined;
  #derive: SetDeriver | undefined;

  constructor(secrets: SetSecrets) {
    this.#secrets = secrets;
  }

  /** Names of the users. */
  get names(): string[] {
    return [...this.#set.users.keys()];
  }

  /** Returns whether the set has a user. */
  has(name: string): boolean {
    return this.#set.users.has(name);
  }

  /** Returns the JWT of a user; undefined if there is no such user. */
  jwt(name: string): string | undefined {
    const token = this.#token(name);
    return token && signSetToken(token, this.#signingPair);
  }

  /** Returns the JWTs of all users, by name. Signs them on all cores. */
  async allJwts(): Promise<Record<string, string>> {
    const named = this.names.flatMap((name) => this.#token(name) ?? []);
    const jwts = await signSetTokens(named, this.#signingPair);
    return Object.fromEntries(named.map(({ name }, index) => [name, jwts[index] ?? ""]));
  }

  /** Returns the seed of a user; undefined if it is not managed here. */
  seed(name: string): string | undefined {
    const { root, since } = this.#secrets;
    const line = this.#set.keys.get(name);
    const { made } = line === undefined ? {} : parseKey(line);
    if (made === undefined || root === undefined || made < since) {
      return this.#set.given.get(name)?.split(" ", 1)[0];
    }
    this.#derive ??= setKeyDeriver(root);
    return this.#derive.seed(name, made);
  }

  /** Returns the seeds of some users by public key, without those that are not managed here. */
  seedsOf(names: readonly string[]): Record<string, string> {
    const entries = names.flatMap((name) => {
      const [publicKey, seed] = [this.#set.users.get(name)?.publicKey, this.seed(name)];
      return publicKey === undefined || seed === undefined ? [] : [[publicKey, seed] as const];
    });
    return Object.fromEntries(entries);
  }

  /**
   * Returns the creds of a user; undefined if its seed is not managed here, or they have expired or are revoked.
   *
   * @param now Unix seconds
   */
  creds(name: string, revocations: Revocations, now: number): UserCreds | undefined {
    const unsigned = this.#unsigned(name, revocations, now);
    return unsigned && toCreds(unsigned, signSetToken(unsigned.token, this.#signingPair));
  }

  /**
   * Returns the creds of all users that have some, as {@link creds} does. Signs them on all cores.
   *
   * @param now Unix seconds
   */
  async allCreds(revocations: Revocations, now: number): Promise<UserCreds[]> {
    const unsigned = this.names.flatMap((name) => this.#unsigned(name, revocations, now) ?? []);
    if (unsigned.length === 0) {
      return [];
    }
    const tokens = await signSetTokens(
      unsigned.map(({ token }) => token),
      this.#signingPair,
    );
    return unsigned.map((user, index) => toCreds(user, tokens[index] ?? ""));
  }

  /**
   * Returns the JWTs of all users that servers accept, also of those whose seeds are not managed here.
   *
   * @param now Unix seconds
   */
  async validJwts(revocations: Revocations, now: number): Promise<UserJwt[]> {
    const tokens = this.names.flatMap((name) => this.#validToken(name, revocations, now) ?? []);
    const jwts = await signSetTokens(tokens, this.#signingPair);
    return tokens.map(({ name, publicKey }, index) => ({ name, publicKey, jwt: jwts[index] ?? "" }));
  }

  /** Most updates need no credentials, and never read the set. */
  get #set(): ParsedSet {
    const { set, given = "" } = this.#secrets;
    this.#parsed ??= {
      users: issuedUsers(set),
      keys: parseLines(set.keys),
      given: parseLines(given),
      issuedAt: parseIssued(set.issued),
    };
    return this.#parsed;
  }

  get #signingPair(): NativeKeyPair {
    this.#signer ??= keyPairFromSeed("account", this.#secrets.signer);
    return this.#signer;
  }

  #token(name: string): SetToken | undefined {
    const user = this.#set.users.get(name);
    return user && { ...user, name, account: this.#secrets.account, issuedAt: this.#set.issuedAt(name) };
  }

  #validToken(name: string, revocations: Revocations, now: number): SetToken | undefined {
    const token = this.#token(name);
    const { expires } = token ?? {};
    const hasExpired = expires !== undefined && !isValidAt(now, { expires });
    return token === undefined || hasExpired || areRevoked(token, revocations, now) ? undefined : token;
  }

  #unsigned(name: string, revocations: Revocations, now: number): UnsignedCreds | undefined {
    const token = this.#validToken(name, revocations, now);
    const seed = token && this.seed(name);
    return token === undefined || seed === undefined ? undefined : { token, seed };
  }
}

interface ParsedSet {
  readonly users: ReadonlyMap<string, IssuedUser>;
  readonly keys: ReadonlyMap<string, string>;
  readonly given: ReadonlyMap<string, string>;
  readonly issuedAt: (name: string) => number;
}

interface UnsignedCreds {
  readonly token: SetToken;
  readonly seed: string;
}

function toCreds({ token: { name, publicKey }, seed }: UnsignedCreds, jwt: string): UserCreds {
  return { name, publicKey, creds: formatCreds(jwt, seed) };
}
