import type { KeyPair } from "nkeys.js";
import { accountClaims } from "../jwt/claims";
import { signClaims } from "../jwt/sign";
import { normalizeAccount, normalizeRoles, type Account, type AccountRevoked } from "../model/account/account";
import { ACCOUNT_TERMS, eachTerm, normalizeTerms } from "../model/account/account-terms";
import { getPreviousAccountKeys } from "../model/account/previous-account-keys";
import { getRevokedAtEnd, getRevokedUsers, type KeyedUser } from "../model/account/revoked-users";
import { normalizeImports } from "../model/shares/imports";
import { filterRemembered, type Remembered } from "../model/account/remembered";
import type { IssuedActivation } from "../model/account/reference";
import { emptyToUndefined, omitUndefined } from "../model/form/order";
import { isRecord } from "../model/form/shape";
import { ROLE } from "../model/users/roles";
import type { Terms } from "../model/form/terms";
import { changedNames, usersOfSet, type SetKeys } from "../model/users/set-keys";
import { NON_CLAIM_PROPERTIES, USER, type Users } from "../model/users/users";
import { keyPairFromSeed, seedProblem } from "../nkeys/keys";
import { signedAccountDiagnostics, type SignedAccount } from "./checks/account";
import { removedSetDiagnostics } from "./checks/removed-sets";
import { repeatedSetKeyDiagnostics } from "./checks/set-keys";
import { renamedSetDiagnostics } from "./checks/renamed-sets";
import { findSetChange, type UnknownSets } from "./checks/set-changes";
import { accountSizeDiagnostics, rotationSizeDiagnostics } from "./checks/token-size";
import { hasNewGrants, issueActivations, normalizeGrants } from "./issued-activations";
import { DETAILS } from "./life-cycle/details";
import { foldingExcept, withFolding, type Folded, type Folding } from "./life-cycle/folding";
import { hasChanged, toCheckFailures, withStateVersion, type LifeCycle } from "./life-cycle/life-cycle";
import { showingTimes } from "./life-cycle/shown-times";
import { hasUnknown, ifKnown, isUnknown, UNKNOWN } from "./life-cycle/unknown";
import { ACCOUNT_TEXTS, describeAccount } from "./state/account-texts";
import { packSets, SETS, unpackSets } from "./state/packed-sets";
import { areManyUsers, packingUsers, packUsers, unpackUsers, USERS } from "./state/packed-users";
import { nowInSeconds } from "./life-cycle/clock";

type Inputs = SignedAccount & {
  /** The sets, if a preview does not know all of their keys. Only `check` uses them. */
  unknownSets?: UnknownSets;
  /** Names of the sets that an update may remove. Only `check` uses them. */
  removedSets?: readonly string[];
};

type State = Account & { jwt: string; issuer: string; activations?: readonly IssuedActivation[] };

const SIGNED_TERMS = [
  "name",
  "publicKey",
  "users",
  "roles",
  "imports",
  "previous",
  "revoked",
  ...ACCOUNT_TERMS,
] as const satisfies readonly (keyof Account)[];

const REMEMBERED = ["previous", "revoked"] as const satisfies readonly (keyof Remembered)[];

const PLAIN_INPUTS = showingTimes(foldingExcept<Inputs, keyof Remembered>(REMEMBERED), REMEMBERED);

/** Inputs of which previews show what the account remembers, and the account itself as texts. */
const INPUTS: Folding<Inputs, object> = {
  fold({ sets, ...inputs }) {
    const { [DETAILS]: details, ...visible } = PLAIN_INPUTS.fold(inputs);
    const issuer = ifKnown(inputs.signer) === undefined ? UNKNOWN : getIssuer(inputs);
    const packed = sets === undefined ? {} : { [SETS]: packSets(sets) };
    return { ...visible, ...foldUsers(details), ...packed, ...describeAccount(details, issuer) };
  },
  unfold(properties) {
    const { [SETS]: sets, [USERS]: users, ...rest } = properties as Record<string, unknown>;
    const entries = Object.entries(rest).filter(([key]) => !TEXTS.includes(key));
    const flat = PLAIN_INPUTS.unfold(Object.fromEntries(entries) as unknown as Inputs);
    const named = typeof users === "string" ? unfoldUsers(users, flat) : flat;
    return sets === undefined ? named : { ...named, sets: sets as NonNullable<Inputs["sets"]> };
  },
};

