import { eachTerm, type AccountTerms } from "../../model/account/account-terms";
import { accountDiagnostics, holdersDiagnostics } from "../../model/account/account-checks";
import type { Account, AccountDeclaration } from "../../model/account/account";
import { ANY_ACCOUNT, AUTHORIZATION_TERM } from "../../model/account/authorization";
import { authorizationUserDiagnostics } from "../../model/account/authorization-users";
import { diagnose, keyPath, prefixPaths, type Diagnostic } from "../../diagnostics/diagnostic";
import { KEYED_IMPORTS } from "../../model/shares/imports";
import { limitUseDiagnostics, type Limited } from "../../model/account/limit-use";
import { LIMITS } from "../../model/account/limits";
import type { ActivationGrant } from "../../model/account/reference";
import type { Remembered } from "../../model/account/remembered";
import { duplicateKeyDiagnostics } from "../../model/cluster/cluster";
import { omitUndefined } from "../../model/form/order";
import { rotationDiagnostics } from "../../model/keys/rotation";
import { missingRoleDiagnostics, ROLE, templateDiagnostics, type Role } from "../../model/users/roles";
import {
  anyValue,
  matching,
  hasShape,
  isRecord,
  mapOf,
  objectOf,
  optional,
  checkShape,
  stringShape,
} from "../../model/form/shape";
import { SIGNING_KEYS, signingKeysDiagnostics } from "../../model/keys/signing-keys";
import type { PackedSets } from "../state/packed-sets";
import { USER, userDiagnostics, type User } from "../../model/users/users";
import { hasUnknown, isUnknown, ifKnown } from "../life-cycle/unknown";
import { seedDiagnostics } from "../../nkeys/key-checks";
import { keyPairFromSeed, seedProblem } from "../../nkeys/keys";
import type { NamedAccounts } from "../../model/account/named-accounts";
import { withDistinctAccounts, importedDiagnostics, revokedKeyDiagnostics } from "./shares";
import { knownKeyDiagnostics } from "./keys";

/** An account, and the seeds that sign for it. */
export type SignedAccount = Account & {
  /** Seed of an operator, or of the account itself. */
  signer: string;
  /** Replaced keys and revocations that another stack remembers. */
  remembered?: Remembered;
  /** Activations for accounts of other stacks. */
  grants?: readonly ActivationGrant[];
  /** Seed of the account, which signs these activations. */
  grantSigner?: string;
  /** The names of other accounts, for previews. */
  named?: NamedAccounts;
  /** Sets of users by name. */
  sets?: PackedSets;
  /** When the JWTs of each set were issued. */
  issued?: Readonly<Record<string, string>>;
};

const SHAPE = objectOf<SignedAccount>({
  ...eachTerm(() => anyValue),
  name: anyValue,
  publicKey: matching("the account's public key", "Set the account's public key.", () => true),
  users: matching("the account's users, by name", "Set the users, or an empty object.", () => true),
  roles: anyValue,
  imports: anyValue,
  previous: anyValue,
  revoked: anyValue,
  signer: matching("the seed of an operator", "Set the seed that signs the account.", () => true),
  remembered: anyValue,
  grants: anyValue,
  grantSigner: anyValue,
  named: anyValue,
  sets: anyValue,
  issued: anyValue,
});
const KEYED_USER = objectOf<User>({
  ...USER.each(() => anyValue),
  publicKey: stringShape,
  signingKey: stringShape,
  issuedAt: anyValue,
  rotation: anyValue,
});
const KEYED_ROLE = objectOf<Role>({ ...ROLE.each(() => anyValue), signingKey: stringShape, rotation: anyValue });

