import { eachTerm, type AccountTerms } from "../model/account/account-terms";
import { accountDiagnostics, holdersDiagnostics } from "../model/account/account-checks";
import type { Account, AccountDeclaration } from "../model/account/account";
import { ANY_ACCOUNT, AUTHORIZATION_TERM } from "../model/account/authorization";
import { authorizationUserDiagnostics } from "../model/account/authorization-users";
import { under, type Diagnostic } from "../model/form/diagnostics";
import { KEYED_IMPORTS } from "../model/shares/imports";
import { limitUseDiagnostics, type Limited } from "../model/account/limit-use";
import { LIMITS } from "../model/account/limits";
import { defined } from "../model/form/order";
import { rotationDiagnostics } from "../model/keys/rotation";
import { missingRoleDiagnostics, ROLE, templateDiagnostics, type Role } from "../model/users/roles";
import { anything, being, fits, isRecord, mapOf, objectOf, optional, shaped, text } from "../model/form/shape";
import { SIGNING_KEYS, signingKeysDiagnostics } from "../model/keys/signing-keys";
import { USER, userDiagnostics, type User } from "../model/users/users";
import { hasUnknown, isUnknown, known } from "./dynamic";
import { publicKeyDiagnostics, seedDiagnostics } from "./nkey";
import { distinguished, importedDiagnostics, revokedKeyDiagnostics } from "./share-checks";

/** An account, and the seed that signs for it. */
export type SignedAccount = Account & { signer: string };

const SHAPE = objectOf<SignedAccount>({
  ...eachTerm(() => anything),
  name: anything,
  publicKey: being("the account's public key", "Give the account's public key.", () => true),
  users: being("the account's users, by name", "Give them, or an empty object.", () => true),
  roles: anything,
  imports: anything,
  previous: anything,
  revoked: anything,
  signer: being("the seed of an operator", "Give the seed that signs.", () => true),
});
const KEYED_USER = objectOf<User>({
  ...USER.each(() => anything),
  publicKey: text,
  signingKey: text,
  issuedAt: anything,
  rotation: anything,
});
const KEYED_ROLE = objectOf<Role>({ ...ROLE.each(() => anything), signingKey: text, rotation: anything });

/** All that is wrong with an account by keys and with who signs it, as far as it is known; paths start at the inputs. */
export function signedAccountDiagnostics(inputs: SignedAccount): Diagnostic[] {
  const { publicKey, users, roles, signer } = inputs;
  const holders = [
    ...holdersDiagnostics("users", KEYED_USER, knownHolders(users), keyedUserDiagnostics),
    ...holdersDiagnostics("roles", KEYED_ROLE, knownHolders(roles), keyedRoleDiagnostics),
  ];
  return [
    ...shaped("", SHAPE, knownMembers(inputs), () => []),
    ...accountDiagnostics(declaration(inputs)),
    ...publicKeyDiagnostics("publicKey", "account", publicKey),
    ...holders,
    ...(holders.length > 0 || hasUnknown([users, roles])
      ? []
      : [...missingRoleDiagnostics(inputs), ...templateDiagnostics(inputs)]),
    ...signingKeyDiagnostics(inputs),
    ...authorizationKeyDiagnostics(inputs),
    ...importedDiagnostics(inputs),
    ...revokedKeyDiagnostics(inputs),
    ...usedDiagnostics(inputs),
    ...seedDiagnostics("signer", "operator", known(signer)),
  ];
}

/** The inputs without what the engine adds to them, and something of the right shape for what is not known as a whole. */
function knownMembers(inputs: SignedAccount): SignedAccount {
  const own = Object.entries(inputs).filter(([key]) => !key.startsWith("__"));
  const members = own.map(([key, value]): [string, unknown] => [
    key,
    ["users", "roles"].includes(key) && isUnknown(value) ? {} : value,
  ]);
  return Object.fromEntries(members) as unknown as SignedAccount;
}

/** What can be said of the account without keys. */
function declaration(inputs: SignedAccount): AccountDeclaration {
  return defined<AccountDeclaration>({
    name: known(inputs.name) ?? "(unknown)",
    ...(eachTerm((term) => known(inputs[term])) as AccountTerms),
  });
}

/** What must be there, known or not. */
const KEYS: readonly string[] = ["publicKey", "signingKey", "issuedAt"] satisfies (keyof User)[];

