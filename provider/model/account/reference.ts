import {
  anyValue,
  isRecord,
  listOf,
  mapOf,
  matching,
  objectOf,
  optional,
  stringShape,
  type Shape,
} from "../form/shape";
import { emptyToUndefined, getOwn, omitUndefined, sortBy } from "../form/order";
import type { ShareType } from "../shares/exports";
import { resolveImportSubject, type DeclaredImport, type Import, type ImportTerms } from "../shares/imports";
import { coversSubject } from "../subjects/subjects";
import { declareSet } from "../users/declared-set";
import { ROLE, type RoleTerms } from "../users/roles";
import { usersOfSet, type SetKeys } from "../users/set-keys";
import { parseUsers, type SharedTerms } from "../users/set-users";
import { USER, type User, type UserTerms, type Users } from "../users/users";
import { eachTerm, type AccountTerms } from "./account-terms";
import { normalizeAccount, type Account, type AccountPrevious, type CompleteDeclaration } from "./account";

/**
 * The versions of the shape of references. It changes when an older package would misread a newer reference: the first version
 * has no sets, and users of sets among the other ones. An account without sets has a reference that older packages read.
 */
export const REFERENCE_VERSIONS = [1, 2] as const;

/** What an account grants to an account of another stack: to import one of its exports. */
export interface ActivationGrant {
  /** Public key (`A…`) of the importing account. */
  readonly importer: string;
  /** Exported subject. */
  readonly subject: string;
  /** Type of the export. */
  readonly type: ShareType;
}

/** An activation that an account has signed for an account of another stack. */
export interface IssuedActivation extends ActivationGrant {
  /** Activation JWT. It is not a secret. */
  readonly token: string;
}

/** What an account signs about itself. */
export interface ReferenceContent {
  /** The version of this shape. */
  readonly version: (typeof REFERENCE_VERSIONS)[number];
  /** The account: its name, its terms, and the public keys of its users and roles. */
  readonly account: Account;
  /** Its sets of users by name: texts with a line for each user, and no seeds. Undefined if there are none. */
  readonly sets?: Readonly<Record<string, SetKeys>>;
  /** Names of the other accounts that it refers to, by public key. */
  readonly accounts: Readonly<Record<string, string>>;
  /** Activations for accounts of other stacks. */
  readonly activations: readonly IssuedActivation[];
  /** JWT of the account, signed by its operator, or by the account itself if it has none. */
  readonly jwt: string;
}

/**
 * Reference to an account of another stack: a plain value without secrets, signed by the account. See `Account.reference` and
 * `Account.fromReference`.
 */
export interface SignedReference extends ReferenceContent {
  /** Signature of all other properties by the account's own key, in base64url. */
  readonly signature: string;
}

const ACTIVATION = objectOf<IssuedActivation>({
  importer: stringShape,
  subject: stringShape,
  type: stringShape,
  token: stringShape,
});

/** An account with its identity. Its other parts are checked like those of any account. */
const ACCOUNT = matching(
  "an account with its name and public key",
  "Export `account.reference` (in other languages, the output `references`) unchanged.",
  (value) => isRecord(value) && typeof value.name === "string" && typeof value.publicKey === "string",
);

const SET = objectOf<SetKeys>({
  role: stringShape,
  signingKey: stringShape,
  users: stringShape,
  keys: stringShape,
  shared: optional(
    objectOf<SharedTerms>({
      ...{ lifetime: anyValue, renewBefore: anyValue, rotation: anyValue },
      ...{ expires: optional(stringShape), notBefore: optional(stringShape) },
    }),
  ),
  issued: stringShape,
});

/** The shape of a reference of any version. */
export const REFERENCE: Shape = objectOf<SignedReference>({
  version: anyValue,
  account: ACCOUNT,
  sets: optional(mapOf(SET)),
  accounts: mapOf(stringShape),
  activations: listOf(ACTIVATION),
  jwt: stringShape,
  signature: stringShape,
});

