import { eachTerm } from "../../model/account/account-terms";
import type { Diagnostic } from "../../model/form/diagnostics";
import { ANY_ACCOUNT } from "../../model/account/authorization";
import { ROLE } from "../../model/users/roles";
import {
  anything,
  being,
  fits,
  isRecord,
  listOf,
  mapOf,
  objectOf,
  optional,
  shaped,
  text,
  type Shape,
} from "../../model/form/shape";
import { USER } from "../../model/users/users";
import type {
  AccountReference,
  AccountSettings,
  AccountSigner,
  AuthorizationArgs,
  ImportArgs,
  RoleArgs,
  UserArgs,
} from "./account-args";

/** An account's arguments, whoever signs it. */
type Args = AccountSettings & { readonly operator: AccountSigner };

const REFERENCE: Shape = being("an account", "Give an `Account`, or its `accountName` and `publicKey`.", isReference);
const SIGNER: Shape = being("an operator", "Give an `Operator`.", (value) => has(value, "signer"));
const KEY: Shape = being("an Nkey", "Give an `Nkey` of the kind account.", (value) => has(value, "seed"));

/** What may be an output, and so has a shape only once it is known. */
const later = anything;

const USER_ARGS: Shape = objectOf<UserArgs>({
  ...USER.each(() => later),
  role: optional(text),
  seed: later,
  publicKey: later,
  rotation: later,
});
const ROLE_ARGS: Shape = objectOf<RoleArgs>({
  ...ROLE.each(() => later),
  seed: later,
  publicKey: later,
  rotation: later,
});
const IMPORT: Shape = objectOf<ImportArgs>({
  account: REFERENCE,
  token: later,
  subject: later,
  type: later,
  localSubject: later,
  name: later,
  share: later,
  allowTrace: later,
});
const AUTHORIZATION: Shape = objectOf<AuthorizationArgs>({
  users: later,
  issuer: later,
  allowedAccounts: (value, path) => (value === ANY_ACCOUNT ? [] : optional(listOf(REFERENCE))(value, path)),
  xkey: later,
});
const ARGS: Shape = objectOf<Args>({
  operator: SIGNER,
  name: optional(text),
  users: optional(mapOf(USER_ARGS)),
  roles: optional(mapOf(ROLE_ARGS)),
  imports: optional(listOf(IMPORT)),
  key: optional(KEY),
  seed: later,
  publicKey: later,
  ...eachTerm(() => later),
  authorization: optional(AUTHORIZATION),
});

/** What about an account's arguments is not as it should be, as far as a program can know it while it runs. */
export function argsDiagnostics(args: Args): Diagnostic[] {
  return shaped("", ARGS, args, () => []);
}

/** The same arguments without what cannot be looked at: nothing of it is deployed, and nothing may crash of it. */
export function wellFormed(given: Args): Args {
  const args: Partial<Args> = isRecord(given) ? given : {};
  const users = Object.entries(records<UserArgs>(args.users)).map(([user, { role, ...own }]): [string, UserArgs] => [
    user,
    { ...own, ...(fits(text, role) ? { role } : {}) },
  ]);
  const imports = Array.isArray(args.imports) ? (args.imports as readonly ImportArgs[]) : [];
  const { name, key, operator, authorization, ...rest } = args;
  return {
    ...rest,
    ...(fits(text, name) ? { name } : {}),
    ...(fits(KEY, key) ? { key } : {}),
    ...(fits(AUTHORIZATION, authorization) ? { authorization } : {}),
    operator: fits(SIGNER, operator) ? operator : { signer: "" },
    users: Object.fromEntries(users),
    roles: records(args.roles),
    imports: imports.filter((entry) => isRecord(entry) && isReference(entry.account)),
  } as Args;
}

/** The members of a record that are records themselves. */
function records<T>(record: Readonly<Record<string, T>> | undefined): Record<string, T> {
  return Object.fromEntries(isRecord(record) ? Object.entries<T>(record).filter(([, member]) => isRecord(member)) : []);
}

function isReference(value: unknown): value is AccountReference {
  return has(value, "publicKey") && has(value, "accountName") && typeof value.accountName === "string";
}

function has<Key extends string>(value: unknown, key: Key): value is Record<Key, unknown> {
  return typeof value === "object" && value !== null && key in value;
}