/** Checks an account with its keys and its signer, as far as they are known. Paths are relative to the inputs. */
export function signedAccountDiagnostics(inputs: SignedAccount): Diagnostic[] {
  const { publicKey, users, roles } = inputs;
  const holders = [
    ...holdersDiagnostics("users", KEYED_USER, getKnownHolders(users), keyedUserDiagnostics),
    ...holdersDiagnostics("roles", KEYED_ROLE, getKnownHolders(roles), keyedRoleDiagnostics),
  ];
  return [
    ...checkShape("", SHAPE, toMembers(inputs), () => []),
    ...accountDiagnostics(toDeclaration(inputs)),
    ...knownKeyDiagnostics("publicKey", "account", publicKey),
    ...holders,
    ...duplicateUserDiagnostics(getKnownHolders(users)),
    ...(holders.length > 0 || hasUnknown([users, roles])
      ? []
      : [...missingRoleDiagnostics(inputs), ...templateDiagnostics(inputs)]),
    ...signingKeyDiagnostics(inputs),
    ...authorizationKeyDiagnostics(inputs),
    ...importedDiagnostics(inputs),
    ...revokedKeyDiagnostics(inputs),
    ...limitDiagnostics(inputs),
    ...signerSeedDiagnostics(inputs),
    ...grantDiagnostics(inputs),
  ];
}

/** Finds users with the same key. The program finds supplied keys that are equal, but not one that equals a generated key. */
function duplicateUserDiagnostics(users: Readonly<Record<string, User>> = {}): Diagnostic[] {
  return duplicateKeyDiagnostics(
    Object.entries(users).flatMap(([name, { publicKey }]) => {
      const key = ifKnown(publicKey);
      return key === undefined ? [] : [{ path: `${keyPath("users", name)}.publicKey`, key }];
    }),
  );
}

/** An operator signs the account, or the account itself. */
function signerSeedDiagnostics({ signer, publicKey }: SignedAccount): Diagnostic[] {
  const seed = ifKnown(signer);
  return seed !== undefined && seedProblem("account", seed) === undefined
    ? otherSeedDiagnostics("signer", seed, publicKey)
    : seedDiagnostics("signer", "operator", seed);
}

function otherSeedDiagnostics(path: string, seed: string, publicKey: string): Diagnostic[] {
  const isOther = ifKnown(publicKey) !== undefined && keyPairFromSeed("account", seed).getPublicKey() !== publicKey;
  return diagnose({
    code: "NA4111",
    path,
    problem: isOther ? "is the seed of a different account" : undefined,
    remedy: "Use the seed of an operator, or of the account itself.",
  });
}

/** Checks what the activations for accounts of other stacks need. The exports are checked with the account. */
function grantDiagnostics({ grants, grantSigner, publicKey }: SignedAccount): Diagnostic[] {
  const known = ifKnown(grants) ?? [];
  const seed = ifKnown(grantSigner);
  return [
    ...known.flatMap(({ importer }, index) => knownKeyDiagnostics(`grants[${index}].importer`, "account", importer)),
    ...(seed !== undefined && seedProblem("account", seed) === undefined
      ? otherSeedDiagnostics("grantSigner", seed, publicKey)
      : seedDiagnostics("grantSigner", "account", seed)),
  ];
}

/** Removes the properties of the engine, and replaces entirely unknown users and roles by empty ones. */
function toMembers(inputs: SignedAccount): SignedAccount {
  const own = Object.entries(inputs).filter(([key]) => !key.startsWith("__"));
  const members = own.map(([key, value]): [string, unknown] => [
    key,
    ["users", "roles"].includes(key) && isUnknown(value) ? {} : value,
  ]);
  return Object.fromEntries(members) as unknown as SignedAccount;
}

/** Returns the known terms of the account, without keys. */
function toDeclaration(inputs: SignedAccount): AccountDeclaration {
  return omitUndefined<AccountDeclaration>({
    name: ifKnown(inputs.name) ?? "(unknown)",
    ...(eachTerm((term) => ifKnown(inputs[term])) as AccountTerms),
  });
}

/** Properties that are required, known or not. */
const REQUIRED: readonly string[] = ["publicKey", "signingKey", "issuedAt"] satisfies (keyof User)[];

/** Removes the unknown properties of users or roles. */
function getKnownHolders<T extends User | Role>(
  holders: Readonly<Record<string, T>> | undefined,
): Readonly<Record<string, T>> | undefined {
  if (!isRecord(holders)) {
    return isUnknown(holders) ? undefined : holders;
  }
  const present = Object.entries<T>(holders).filter(([, holder]) => !isUnknown(holder));
  return Object.fromEntries(present.map(([name, holder]) => [name, isRecord(holder) ? getKnownTerms(holder) : holder]));
}