/** The parts of a reference's content. */
export interface ReferenceParts extends Omit<ReferenceContent, "version" | "accounts"> {
  /** The other accounts that the account refers to. */
  readonly others: readonly { readonly publicKey: string; readonly accountName: string }[];
}

/** Returns the content of a reference in normal form: an account that is declared in a different order has the same. */
export function toReferenceContent({ account, sets, others, activations, jwt }: ReferenceParts): ReferenceContent {
  const { users, roles = {}, previous = {}, revoked = {} } = account;
  const names = sortBy(others, ({ publicKey }) => publicKey).map(({ publicKey, accountName }) => [
    publicKey,
    accountName,
  ]);
  return omitUndefined<ReferenceContent>({
    version: sets === undefined ? 1 : 2,
    sets,
    account: normalizeAccount(
      omitUndefined<Account>({
        ...account,
        users: mapMembers(users, withoutRotation),
        roles: mapMembers(roles, withoutRotation),
        previous: emptyToUndefined<AccountPrevious>(previous),
        revoked: emptyToUndefined(revoked),
      }),
    ),
    accounts: Object.fromEntries(names) as Record<string, string>,
    activations: sortBy(activations, ({ importer, subject, type }) => `${subject} ${type} ${importer}`),
    jwt,
  });
}

/** Removes a rotation, which has had its effect: `previous` lists the replaced keys. */
function withoutRotation<T extends { readonly rotation?: unknown }>(holder: T): T {
  return omitUndefined<T>({ ...holder, rotation: undefined });
}

function mapMembers<T, R>(members: Readonly<Record<string, T>>, change: (member: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(members).map(([name, member]) => [name, change(member)]));
}

/**
 * Returns the account of a reference as configurations are rendered from it, with the users of its sets. `expires` of a user
 * results from a lifetime.
 */
export function toModel({ account, sets = {} }: Pick<ReferenceContent, "account" | "sets">): Account {
  const users = Object.assign({}, account.users, ...Object.values(sets).map((set) => usersOfSet(set))) as Users;
  // In copies: the texts of another program need not be in normal form.
  const withoutLifetime = (user: User) => omitUndefined<User>({ ...user, lifetime: undefined, renewBefore: undefined });
  return { ...account, users: mapMembers(users, withoutLifetime) };
}

/** Returns the account of a reference as its program declares it, without keys and with other accounts by name. */
export function toDeclaration({
  account,
  accounts,
  sets,
}: Pick<ReferenceContent, "account" | "accounts" | "sets">): CompleteDeclaration {
  const { name, users, roles = {}, imports } = account;
  const byName = (entry: Import): DeclaredImport =>
    omitUndefined<Import>({ ...entry, account: getOwn(accounts, entry.account) ?? entry.account, token: undefined });
  return omitUndefined<CompleteDeclaration>({
    name,
    ...(eachTerm((term) => account[term]) as AccountTerms),
    users: mapMembers(users, declareUser),
    roles: mapMembers(roles, (role) => omitUndefined<RoleTerms>(ROLE.each((term) => role[term]) as RoleTerms)),
    imports: imports?.map(byName),
    sets: sets && mapMembers(sets, (set) => declareSet(set.role, parseUsers(set.users), set.shared)),
  });
}

/** A program declares a lifetime, and not the time at which it ends. */
function declareUser(user: User): UserTerms {
  const terms = USER.each((term) => user[term]) as UserTerms;
  return omitUndefined<UserTerms>(user.lifetime === undefined ? terms : { ...terms, expires: undefined });
}

/** Returns the activation that permits an import: one for its subject, or for a wildcard that contains it. */
export function findActivation(
  importer: string,
  entry: Pick<ImportTerms, "subject" | "type">,
  activations: readonly IssuedActivation[],
): string | undefined {
  const wanted = resolveImportSubject(entry, importer);
  const fits = activations.filter(
    ({ importer: other, type, subject }) => other === importer && type === entry.type && coversSubject(subject, wanted),
  );
  return (fits.find(({ subject }) => subject === wanted) ?? fits[0])?.token;
}
