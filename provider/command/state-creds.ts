import { SetCredentials, type UserCreds } from "../components/user-set/set-credentials";
import { unpackText } from "../dynamic/state/packed-texts";
import { readTokenContent, unpackToken } from "../jwt/packed-token";
import { formatCreds } from "../jwt/sign";
import { areRevoked } from "../model/account/revoked-credentials";
import { isRecord } from "../model/form/shape";
import { isValidAt } from "../model/keys/lifetime";
import type { Revocations } from "../model/keys/revocations";
import type { SharedTerms } from "../model/users/set-users";

/** Creds of a user of a stack. */
export interface StateCreds extends UserCreds {
  /** Name of the user's account. */
  readonly account: string;
  /** Public key of the account: two accounts can have the same name. */
  readonly accountKey: string;
}

/** The creds in a state, and the number of users without any. */
export interface FoundCreds {
  readonly creds: readonly StateCreds[];
  /** The names of all accounts by public key. */
  readonly accounts: ReadonlyMap<string, string>;
  readonly without: number;
}

interface Resource {
  readonly type: string;
  readonly id: string;
  /** Whether another resource has replaced it, and the update that deletes it has not finished. */
  readonly isReplaced: boolean;
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
  /** Packed, except in states of the versions 1 to 4. */
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
export async function findCreds(state: unknown, set: string | undefined, now: number): Promise<FoundCreds> {
  const all = readResources(state);
  const outputsOf = (resources: readonly Resource[], name: string): Resource["outputs"][] =>
    resources.flatMap(({ type, id, outputs }) => (type === TYPE + name ? [{ publicKey: id, ...outputs }] : []));
  const present = all.filter(({ isReplaced }) => !isReplaced);
  const ofType = (name: string) => outputsOf(present, name);
  // A replaced key is the current one of the sets that an interrupted rotation has not updated yet.
  const seeds = new Map(outputsOf(all, "Nkey").map(({ publicKey, seed }) => [publicKey as string, seed as string]));
  const accounts = new Map(ofType("AccountClaims").map(readAccount));
  const accountOf = (key: string): StoredAccount => accounts.get(key) ?? { name: key };
  const sets = (ofType("UserSetKeys") as unknown as StoredSet[]).filter(
    ({ __details: { name } }) => set === undefined || name === set,
  );
  const users = set === undefined ? (ofType("User") as unknown as StoredUser[]) : [];
  const creds: StateCreds[] = [];
  let without = 0;
  for (const user of users) {
    const { account: accountKey } = readTokenContent(user.jwt);
    const { name, revocations = {} } = accountOf(accountKey);
    const own = credsOfUser(user, revocations, now);
    without += own === undefined ? 1 : 0;
    if (own !== undefined) {
      creds.push({ accountKey, account: name, ...own });
    }
  }
  for (const stored of sets) {
    const { account, signingKey, source, since, shared } = stored.__details;
    const { name, revocations = {} } = accountOf(account);
    const root = source === undefined ? undefined : seeds.get(source);
    const signer = seeds.get(signingKey);
    const own = new SetCredentials({
      set: { users: unpackText(stored.users), keys: unpackText(stored.keys), issued: stored.issued, shared },
      ...{ account, signer: signer ?? "", root, since, given: stored.given },
    });
    const found = signer === undefined ? [] : await own.allCreds(revocations, now);
    without += own.names.length - found.length;
    for (const user of found) {
      creds.push({ accountKey: account, account: name, ...user });
    }
  }
  return { creds, accounts: new Map(Array.from(accounts, ([key, { name }]) => [key, name])), without };
}

/** Returns the creds of a user; undefined if its seed is not in the state, or no server would accept them. */
function credsOfUser(
  { publicKey, jwt, seed, expires }: StoredUser,
  revocations: Revocations,
  now: number,
): UserCreds | undefined {
  const hasExpired = expires !== undefined && !isValidAt(now, { expires });
  const { name, issuedAt } = readTokenContent(jwt);
  const isDead = hasExpired || areRevoked({ publicKey, issuedAt }, revocations, now);
  return seed === undefined || isDead
    ? undefined
    : { name, publicKey, creds: formatCreds(unpackToken(jwt, publicKey), seed) };
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
    return [
      { type: resource.type, id, isReplaced, outputs: readSecrets(resource.outputs ?? {}) as Resource["outputs"] },
    ];
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
