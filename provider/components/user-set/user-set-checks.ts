import * as pulumi from "@pulumi/pulumi";
import {
  diagnose,
  display,
  displayList,
  formatDiagnostics,
  keyPath,
  type Diagnostic,
} from "../../diagnostics/diagnostic";
import { nowInSeconds } from "../../dynamic/life-cycle/clock";
import type { SuppliedKey } from "../../model/cluster/cluster";
import { getOwn, omitUndefined } from "../../model/form/order";
import {
  anyValue,
  checkShape,
  fatal,
  matching,
  objectOf,
  optional,
  stringShape,
  type Shape,
} from "../../model/form/shape";
import { isValidAt } from "../../model/keys/lifetime";
import type { RoleTerms } from "../../model/users/roles";
import {
  normalizeShared,
  setEmptyListDiagnostics,
  setUsersDiagnostics,
  sharedDiagnostics,
  shortenDiagnostics,
  type SetAccount,
  withShared,
  type SetUsers,
  type SharedTerms,
} from "../../model/users/set-users";
import type { AttachedSet } from "../account/account-sets";
import type { SetContext } from "../account/declared-account";
import { joinOutputs } from "../join-outputs";
import { afterGate, valueIfKnown, warn, type Gate } from "../validation";
import type { DeclaredUsers, UserDeclaration } from "./declared-users";
import type { UserSetArgs } from "./user-set-args";

const ACCOUNT: Shape = (value, path) =>
  fatal({
    code: "NA1909",
    path,
    problem: contextOf(value) === undefined ? "must be an `Account` of this program" : undefined,
    remedy: "Use an `Account` of this program, or declare the set in the program of the account.",
  });

/** Returns what a set needs of its account; undefined for a value other than an account of this program. */
export function contextOf(account: unknown): SetContext | undefined {
  return typeof account === "object" && account !== null && "setContext" in account
    ? (account.setContext as SetContext | undefined)
    : undefined;
}

const FUNCTION = matching(
  "a function",
  "Use a function that returns an object.",
  (value) => typeof value === "function",
);

const ARGS: Shape = objectOf<UserSetArgs>({
  account: ACCOUNT,
  role: stringShape,
  users: anyValue,
  file: optional(stringShape),
  template: optional(FUNCTION),
  lifetime: anyValue,
  renewBefore: anyValue,
  expires: anyValue,
  notBefore: anyValue,
  rotation: anyValue,
  handedOut: anyValue,
  maxRemovals: anyValue,
});

/** Checks the shape of a set's arguments. */
export function setArgsDiagnostics(args: UserSetArgs): Diagnostic[] {
  return checkShape("", ARGS, args, (known) => [...sourceDiagnostics(known), ...removalsDiagnostics(known)]);
}

function removalsDiagnostics({ maxRemovals = 0 }: Partial<UserSetArgs>): Diagnostic[] {
  return countDiagnostics("maxRemovals", maxRemovals, 0, "Use the number of users that an update may remove.");
}

function countDiagnostics(path: string, value: number, least: number, remedy: string): Diagnostic[] {
  const isCount = Number.isInteger(value) && value >= least;
  const problem = isCount ? undefined : `must be a whole number from ${least}`;
  return diagnose({ code: "NA1008", path, value, problem, remedy });
}

/** The problem with a set that is created after the claims of its account are complete. */
export const LATE_SET = diagnose({
  code: "NA1901",
  path: "account",
  problem: "already has its claims: the program has waited since it created the account",
  remedy: "Wait for values before the account is created, or pass them to the set as outputs.",
});

/** Checks the number of calls of `handOut` at the same time. */
export function concurrencyDiagnostics(concurrency: number): Diagnostic[] {
  return countDiagnostics("concurrency", concurrency, 1, "Use the number of calls that may run at the same time.");
}