/** Returns properties with many users as a text apart from the others. It is unknown as long as a part of it is. */
function foldUsers({ users, ...details }: Omit<Inputs, keyof Remembered | "sets">): object {
  return isRecord(users) && areManyUsers(users)
    ? { [USERS]: hasUnknown(users) ? UNKNOWN : packUsers(users), [DETAILS]: details }
    : { [DETAILS]: omitUndefined<object>({ ...details, users }) };
}

/** The inverse of {@link foldUsers}. A program states the users that a preview knows in part beside the text. */
function unfoldUsers(packed: string, { unknownUsers, ...inputs }: Inputs & { unknownUsers?: Users }): Inputs {
  const users = isUnknown(packed) ? (unknownUsers ?? (packed as unknown as Users)) : (unpackUsers(packed) as Users);
  return { ...inputs, users };
}

const TEXTS: readonly string[] = ACCOUNT_TEXTS;

type Visible = keyof Remembered | "jwt" | "issuer" | "activations";

type StoredState = Folded<State, Visible>;

const STATE = packingUsers(
  showingTimes(foldingExcept<State, Visible>(["jwt", "issuer", "activations", ...REMEMBERED]), REMEMBERED),
);

/** Creates the handler of `AccountClaims`. @param now returns the time in seconds since 1970 */
export function accountClaimsProvider(now: () => number): LifeCycle<Inputs, StoredState> {
  const lifeCycle: LifeCycle<Inputs, State> = {
    check(olds, { unknownSets, removedSets, ...news }) {
      const found = toCheckFailures(signedAccountDiagnostics(news));
      if (found.length > 0) {
        // Invalid inputs have no normal form. The engine stops here.
        return Promise.resolve({ inputs: news, failures: found });
      }
      const known = normalizeInputs(news);
      const inputs = { ...known, ...getRemembered(olds, known, now()) };
      const change = findSetChange(olds.sets, news.sets, unknownSets);
      const ofSets = change && [
        ...renamedSetDiagnostics(change),
        ...removedSetDiagnostics(change, news.users, removedSets),
      ];
      const repeated = hasChanged<Partial<Inputs>>(["sets", "users"], olds, inputs)
        ? repeatedSetKeyDiagnostics(inputs.users, news.sets)
        : [];
      const problems = [
        ...(ofSets ?? []),
        ...repeated,
        ...accountSizeDiagnostics(inputs),
        ...rotationSizeDiagnostics(olds.previous, inputs, () => revokedAtEnd(olds, inputs)),
      ];
      return Promise.resolve({ inputs, failures: toCheckFailures(problems) });
    },

    diff(id, olds, news) {
      const replaces = ifKnown(news.publicKey) !== undefined && news.publicKey !== id ? ["publicKey"] : [];
      const changes = hasNewContent(olds, news) || hasNewGrants(olds.activations, news);
      return Promise.resolve({ changes, replaces, deleteBeforeReplace: false });
    },

    async create(inputs) {
      const outs = await withActivations(await sign(inputs, now()), undefined, inputs, now());
      return { id: inputs.publicKey, outs };
    },

    async update(_id, olds, news) {
      const outs = hasNewContent(olds, news) ? await sign(news, now()) : olds;
      return { outs: await withActivations(outs, olds.activations, news, now()) };
    },
  };
  return withStateVersion(withFolding(lifeCycle, { inputs: INPUTS, state: STATE }), {
    4: (state) => STATE.fold(STATE.unfold(state as unknown as State)),
  });
}