/** The users or roles with what is known of them. */
function knownHolders<T extends User | Role>(
  holders: Readonly<Record<string, T>> | undefined,
): Readonly<Record<string, T>> | undefined {
  if (!isRecord(holders)) {
    return isUnknown(holders) ? undefined : holders;
  }
  const present = Object.entries<T>(holders).filter(([, holder]) => !isUnknown(holder));
  return Object.fromEntries(present.map(([name, holder]) => [name, isRecord(holder) ? knownTerms(holder) : holder]));
}

function knownTerms<T extends object>(holder: T): T {
  const known = Object.entries(holder).filter(([key, value]) => KEYS.includes(key) || !hasUnknown(value));
  return Object.fromEntries(known) as T;
}

function keyedUserDiagnostics(user: User): Diagnostic[] {
  return [
    ...publicKeyDiagnostics("publicKey", "user", user.publicKey),
    ...signerDiagnostics(user),
    ...issuedAtDiagnostics(user),
    ...under("rotation", rotationDiagnostics(user.rotation)),
    ...userDiagnostics(user),
  ];
}

/** A revocation goes by the time: without it, what is to replace a revoked JWT would be revoked with it. */
function issuedAtDiagnostics({ role, issuedAt }: User): Diagnostic[] {
  const problem = "is missing, and a user with a role has one: when its JWT was issued, in seconds since 1970";
  const remedy = "Give the user's `issuedAt`.";
  return role === undefined || issuedAt !== undefined ? [] : [{ path: "issuedAt", problem, remedy }];
}

function keyedRoleDiagnostics(role: Role): Diagnostic[] {
  return [
    ...signerDiagnostics(role),
    ...under("rotation", rotationDiagnostics(role.rotation)),
    ...ROLE.diagnostics(role),
  ];
}

function signerDiagnostics({ signingKey }: User | Role): Diagnostic[] {
  return publicKeyDiagnostics("signingKey", "account", signingKey);
}

/** What only its checksum tells of a key. */
function signingKeyDiagnostics({ signingKeys }: SignedAccount): Diagnostic[] {
  const keys = known(signingKeys) ?? [];
  return fits(SIGNING_KEYS, keys) && signingKeysDiagnostics(keys).length === 0
    ? keys.flatMap((key, index) => publicKeyDiagnostics(`signingKeys[${index}]`, "account", key))
    : [];
}

const NO_ISSUER: Diagnostic = {
  path: "authorization.issuer",
  problem: "is not the key with which the service signs: one for that alone, and not the account's own",
  remedy: "Give the public key of another account key.",
};

/** What only its checksum tells of a key, and users whom the account does not have. */
function authorizationKeyDiagnostics({ authorization, users, publicKey }: SignedAccount): Diagnostic[] {
  const said = known(authorization);
  if (said === undefined || !fits(AUTHORIZATION_TERM.shape, said) || !isRecord(users)) {
    return [];
  }
  const strangers = authorizationUserDiagnostics({ authorization: said, users });
  if (strangers.length > 0 || AUTHORIZATION_TERM.diagnostics(said).length > 0) {
    return strangers;
  }
  const { issuer, allowedAccounts = [], xkey } = said;
  const accounts = allowedAccounts === ANY_ACCOUNT ? [] : allowedAccounts;
  const own = said.users.map((user, index) => ({ user, path: `authorization.users[${index}]` }));
  return [
    ...own.flatMap(({ user, path }) => (Object.hasOwn(users, user) ? [] : publicKeyDiagnostics(path, "user", user))),
    ...accounts.flatMap((key, index) =>
      publicKeyDiagnostics(`authorization.allowedAccounts[${index}]`, "account", key),
    ),
    ...(issuer === undefined || issuer === publicKey ? [NO_ISSUER] : []),
    ...publicKeyDiagnostics("authorization.issuer", "account", issuer),
    ...publicKeyDiagnostics("authorization.xkey", "xkey", xkey),
  ];
}

const RECORDS = optional(mapOf(being("an object", "Write an object.", isRecord)));
const LIMITED = objectOf<Limited>({
  limits: optional(LIMITS.shape),
  exports: anything,
  imports: optional(KEYED_IMPORTS),
  users: RECORDS,
  roles: RECORDS,
});

/** What goes past the account's own limits, as far as it is known; exports are looked at with the declaration. */
function usedDiagnostics({ limits, imports, users, roles }: SignedAccount): Diagnostic[] {
  const parts = { limits: known(limits), imports: distinguished(imports), users: known(users), roles: known(roles) };
  return fits(LIMITED, parts) ? limitUseDiagnostics(defined<Limited>(parts)) : [];
}