/** Checks that the name of a set differs from those of the other sets of its account, whatever their parents are. */
export function sameSetDiagnostics(name: string, others: readonly string[]): Diagnostic[] {
  return diagnose({
    code: "NA1912",
    path: "name",
    value: name,
    problem: others.includes(name) ? "is already the name of another set of the account" : undefined,
    remedy: "Rename one of the sets.",
  });
}

/** The problem with the name of a user that a set does not have. */
export function unknownUser(set: string, name: string): Diagnostic {
  const problem = `is not a user of the set ${display(set)}`;
  return { code: "NA1905", path: "name", value: display(name), problem, remedy: "Correct the name, or add the user." };
}

function sourceDiagnostics({ users, file }: Partial<UserSetArgs>): Diagnostic[] {
  const hasOne = (users === undefined) !== (file === undefined);
  return diagnose({
    code: "NA1906",
    path: "users",
    problem: hasOne ? undefined : `${users === undefined ? "is missing" : "is set"}, and so is \`file\``,
    remedy: "Set one of `users` and `file`.",
  });
}

/** Returns a set whose arguments are malformed: everything that depends on it waits for its gate. */
export function failedSet(name: string, gate: Gate): AttachedSet {
  const failed = <T>() => afterGate(gate, "" as unknown as T);
  return {
    name,
    names: pulumi.output([]),
    declaration: pulumi.output({ role: "", count: 1 }),
    keys: { role: failed(), signingKey: failed(), users: failed(), keys: failed(), shared: failed() },
    update: pulumi.output(0),
    issued: failed(),
    isRotated: pulumi.output(false),
    givenKeys: () => Promise.resolve([]),
    seedsOf: () => failed(),
  };
}

