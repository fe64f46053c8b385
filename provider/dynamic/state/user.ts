import { randomBytes } from "node:crypto";
import { scopedUserClaims } from "../../jwt/claims";
import { isTokenOf, packToken, packUnsigned, readTokenContent, type TokenContent } from "../../jwt/packed-token";
import { signToken, type Validity } from "../../jwt/sign";
import {
  getExpiry,
  isValidAt,
  normalizeTime,
  parseTime,
  type CurrentLifetime,
  type Lifetime,
} from "../../model/keys/lifetime";
import { omitUndefined } from "../../model/form/order";
import { normalizeTags } from "../../model/form/tags";
import { keyPairFromSeed, generateKeyPair, getSeedText } from "../../nkeys/keys";
import { hasChanged } from "../life-cycle/life-cycle";
import { hasUnknown, ifKnown, mapKnown } from "../life-cycle/unknown";
import { isOtherVersion } from "../life-cycle/key-version";
import type { Stored } from "../life-cycle/state-version";
import type { UserInputs } from "../checks/user";

/** The condition of credentials as a refresh shows it. States contain these values. */
type CredentialsCondition = "valid" | "not valid yet" | "expired";

/** The state of a user. Its public key is the id. */
export interface UserState extends Pick<Lifetime, "expires" | "notBefore"> {
  seed?: string;
  version?: string;
  /** Set when the key of a role signs, as opposed to a key that was created for this JWT alone. */
  scope?: "shared";
  /**
   * Packed: it contains the name, account, tags and signing key, which earlier versions stored beside it. Without its signature
   * if the key of a role signs: the program does so when it needs the JWT. States of earlier versions have that signature, too.
   */
  jwt: string;
  /** Set when the JWT is a credential by itself, and therefore a secret of the state. */
  bearer?: true;
  /** How often the JWT was signed again because it became a credential. */
  reissues?: number;
  /** The condition of credentials with a time limit at the last update or refresh. */
  condition?: CredentialsCondition;
  /** The condition at the last update. A refresh shows only conditions that an update can resolve or acknowledge. */
  acknowledged?: CredentialsCondition;
}

/** Converts a state of an earlier version to the present shape. */
export function packUser({ name: _1, account: _2, publicKey: _3, signingKey: _4, tags: _5, ...state }: Stored): Stored {
  return { ...state, jwt: packToken(String(state.jwt)) };
}

/** The content of a user's JWT. A change of any part requires a new signature. */
type Claimed = Pick<UserInputs, "name" | "account" | "tags">;

/** What requires a new JWT, although the claims that are compared do not contain it. */
type Reasons = Pick<UserInputs, "expires" | "notBefore" | "reissues">;

const CLAIMED = ["name", "account", "tags"] as const satisfies readonly (keyof Claimed)[];

const REASONS = ["expires", "notBefore", "reissues"] as const satisfies readonly (keyof Reasons)[];

/** Normalizes the inputs, and adds the time at which credentials end, so that a preview shows a change of it. */
export function normalizeUser(olds: Partial<UserInputs>, news: UserInputs, now: number): UserInputs {
  const { notBefore } = news;
  return omitUndefined<UserInputs>({
    ...news,
    tags: mapKnown(news.tags, (tags = []) => normalizeTags(tags)),
    expires: getEnd(olds, news, now),
    notBefore: notBefore === undefined ? undefined : mapKnown(notBefore, normalizeTime),
    bearer: news.bearer ?? false,
    reissues: countReissues(olds, news),
  });
}

/**
 * A JWT that does not log in alone is in plain text in states, previews and outputs. When the user becomes a bearer, a new JWT
 * replaces it. Earlier versions stored no `bearer`: the JWT of their bearers stays.
 */
function countReissues(olds: Partial<UserInputs>, { bearer }: UserInputs): number | undefined {
  const becomesBearer = olds.bearer === false && bearer === true;
  return becomesBearer ? (olds.reissues ?? 0) + 1 : olds.reissues;
}

/** Returns when credentials end: the present ones, until they need a renewal. Unknown if an input is unknown. */
function getEnd(olds: Partial<UserInputs>, news: UserInputs, now: number): string | undefined {
  const { lifetime, renewBefore, expires } = news;
  const unknown = [lifetime, renewBefore, expires].find(hasUnknown);
  if (unknown !== undefined) {
    return String(unknown);
  }
  const held = omitUndefined<CurrentLifetime>({ lifetime: ifKnown(olds.lifetime), expires: ifKnown(olds.expires) });
  return getExpiry(held, omitUndefined<Lifetime>({ lifetime, renewBefore, expires }), now);
}

/** True when the content of the JWT or the key that signs it changes. */
export function needsNewJwt(olds: UserState, news: UserInputs): boolean {
  const { signingKey, name, account, tags } = readTokenContent(olds.jwt);
  const claimed = omitUndefined<Claimed>({ name, account, tags: tags && [...tags] });
  return (
    hasChanged<Claimed>(CLAIMED, claimed, news) ||
    hasChanged<Reasons>(REASONS, olds, news) ||
    hasOtherSigner({ scope: olds.scope, signingKey }, news)
  );
}

/**
 * True when a different key signs. A key that was created for one JWT stays. An unknown signer is one that is about to be
 * created, in place of the present one.
 */
