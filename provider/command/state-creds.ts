import { SetCredentials } from "../components/user-set/set-credentials";
import { SETS, unpackSets, type PackedSets } from "../dynamic/state/packed-sets";
import { unpackText } from "../dynamic/state/packed-texts";
import { isSigned, readTokenContent, unpackToken } from "../jwt/packed-token";
import { formatCreds } from "../jwt/sign";
import { areRevoked } from "../model/account/revoked-credentials";
import type { Users } from "../model/users/users";
import { isRecord } from "../model/form/shape";
import { isValidAt } from "../model/keys/lifetime";
import type { Revocations } from "../model/keys/revocations";
import { parseKey } from "../model/users/set-keys";
import { parseLines } from "../model/users/set-text";
import { keyPairFromSeed } from "../nkeys/keys";
import type { SharedTerms } from "../model/users/set-users";

/** What the files of users contain: creds, or JWTs, which users have without a seed as well. */
export type CredsKind = "creds" | "jwt";

/** Creds or the JWT of a user of a stack. */
export interface StateCreds {
  /** Name of the user's account. */
  readonly account: string;
  /** Public key of the account: two accounts can have the same name. */
  readonly accountKey: string;
  /** Name of the user. */
  readonly name: string;
  readonly publicKey: string;
  /** Content of the file. */
  readonly text: string;
}

/** The creds in a state, and the number of users without any. */
export interface FoundCreds {
  readonly creds: readonly StateCreds[];
  /** Whether the state has users, or the set that was asked for. */
  readonly isPresent: boolean;
  /** The names of all accounts by public key. */
  readonly accounts: ReadonlyMap<string, string>;
  readonly without: number;
}

