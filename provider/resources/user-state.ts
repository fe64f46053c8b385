import { randomBytes } from "node:crypto";
import { scopedUserClaims } from "../jwt/claims";
import { signClaims, type Validity } from "../jwt/sign";
import { expiryOf, holdsAt, normalTime, timeOf, type Held, type Lifetime } from "../model/keys/lifetime";
import { defined } from "../model/form/order";
import { normalTags } from "../model/form/tags";
import { keyPairFromSeed, newKeyPair, seedText } from "../nkeys/keys";
import { differ, hasUnknown, known, whenKnown } from "./dynamic";
import { isOtherVersion } from "./nkey";
import type { UserInputs } from "./user-checks";

/** How credentials were found, in words that a refresh shows. */
type Condition = "valid" | "not valid yet" | "expired";

/** What a user's resource keeps. */
export interface UserState extends Pick<Lifetime, "expires" | "notBefore"> {
  name: string;
  account: string;
  publicKey: string;
  seed?: string;
  version?: string;
  signingKey: string;
  /** Whose key signed: the user's own, made for its JWT alone, unless this says otherwise. */
  scope?: "shared";
  tags?: string[];
  jwt: string;
  /** Of credentials that begin or end: how they were when last looked at. */
  condition?: Condition;
  /** How they were at the last update: a refresh shows nothing that no update would mend or acknowledge. */
  acknowledged?: Condition;
}

/** What a user's JWT says; when one of them changes, it is signed again. */
type Said = Pick<UserInputs, "name" | "account" | "tags" | "expires" | "notBefore">;

const SAID = ["name", "account", "tags", "expires", "notBefore"] as const satisfies readonly (keyof Said)[];

/** The inputs in their normal form. They say when credentials end, so that a preview shows when it is another time. */
export function normalUser(olds: Partial<UserInputs>, news: UserInputs, now: number): UserInputs {
  const { notBefore } = news;
  return defined<UserInputs>({
    ...news,
    tags: whenKnown(news.tags, (tags = []) => normalTags(tags)),
    expires: endOf(olds, news, now),
    notBefore: notBefore === undefined ? undefined : whenKnown(notBefore, normalTime),
  });
}

/** When credentials end: those that there are, as long as they need no renewal. Not known where what it goes by is not. */
function endOf(olds: Partial<UserInputs>, news: UserInputs, now: number): string | undefined {
  const { lifetime, renewBefore, expires } = news;
  const unknown = [lifetime, renewBefore, expires].find(hasUnknown);
  if (unknown !== undefined) {
    return String(unknown);
  }
  const held = defined<Held>({ lifetime: known(olds.lifetime), expires: known(olds.expires) });
  return expiryOf(held, defined<Lifetime>({ lifetime, renewBefore, expires }), now);
}

/** True when the JWT must be signed again: it is to say something else, or by another key. */
export function signsAnother(olds: UserState, news: UserInputs): boolean {
  return differ<Said>(SAID, olds, news) || otherSigner(olds, news);
}

/**
 * A key made for one JWT is no other one in the next update. A signer that is not known yet is one that is being made, in
 * the place of the one there was.
 */
function otherSigner({ scope, signingKey }: UserState, { signer }: UserInputs): boolean {
  if (signer === undefined) {
    return scope === "shared";
  }
  return known(signer) === undefined || keyPairFromSeed("account", signer).getPublicKey() !== signingKey;
}

/** True when the state has a seed and should have none, or the other way round. */
export function keepsAnother(olds: UserState, news: UserInputs): boolean {
  return (keptSeed(olds, news) === undefined) !== (olds.seed === undefined);
}

/** The seed that the state holds: none of a user who keeps it, and what it was where neither key is given or known. */
export function keptSeed(olds: UserState, { seed, publicKey }: UserInputs): string | undefined {
  if (publicKey !== undefined && known(publicKey) !== undefined) {
    return undefined;
  }
  return known(seed) ?? olds.seed;
}

/** A user's own key. */
export interface OwnKey {
  publicKey: string;
  seed?: string;
  version?: string;
}

/** A new key, or the given one. */
export function userPair(seed: string | undefined): OwnKey {
  const pair = seed === undefined ? newKeyPair("user", randomBytes) : keyPairFromSeed("user", seed);
  return { publicKey: pair.getPublicKey(), seed: seedText(pair) };
}

/**
 * Signs with the key of a role, or else with one made for this token alone: once that one has signed, nobody needs its
 * seed, so nobody keeps it.
 */
export async function signedUser(inputs: UserInputs, own: OwnKey, now: number): Promise<UserState> {
  const { name, account, tags, signer, version, expires, notBefore } = inputs;
  const pair = signer === undefined ? newKeyPair("account", randomBytes) : keyPairFromSeed("account", signer);
  const signingKey = pair.getPublicKey();
  const said = defined<Said>({ name, account, tags, expires, notBefore });
  const validity = defined<Validity>({ issuedAt: now, expires: timeIn(expires), notBefore: timeIn(notBefore) });
  const jwt = await signClaims(scopedUserClaims({ ...said, publicKey: own.publicKey }), pair, validity);
  pair.clear();
  const state: UserState = { ...said, ...own, signingKey, ...(signer === undefined ? {} : { scope: "shared" }), jwt };
  return acknowledged(version === undefined ? state : { ...state, version: String(version) }, now);
}

function timeIn(text: string | undefined): number | undefined {
  return text === undefined ? undefined : timeOf(text);
}

/** The state with how its credentials are at a time, if they begin or end at all. */
export function withCondition(state: UserState, now: number): UserState {
  if (state.expires === undefined && state.notBefore === undefined) {
    return state;
  }
  return { ...state, condition: conditionAt(now, state) };
}

/** The state after an update that knows how its credentials are. */
export function acknowledged(state: UserState, now: number): UserState {
  const found = withCondition(state, now);
  return found.condition === undefined ? found : { ...found, acknowledged: found.condition };
}

/** True when credentials were found otherwise than at the last update. */
export function isFoundOtherwise(state: UserState): boolean {
  return state.condition !== state.acknowledged;
}

function conditionAt(now: number, { expires, notBefore }: UserState): Condition {
  if (!holdsAt(now, defined({ expires }))) {
    return "expired";
  }
  return holdsAt(now, defined({ notBefore })) ? "valid" : "not valid yet";
}

/** The inputs that ask for another key than the one there is; what is not known yet asks for nothing. */
export function otherKey(id: string, olds: UserState, { seed, publicKey, version }: UserInputs): string[] {
  if (publicKey !== undefined && known(publicKey) !== undefined) {
    return publicKey === id ? [] : ["publicKey"];
  }
  const other = seed !== undefined && known(seed) !== undefined && keyPairFromSeed("user", seed).getPublicKey() !== id;
  // A version names a seed: where its owner alone has it, there is none of any version.
  const named = olds.seed === undefined ? undefined : olds.version;
  return [...(other ? ["seed"] : []), ...(isOtherVersion(named, version) ? ["version"] : [])];
}