/** The handler of `AccountClaims`. */
export const provider = accountClaimsProvider(nowInSeconds);

/** Returns a state with the activations for accounts of other stacks; without any if there are none. */
async function withActivations(state: State, held: State["activations"], inputs: Inputs, now: number): Promise<State> {
  const activations = await issueActivations(held, inputs, now);
  return omitUndefined<State>({ ...state, activations: emptyToUndefined(activations) });
}

/** Returns the replaced keys that are still valid and the revoked JWTs: those of the account's own stack, if it has one. */
function getRemembered(olds: Partial<Inputs>, news: Inputs, now: number): Required<Remembered> {
  const { remembered } = news;
  if (remembered === undefined) {
    return remember(olds, news, now);
  }
  return hasUnknown(remembered)
    ? ({ previous: UNKNOWN, revoked: UNKNOWN } as unknown as Required<Remembered>)
    : filterRemembered(remembered, now);
}

/** Returns the replaced keys that are still valid and the revoked JWTs, if the present users and roles are known. */
function remember(olds: Partial<Inputs>, news: Inputs, now: number): Required<Remembered> {
  if (!isRecord(news.users) || !(news.roles === undefined || isRecord(news.roles))) {
    return { previous: olds.previous ?? {}, revoked: olds.revoked ?? {} };
  }
  if (hasUnknown([news.sets, olds.sets])) {
    return { previous: olds.previous ?? {}, revoked: olds.revoked ?? {} };
  }
  const [ofSetsBefore, ofSets] = concernedUsers(olds, news);
  const before = isRecord(olds.users) ? { ...olds, users: { ...olds.users, ...ofSetsBefore } } : undefined;
  const after = { ...news, users: { ...news.users, ...ofSets } };
  const previous = getPreviousAccountKeys(before, after, now);
  return { previous, revoked: getRevokedUsers(before, { ...after, previous }, now) };
}

function revokedAtEnd(olds: Partial<Inputs>, news: Inputs): AccountRevoked {
  const [, ofSets] = concernedUsers(olds, news);
  return getRevokedAtEnd({ ...news, users: { ...news.users, ...ofSets } });
}

/** Returns the users of sets that are added, removed or changed, or have replaced keys: before, and now. */
function concernedUsers(olds: Partial<Inputs>, news: Inputs): [KeyedUsers, KeyedUsers] {
  const replaced = Object.keys(olds.previous?.users ?? {});
  if (replaced.length === 0 && !hasChanged<Partial<Inputs>>(["sets", "issued"], olds, news)) {
    return [{}, {}];
  }
  const [before, after] = [olds, news].map(timedSets) as [NamedSets, NamedSets];
  const both = [...new Set([...Object.keys(before), ...Object.keys(after)])].map((set): [KeyedUsers, KeyedUsers] => {
    const names = new Set([...changedNames(before[set], after[set]), ...replaced]);
    const usersOf = (one: SetKeys | undefined) =>
      one === undefined || names.size === 0 ? {} : keyedUsers(set, usersOfSet(one, names));
    return [usersOf(before[set]), usersOf(after[set])];
  });
  const merge = (index: 0 | 1) => Object.assign({}, ...both.map((pair) => pair[index])) as KeyedUsers;
  return [merge(0), merge(1)];
}

type NamedSets = Readonly<Record<string, SetKeys>>;

/** Returns sets with the times of issue. A preview does not know these times while a JWT is about to be signed. */
function timedSets({ sets = {}, issued }: Partial<Inputs>): NamedSets {
  const times = ifKnown(issued) ?? {};
  return Object.fromEntries(
    Object.entries(unpackSets(sets)).map(([name, set]) => [name, { ...set, issued: times[name] }]),
  );
}

type KeyedUsers = Readonly<Record<string, KeyedUser>>;

/** No state and no preview contains the JWT of a user of a set. */
function keyedUsers(set: string, users: Users): KeyedUsers {
  return Object.fromEntries(Object.entries(users).map(([name, user]) => [name, { ...user, isSecret: true, set }]));
}