/** Terms that all users of a set have in common. */
interface DeclaredTerms {
  /** In normal form; undefined without any, and for invalid ones. */
  readonly terms: SharedTerms | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Returns what all users of a set have in common. */
export function declareShared(args: UserSetArgs): pulumi.Output<DeclaredTerms> {
  const { lifetime, renewBefore, expires, notBefore, rotation } = args;
  return pulumi.output({ lifetime, renewBefore, expires, notBefore, rotation }).apply((known): DeclaredTerms => {
    const terms = omitUndefined<SharedTerms>(known);
    const diagnostics = sharedDiagnostics(terms);
    return { terms: diagnostics.length === 0 ? normalizeShared(terms) : undefined, diagnostics };
  });
}

/** Returns whether keys of a set are rotated. */
export function isRotated(
  { users }: UserDeclaration,
  shared: pulumi.Output<SharedTerms | undefined>,
): pulumi.Output<boolean> {
  return joinOutputs<[DeclaredUsers, SharedTerms | undefined], boolean>(
    [users, shared],
    ({ users: all }, terms) =>
      terms?.rotation !== undefined || [...all.values()].some(({ rotation }) => rotation !== undefined),
  );
}

/** Checks that the program can sign the users of a role. */
export function roleDiagnostics(role: string, { roles }: SetContext): Diagnostic[] {
  const declared = getOwn(roles, role);
  const names = Object.keys(roles);
  const missing = `is not a role of the account; ${names.length === 0 ? "it has no roles" : `its roles: ${displayList(names)}`}`;
  const unmanaged = "is a role whose signing key is not managed here, so the users' JWTs cannot be signed";
  return diagnose({
    code: "NA1907",
    path: "role",
    value: role,
    problem: declared === undefined ? missing : declared.publicKey === undefined ? undefined : unmanaged,
    remedy: "Use a role of the account that has no `publicKey`, or add such a role.",
  });
}

/** Checks the users of a set. A role with problems is reported by the account. */
export function usersDiagnostics(
  { role }: UserSetArgs,
  { accountName, tags, roles, userNames, sets }: SetContext,
  { users, secrets }: UserDeclaration,
): pulumi.Output<readonly Diagnostic[]> {
  const before = pulumi.all(sets.present.map(({ name, names }) => names.apply((all) => ({ name, all }))));
  const parts = pulumi.output({ tags, role: getOwn(roles, role) }) as pulumi.Output<unknown>;
  return joinOutputs(
    [users, secrets, before, parts as pulumi.Output<{ tags?: string[]; role?: RoleTerms }>] as const,
    (declared, supplied, earlier, known) => {
      const others = new Map(userNames.map((name) => [name, `the account ${display(accountName)}`]));
      for (const { name, all } of earlier) {
        all.forEach((user) => others.set(user, `the set ${display(name)}`));
      }
      const account = omitUndefined<SetAccount>({
        name: accountName,
        tags: known.tags,
        roles: known.role === undefined ? undefined : { [role]: known.role },
        others,
      });
      return shortenDiagnostics([
        ...declared.diagnostics,
        ...supplied.diagnostics,
        ...(declared.diagnostics.length > 0 ? [] : setUsersDiagnostics(declared.users, role, account)),
      ]);
    },
  );
}

/** Warns of the users of a valid set that may publish or subscribe to nothing. */
export async function warnAboutEmptyLists(
  component: Parameters<typeof warn>[0],
  { role }: UserSetArgs,
  { accountName: name, tags, roles }: SetContext,
  { users }: UserDeclaration,
): Promise<void> {
  const parts = pulumi.output({ tags, role: getOwn(roles, role) }) as pulumi.Output<unknown>;
  const values = joinOutputs(
    [users, parts as pulumi.Output<{ tags?: string[]; role?: RoleTerms }>] as const,
    (declared, known) => ({ declared, known }),
  );
  await warn(component, values, ({ declared, known }) => {
    const account = omitUndefined<Omit<SetAccount, "others">>({
      name,
      tags: known.tags,
      roles: known.role && { [role]: known.role },
    });
    return setEmptyListDiagnostics(declared.users, role, account);
  });
}

/**
 * Finds the expired users: their creds are not renewed.
 *
 * @param areShown whether the message may contain names
 * @param now Unix seconds
 */
export function expiredUsersDiagnostics(
  users: SetUsers,
  shared: SharedTerms | undefined,
  areShown: boolean,
  now: number,
): Diagnostic[] {
  const expired = Array.from(users).flatMap(([name, user]) => {
    const { expires } = withShared(user, shared);
    return expires === undefined || isValidAt(now, { expires }) ? [] : [name];
  });
  const names = areShown ? `: ${displayList(expired)}` : "";
  const has = expired.length === 1 ? "has 1 user" : `has ${expired.length.toLocaleString("en")} users`;
  return diagnose({
    code: "NA4009",
    path: "users",
    problem:
      expired.length === 0 ? undefined : `${has} whose \`expires\` is in the past, so no server accepts them${names}`,
    remedy: "Set a later `expires`, or remove the users.",
  });
}

/** Warns of the users of a valid set that have expired. The names may be secret if they are an output. */
export async function warnAboutExpired(
  { resource, subject, gate }: { readonly resource: pulumi.Resource; readonly subject: string; readonly gate: Gate },
  { users, names }: UserDeclaration,
  shared: pulumi.Output<SharedTerms | undefined>,
): Promise<void> {
  await gate;
  const [declared, terms] = await Promise.all([valueIfKnown(users), valueIfKnown(shared)]);
  const found =
    declared === undefined ? [] : expiredUsersDiagnostics(declared.users, terms, names !== undefined, nowInSeconds());
  if (found.length > 0) {
    await pulumi.log.warn(formatDiagnostics(subject, found), resource);
  }
}

/** Returns the keys that the program supplies, as far as they are known. */
export async function findGivenKeys({ users, secrets }: UserDeclaration): Promise<SuppliedKey[]> {
  const [declared, supplied] = await Promise.all([valueIfKnown(users), valueIfKnown(secrets)]);
  const own = Array.from(declared?.users ?? [], ([name, { publicKey }]) => [name, publicKey] as const);
  return [...own, ...(supplied?.publicKeys ?? [])].flatMap(([name, key]) =>
    key === undefined ? [] : [{ path: keyPath("users", name), key }],
  );
}