function hasOtherSigner(
  { scope, signingKey }: { readonly scope: UserState["scope"]; readonly signingKey: string },
  { signingKey: key }: UserInputs,
): boolean {
  return key === undefined ? scope === "shared" : key !== signingKey;
}

/** True when the JWT becomes a secret of the state, or no longer is one. The engine changes that in an update only. */
export function changesSecrecy(olds: UserState, { bearer }: UserInputs): boolean {
  return ifKnown(bearer) !== undefined && (bearer === true) !== (olds.bearer === true);
}

/** Returns whether the JWT is a secret of the state; undefined if it is not. */
export function getSecrecy({ bearer }: UserInputs): UserState["bearer"] {
  return bearer === true ? true : undefined;
}

/** True when the state must gain or lose its seed. */
export function changesSeed(olds: UserState, news: UserInputs): boolean {
  return (getStoredSeed(olds, news) === undefined) !== (olds.seed === undefined);
}

/**
 * Returns the seed to store: the present one if no key is supplied or known; none if only the public key is supplied, unless
 * the program keeps the seed.
 */
export function getStoredSeed(olds: UserState, { seed, publicKey, keepSeed = false }: UserInputs): string | undefined {
  // An unknown value is not false, and changes nothing.
  if (publicKey !== undefined && ifKnown(publicKey) !== undefined && !keepSeed) {
    return undefined;
  }
  return ifKnown(seed) ?? olds.seed;
}

/** A user's own key. */
export interface OwnKey {
  publicKey: string;
  seed?: string;
  version?: string;
}

/** Creates a key, or the key of a seed. */
export function createUserKey(seed: string | undefined): OwnKey {
  const pair = seed === undefined ? generateKeyPair("user", randomBytes) : keyPairFromSeed("user", seed);
  return { publicKey: pair.getPublicKey(), seed: getSeedText(pair) };
}

/**
 * Issues a user's JWT: for the key of a role, which signs it in the program, or with a key that is created for this JWT alone. The
 * seed of the latter is not needed again and is not stored.
 */
export function issueUser(inputs: UserInputs, own: OwnKey, now: number): UserState {
  const { name, account, tags, signingKey, version, expires, notBefore, reissues } = inputs;
  const validity = omitUndefined<Validity>({
    issuedAt: now,
    expires: parseOptionalTime(expires),
    notBefore: parseOptionalTime(notBefore),
  });
  const claimed = omitUndefined<Claimed>({ name, account, tags });
  const { publicKey, ...kept } = own;
  const state = omitUndefined<UserState>({
    ...{ expires, notBefore, reissues },
    ...kept,
    scope: signingKey === undefined ? undefined : "shared",
    jwt:
      signingKey === undefined
        ? signOnce(claimed, publicKey, validity)
        : packUnsigned(keepSupplied({ ...claimed, signingKey, ...validity }, publicKey, inputs)),
    bearer: getSecrecy(inputs),
    version: version === undefined ? own.version : String(version),
  });
  return acknowledge(state, now);
}

/** Signs a JWT with a key that is created for it. */
function signOnce(claimed: Claimed, publicKey: string, validity: Validity): string {
  const pair = generateKeyPair("account", randomBytes);
  const jwt = signToken(scopedUserClaims({ ...claimed, publicKey }), pair, validity);
  pair.clear();
  return packToken(jwt);
}

/** Returns the content of the JWT that the program supplies, if it is the one that would be signed. */
function keepSupplied(content: TokenContent, publicKey: string, { supplied }: UserInputs): TokenContent {
  return supplied !== undefined && isTokenOf(supplied, content, publicKey)
    ? { ...content, issuedAt: supplied.iat }
    : content;
}

function parseOptionalTime(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseTime(text);
}

/** Adds the condition of the credentials at a time, if they have a time limit. */
export function withCondition(state: UserState, now: number): UserState {
  if (state.expires === undefined && state.notBefore === undefined) {
    return state;
  }
  return { ...state, condition: getCondition(now, state) };
}

/** Adds the condition of the credentials, and marks it as acknowledged by an update. */
export function acknowledge(state: UserState, now: number): UserState {
  const current = withCondition(state, now);
  return current.condition === undefined ? current : { ...current, acknowledged: current.condition };
}

/** True when the condition differs from the one at the last update. */
export function hasDrifted(state: UserState): boolean {
  return state.condition !== state.acknowledged;
}

function getCondition(now: number, { expires, notBefore }: UserState): CredentialsCondition {
  if (!isValidAt(now, omitUndefined({ expires }))) {
    return "expired";
  }
  return isValidAt(now, omitUndefined({ notBefore })) ? "valid" : "not valid yet";
}

/** Returns the inputs that require a different key. Unknown inputs do not. */
export function findReplacements(id: string, olds: UserState, { seed, publicKey, version }: UserInputs): string[] {
  if (publicKey !== undefined && ifKnown(publicKey) !== undefined) {
    return publicKey === id ? [] : ["publicKey"];
  }
  const isOtherSeed =
    seed !== undefined && ifKnown(seed) !== undefined && keyPairFromSeed("user", seed).getPublicKey() !== id;
  // A version belongs to a stored seed. Without one, there is no version.
  const present = olds.seed === undefined ? undefined : olds.version;
  return [...(isOtherSeed ? ["seed"] : []), ...(isOtherVersion(present, version) ? ["version"] : [])];
}