function hasNewContent(olds: State, news: Inputs): boolean {
  return (
    isUnknown(news.users) ||
    hasChanged<Partial<Account>>(SIGNED_TERMS, getContent(olds), getContent(news)) ||
    isOtherIssuer(olds.issuer, news)
  );
}

/** Returns the part of the account that its JWT contains. */
function getContent(account: Account): Partial<Account> {
  const { users, roles, previous = {}, revoked = {} } = account;
  return omitUndefined<Partial<Account>>({
    ...account,
    users: getClaimedTerms(users),
    roles: roles && getClaimedTerms(roles),
    previous,
    revoked,
  });
}

function getClaimedTerms<T extends object>(holders: Readonly<Record<string, T>>): Record<string, T> {
  const own = (holder: T) =>
    Object.fromEntries(Object.entries(holder).filter(([key]) => !NOT_CLAIMED.includes(key))) as T;
  return Object.fromEntries(
    Object.entries(holders).map(([name, holder]) => [name, isRecord(holder) ? own(holder) : holder]),
  );
}

const NOT_CLAIMED: readonly string[] = NON_CLAIM_PROPERTIES;

/** True when a different key signs. An unknown signer is one that is about to be created, in place of the present one. */
function isOtherIssuer(issuer: string, news: Inputs): boolean {
  return ifKnown(news.signer) === undefined || getIssuer(news) !== issuer;
}

function getIssuer({ signer }: Pick<Inputs, "signer">): string {
  return signingPair(signer).getPublicKey();
}

/** Returns the key pair that signs: of an operator, or of the account itself. */
function signingPair(signer: string): KeyPair {
  return keyPairFromSeed(seedProblem("account", signer) === undefined ? "account" : "operator", signer);
}

async function sign({ signer, ...inputs }: Inputs, now: number): Promise<State> {
  const account = normalizeAccount(inputs);
  const pair = signingPair(signer);
  const jwt = await signClaims(accountClaims(account), pair, { issuedAt: now });
  return { previous: {}, revoked: {}, ...account, jwt, issuer: pair.getPublicKey() };
}

/**
 * Normalizes the inputs as far as their shape is known. Empty lists become undefined, because a state leaves them out. An
 * unknown value does not prevent the normalization of the others, so that a preview shows actual changes only.
 */
function normalizeInputs(inputs: Inputs): Inputs {
  const { users, roles, imports, grants } = inputs;
  return omitUndefined<Inputs>({
    ...inputs,
    grants: grants === undefined || hasUnknown(grants) ? grants : emptyToUndefined(normalizeGrants(grants)),
    ...eachTerm(() => undefined),
    ...normalizeTerms(inputs),
    users: normalizeHolders(USER, users),
    roles: hasUnknown(roles) ? normalizeHolders(ROLE, roles) : normalizeRoles(roles),
    imports: isListOfRecords(imports) ? normalizeImports(imports) : imports,
  });
}

/** Normalizes the known properties of each user or role. */
function normalizeHolders<T extends object, Holders extends Readonly<Record<string, T>> | undefined>(
  terms: Terms<T>,
  holders: Holders,
): Holders {
  const normal = ([name, holder]: [string, T]) => [name, isRecord(holder) ? normalizeKnown(terms, holder) : holder];
  return isRecord(holders) ? (Object.fromEntries(Object.entries(holders).map(normal)) as Holders) : holders;
}

function normalizeKnown<T extends object>(terms: Terms<T>, holder: T): T {
  const parts = Object.entries(holder);
  const [known, later] = [false, true].map((unknown) =>
    Object.fromEntries(parts.filter(([, value]) => hasUnknown(value) === unknown)),
  );
  return { ...terms.normalize(known as T), ...later };
}

/** True for a list of objects, whose members may be unknown. */
function isListOfRecords(list: readonly object[] | undefined): boolean {
  return Array.isArray(list) && list.every(isRecord);
}