interface Resource {
  readonly type: string;
  readonly id: string;
  /** Whether another resource has replaced it, and the update that deletes it has not finished. */
  readonly isReplaced: boolean;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** The state of a set, as far as its creds need it. */
interface StoredSet {
  readonly users: string;
  readonly keys: string;
  readonly issued: string;
  readonly given?: string;
  readonly __details: {
    readonly name: string;
    readonly account: string;
    readonly signingKey: string;
    readonly source?: string;
    readonly since: number;
    readonly shared?: SharedTerms;
  };
}

interface StoredUser {
  readonly publicKey: string;
  /** Packed, except in states of the versions 1 to 4; without a signature if the key of a role signs it. */
  readonly jwt: string;
  readonly seed?: string;
  readonly expires?: string;
}

/** An account, as far as the creds of its users need it. */
interface StoredAccount {
  readonly name: string;
  readonly revocations?: Revocations;
}

const TYPE = "pulumi-nodejs:dynamic/nats-auth:";

/**
 * Returns the creds of the users of a stack.
 *
 * @param state what `pulumi stack export --show-secrets` printed
 * @param set the name of a set; all users by default
 * @param now Unix seconds
 */
export async function findCreds(
  state: unknown,
  set: string | undefined,
  now: number,
  kind: CredsKind = "creds",
): Promise<FoundCreds> {
  const all = readResources(state);
  const outputsOf = (resources: readonly Resource[], name: string): Resource["outputs"][] =>
    resources.flatMap(({ type, id, outputs }) => (type === TYPE + name ? [{ publicKey: id, ...outputs }] : []));
  const present = all.filter(({ isReplaced }) => !isReplaced);
  // A replaced key is the current one of the sets that an interrupted rotation has not updated yet.
  const seeds = new Map(outputsOf(all, "Nkey").map(({ publicKey, seed }) => [publicKey as string, seed as string]));
  const accounts = new Map(outputsOf(present, "AccountClaims").map(readAccount));
  const sets = (outputsOf(present, "UserSetKeys") as unknown as StoredSet[]).map((stored) =>
    holderOfSet(stored, seeds),
  );
  const users = (outputsOf(present, "User") as unknown as StoredUser[]).map((user) => holderOfUser(user, seeds));
  const owners = findOwners([...users, ...sets], listedKeys(present));
  const chosen = set === undefined ? [...users, ...sets] : sets.filter(({ name }) => name === set);
  const creds: StateCreds[] = [];
  let without = 0;
  for (const holder of chosen) {
    const { account, keys } = holder;
    const { name, revocations = {} } = accounts.get(account) ?? { name: account };
    const isOwner = (user: string) => owners.get(account)?.get(user) === holder;
    const own = (await holder.textsOf(kind, revocations, now)).filter((user) => isOwner(user.name));
    without += [...keys.keys()].filter(isOwner).length - own.length;
    for (const user of own) {
      creds.push({ accountKey: account, account: name, ...user });
    }
  }
  return {
    creds,
    isPresent: chosen.length > 0,
    accounts: new Map(Array.from(accounts, ([key, { name }]) => [key, name])),
    without,
  };
}

/** A resource with users of an account. */
interface Holder {
  /** Public key of the account. */
  readonly account: string;
  /** Name of the set; undefined for a single user. */
  readonly name?: string;
  /** Public keys of the users by name. */
  readonly keys: ReadonlyMap<string, string>;
  /** Returns the contents of the files of the users that have some. */
  readonly textsOf: (kind: CredsKind, revocations: Revocations, now: number) => Promise<UserText[]>;
}

type UserText = Omit<StateCreds, "account" | "accountKey">;

function holderOfUser(user: StoredUser, seeds: ReadonlyMap<string, string>): Holder {
  const { account, name, signingKey } = readTokenContent(user.jwt);
  const signer = seeds.get(signingKey);
  const textsOf: Holder["textsOf"] = (kind, revocations, now) => {
    const text = textOfUser(kind, user, signer, revocations, now);
    return Promise.resolve(text === undefined ? [] : [{ name, publicKey: user.publicKey, text }]);
  };
  return { account, keys: new Map([[name, user.publicKey]]), textsOf };
}

function holderOfSet(stored: StoredSet, seeds: ReadonlyMap<string, string>): Holder {
  const { name, account, signingKey, source, since, shared } = stored.__details;
  const [users, keys] = [stored.users, stored.keys].map(unpackText) as [string, string];
  const signer = seeds.get(signingKey);
  const textsOf: Holder["textsOf"] = async (kind, revocations, now) => {
    if (signer === undefined) {
      return [];
    }
    const root = source === undefined ? undefined : seeds.get(source);
    const set = { users, keys, issued: stored.issued, shared };
    const credentials = new SetCredentials({ set, account, signer, root, since, given: stored.given });
    switch (kind) {
      case "creds":
        return (await credentials.allCreds(revocations, now)).map(({ creds, ...user }) => ({ ...user, text: creds }));
      case "jwt":
        return (await credentials.validJwts(revocations, now)).map(({ jwt, ...user }) => ({ ...user, text: jwt }));
    }
  };
  const byName = Array.from(parseLines(keys), ([user, line]) => [user, parseKey(line).publicKey] as const);
  return { account, name, keys: new Map(byName), textsOf };
}

/**
 * Finds the resource of each user, by account and name. While an interrupted update moves a user, two resources have it: servers
 * accept the key that the claims of the account list.
 */
function findOwners(
  holders: readonly Holder[],
  listed: ReadonlySet<string>,
): ReadonlyMap<string, ReadonlyMap<string, Holder>> {
  const owners = new Map<string, Map<string, Holder>>();
  for (const holder of holders) {
    const ofAccount = owners.get(holder.account) ?? new Map<string, Holder>();
    owners.set(holder.account, ofAccount);
    for (const [name, publicKey] of holder.keys) {
      const other = ofAccount.get(name)?.keys.get(name);
      if (other === undefined || listed.has(publicKey) || !listed.has(other)) {
        ofAccount.set(name, holder);
      }
    }
  }
  return owners;
}

/** Returns the public keys of users that the claims of accounts were signed for. */
function listedKeys(resources: readonly Resource[]): ReadonlySet<string> {
  const claims = resources.filter(({ type }) => type === `${TYPE}AccountClaims`);
  return new Set(
    claims.flatMap(({ inputs }) => {
      const { users = {} } = (inputs.__details ?? inputs) as { readonly users?: Users };
      const sets = Object.values(unpackSets((inputs[SETS] ?? {}) as PackedSets));
      return [
        ...Object.values(users).map(({ publicKey }) => publicKey),
        ...sets.flatMap(({ keys }) => Array.from(parseLines(keys).values(), (line) => parseKey(line).publicKey)),
      ];
    }),
  );
}

/**
 * Returns what the file of a user contains; undefined if it needs a seed that is not in the state, or no server would accept it.
 *
 * @param signer seed of the key that signs the JWT, if it is the one of a role
 */
function textOfUser(
  kind: CredsKind,
  { publicKey, jwt, seed, expires }: StoredUser,
  signer: string | undefined,
  revocations: Revocations,
  now: number,
): string | undefined {
  const hasExpired = expires !== undefined && !isValidAt(now, { expires });
  const { issuedAt } = readTokenContent(jwt);
  const isDead = hasExpired || areRevoked({ publicKey, issuedAt }, revocations, now);
  const isIncomplete = (kind === "creds" && seed === undefined) || (signer === undefined && !isSigned(jwt));
  if (isDead || isIncomplete) {
    return undefined;
  }
  const token = unpackToken(jwt, publicKey, signer === undefined ? undefined : keyPairFromSeed("account", signer));
  return kind === "jwt" ? token : formatCreds(token, seed ?? "");
}

/** States of the versions 1 and 2 have no details. */
function readAccount(outputs: Resource["outputs"]): [string, StoredAccount] {
  const account = (outputs.__details ?? outputs) as StoredAccount & { readonly publicKey: string };
  return [account.publicKey, account];
}

function readResources(state: unknown): Resource[] {
  const deployment = isRecord(state) && isRecord(state.deployment) ? state.deployment : {};
  const resources = Array.isArray(deployment.resources) ? (deployment.resources as unknown[]) : [];
  return resources.flatMap((resource) => {
    if (!isRecord(resource) || typeof resource.type !== "string") {
      return [];
    }
    const isReplaced = resource.delete === true;
    const id = typeof resource.id === "string" ? resource.id : "";
    const [inputs, outputs] = [resource.inputs, resource.outputs].map(
      (properties) => readSecrets(properties ?? {}) as Resource["outputs"],
    ) as [Resource["inputs"], Resource["outputs"]];
    return [{ type: resource.type, id, isReplaced, inputs, outputs }];
  });
}

/** Replaces each secret by its value, which the state contains as JSON. */
function readSecrets(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(readSecrets);
  }
  if (!isRecord(value)) {
    return value;
  }
  return typeof value.plaintext === "string" && SECRET in value
    ? (JSON.parse(value.plaintext) as unknown)
    : Object.fromEntries(Object.entries(value).map(([key, member]) => [key, readSecrets(member)]));
}

/** Marks secrets in states. */
const SECRET = "4dabf18193072939515e22adb298388d";
