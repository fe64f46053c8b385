import { eachTerm, type AccountTerms } from "../model/account-terms";
import { accountDiagnostics, holdersDiagnostics, type Account, type AccountDeclaration } from "../model/account";
import { keyPath, under, type Diagnostic } from "../model/diagnostics";
import { EXPORTS } from "../model/exports";
import { importsDiagnostics } from "../model/import-checks";
import { KEYED_IMPORTS, type Import } from "../model/imports";
import { defined } from "../model/order";
import { REVOCATIONS, revokedKeys } from "../model/revocations";
import { rotationDiagnostics } from "../model/rotation";
import { ROLE, roleBookDiagnostics, type Role } from "../model/roles";
import { anything, being, fits, isRecord, objectOf, optional, shaped, text } from "../model/shape";
import { SIGNING_KEYS, signingKeysDiagnostics } from "../model/signing-keys";
import { USER, userDiagnostics, type User } from "../model/users";
import { activationDiagnostics } from "./activation-checks";
import type { KeyKind } from "../nkeys/kinds";
import { hasUnknown, known } from "./dynamic";
import { publicKeyDiagnostics, seedDiagnostics } from "./nkey";

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
    ...(holders.length > 0 || hasUnknown([users, roles]) ? [] : roleBookDiagnostics(inputs)),
    ...signingKeyDiagnostics(inputs),
    ...importedDiagnostics(inputs),
    ...revokedKeyDiagnostics(inputs),
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

function importedDiagnostics({ publicKey, imports }: SignedAccount): Diagnostic[] {
  return shaped("imports", optional(KEYED_IMPORTS), known(distinguished(imports)), (entries = []) => [
    ...importsDiagnostics(publicKey, entries),
    ...entries.flatMap((declared, index) => {
      const entry = imports?.[index] ?? declared;
      return under(`[${index}]`, [
        ...publicKeyDiagnostics("account", "account", entry.account),
        ...activationDiagnostics(entry, publicKey),
      ]);
    }),
  ]);
}

/** The imports, each from an account of its own where it is not known from which one, and without unknown tokens. */
function distinguished(imports: readonly Import[] | undefined): readonly Import[] | undefined {
  const of = (entry: Import, index: number): Import =>
    isRecord(entry)
      ? defined<Import>({
          ...entry,
          account: isUnknown(entry.account) ? `(unknown ${index})` : entry.account,
          token: isUnknown(entry.token) ? undefined : entry.token,
        })
      : entry;
  return Array.isArray(imports) ? imports.map(of) : imports;
}

/** What only its checksum tells of a key in revocations: a typing error would revoke nothing. */
function revokedKeyDiagnostics({ exports, revocations }: SignedAccount): Diagnostic[] {
  const entries = known(exports) ?? [];
  const ofExports = fits(EXPORTS, entries) ? entries : [];
  const own = known(revocations) ?? {};
  return [
    ...ofExports.flatMap((entry, index) =>
      keysOfNobody(`exports[${index}].revocations`, "account", revokedKeys(entry.revocations ?? {}, "A")),
    ),
    ...keysOfNobody("revocations", "user", fits(REVOCATIONS, own) ? revokedKeys(own, "U") : []),
  ];
}

function keysOfNobody(path: string, kind: KeyKind, keys: readonly string[]): Diagnostic[] {
  return keys.flatMap((key) => publicKeyDiagnostics(keyPath(path, key), kind, key));
}

/** True when nothing of a value is known, not even its shape. */
function isUnknown(value: unknown): boolean {
  return typeof value === "string" && known(value) === undefined;
}