function getKnownTerms<T extends object>(holder: T): T {
  const known = Object.entries(holder).filter(([key, value]) => REQUIRED.includes(key) || !hasUnknown(value));
  return Object.fromEntries(known) as T;
}

function keyedUserDiagnostics(user: User): Diagnostic[] {
  return [
    ...knownKeyDiagnostics("publicKey", "user", user.publicKey),
    ...signerDiagnostics(user),
    ...issuedAtDiagnostics(user),
    ...prefixPaths("rotation", rotationDiagnostics(user.rotation)),
    ...userDiagnostics(user),
  ];
}

/** A revocation applies up to a time. Without it, the JWT that replaces a revoked one would be revoked, too. */
function issuedAtDiagnostics({ role, issuedAt }: User): Diagnostic[] {
  return diagnose({
    code: "NA5033",
    path: "issuedAt",
    problem: role === undefined || issuedAt !== undefined ? undefined : "is missing, but the user has a role",
    remedy: "Set the time at which the user's JWT was issued, in Unix seconds.",
  });
}

function keyedRoleDiagnostics(role: Role): Diagnostic[] {
  return [
    ...signerDiagnostics(role),
    ...prefixPaths("rotation", rotationDiagnostics(role.rotation)),
    ...ROLE.diagnostics(role),
  ];
}

function signerDiagnostics({ signingKey }: User | Role): Diagnostic[] {
  return knownKeyDiagnostics("signingKey", "account", signingKey);
}

/** Checks the checksums of signing keys. */
function signingKeyDiagnostics({ signingKeys }: SignedAccount): Diagnostic[] {
  const keys = ifKnown(signingKeys) ?? [];
  return hasShape(SIGNING_KEYS, keys) && signingKeysDiagnostics(keys).length === 0
    ? keys.flatMap((key, index) => knownKeyDiagnostics(`signingKeys[${index}]`, "account", key))
    : [];
}

const NO_ISSUER: Diagnostic = {
  code: "NA5034",
  path: "authorization.issuer",
  problem: "must be an account key that the service alone uses, not the account's own key",
  remedy: "Use the public key of another account key.",
};

/** Checks the checksums of the keys of an auth callout, and that the account has its users. */
function authorizationKeyDiagnostics({ authorization, users, publicKey }: SignedAccount): Diagnostic[] {
  const callout = ifKnown(authorization);
  if (callout === undefined || !hasShape(AUTHORIZATION_TERM.shape, callout) || !isRecord(users)) {
    return [];
  }
  const missing = authorizationUserDiagnostics({ authorization: callout, users });
  if (missing.length > 0 || AUTHORIZATION_TERM.diagnostics(callout).length > 0) {
    return missing;
  }
  const { issuer, allowedAccounts = [], xkey } = callout;
  const accounts = allowedAccounts === ANY_ACCOUNT ? [] : allowedAccounts;
  const own = callout.users.map((user, index) => ({ user, path: `authorization.users[${index}]` }));
  return [
    ...own.flatMap(({ user, path }) => (Object.hasOwn(users, user) ? [] : knownKeyDiagnostics(path, "user", user))),
    ...accounts.flatMap((key, index) => knownKeyDiagnostics(`authorization.allowedAccounts[${index}]`, "account", key)),
    ...(issuer === undefined || issuer === publicKey ? [NO_ISSUER] : []),
    ...knownKeyDiagnostics("authorization.issuer", "account", issuer),
    ...knownKeyDiagnostics("authorization.xkey", "xkey", xkey),
  ];
}

const RECORDS = optional(mapOf(matching("an object", "Use an object.", isRecord)));
const LIMITED = objectOf<Limited>({
  limits: optional(LIMITS.shape),
  exports: anyValue,
  imports: optional(KEYED_IMPORTS),
  users: RECORDS,
  roles: RECORDS,
});

/** Checks the account's own limits, as far as their use is known. Exports are checked with the declaration. */
function limitDiagnostics({ limits, imports, users, roles }: SignedAccount): Diagnostic[] {
  const parts = {
    limits: ifKnown(limits),
    imports: withDistinctAccounts(imports),
    users: ifKnown(users),
    roles: ifKnown(roles),
  };
  return hasShape(LIMITED, parts) ? limitUseDiagnostics(omitUndefined<Limited>(parts)) : [];
}
