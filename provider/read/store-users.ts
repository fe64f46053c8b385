import { ACCESS, type Access } from "../model/access/access";
import { display, keyPath, prefixPaths, type Diagnostic } from "../diagnostics/diagnostic";
import type { Problem } from "../diagnostics/unreadable";
import { listenerProblem } from "../model/cluster/listeners";
import { emptyToUndefined, indexFirst, omitUndefined } from "../model/form/order";
import { getRevocationTime } from "../model/keys/revocations";
import type { Role } from "../model/users/roles";
import type { UserTerms } from "../model/users/users";
import type { ReadUser } from "./claims/user";
import {
  findLatest,
  toStoredKey,
  type AcceptedEntry,
  type AcceptedUser,
  type ServerView,
  type StoreContext,
  type StoredKey,
  type StoreEntry,
} from "./store-context";
import { accessRejection } from "./store-roles";
import { findTemplates, hasTemplateOf, templateRejection, withoutTemplates } from "./store-templates";
import { accessInvalidity } from "./store-validity";
import { isTag } from "../model/form/tags";
import { unusedTags } from "./store-tags";
import { readTerms, type TermReaders } from "./term-readers";
import { ADD_STANDARD, NAMED_BY_KEY } from "./values";
import { displayTime, formatProgramTime, invalidTimeProblem } from "./validity";

/** A user of a store as the argument of a program: with its own access, or with the role that has it. */
export type StoredUser = UserTerms & StoredKey;

/** A user whose name in a program is not decided yet. */
type NamelessUser = Omit<AcceptedUser, "name">;

/**
 * Finds the users that the operator server accepts, and names the others. Of two users of an account with the same name, the
 * second is named by its public key. Of several JWTs for one key, the last is used.
 */
export function selectUsers(entries: readonly AcceptedEntry[], view: ServerView): readonly StoreEntry[] {
  const accepted = entries.map((entry) => ({ entry, users: acceptUsers(entry, view) }));
  const all = accepted.flatMap(({ users }) => users.map(({ user }) => user));
  const kept = findLatest(all, ({ publicKey }) => publicKey);
  const latest = new Set(kept.values());
  const places = new Map(
    accepted.flatMap(({ entry, users }) => users.map(({ user }) => [user, keyPath(usersPath(entry), nameOf(user))])),
  );
  return accepted.map(({ entry, users }) => {
    const path = usersPath(entry);
    const copies = users.filter(({ user }) => !latest.has(user));
    copies.forEach(({ user }) => {
      const other = kept.get(user.publicKey);
      view.leftOut.push({ ...COPY, path: keyPath(path, nameOf(user)), problem: copyProblem(user, other, places) });
    });
    return {
      ...entry,
      users: nameUsers(
        users.filter(({ user }) => latest.has(user)),
        path,
        view,
      ),
    };
  });
}

const COPY: Omit<Problem, "problem"> = {
  code: "NA3043",
  remedy: "Remove the JWT that is not needed from the store, or give one of the two users a key of its own.",
};

/** A static server finds a user by its key alone, so that one key cannot have the access of two users. */
function copyProblem(copy: ReadUser, kept: ReadUser | undefined, places: ReadonlyMap<ReadUser, string>): string {
  const place = kept === undefined ? "another user" : `\`${places.get(kept) ?? nameOf(kept)}\``;
  const time = kept !== undefined && kept.issuedAt > copy.issuedAt ? ", whose JWT was issued later" : "";
  return `has the same key as ${place}${time}; a static server lists each key once, so only that user is adopted`;
}

function usersPath({ name }: Pick<AcceptedEntry, "name">): string {
  return `${keyPath("accounts", name)}.users`;
}

function nameOf({ name, publicKey }: ReadUser): string {
  return name ?? publicKey;
}

/** Returns the users of an account that the server accepts. */
function acceptUsers(entry: AcceptedEntry, view: ServerView): NamelessUser[] {
  return entry.users.flatMap((user) => {
    const path = keyPath(usersPath(entry), nameOf(user));
    const [role, terms] = findRole(user, entry) ?? [];
    const rejection = rejectionOf(user, terms, entry, view);
    if (rejection !== undefined) {
      const remedy = "Add the user to the program to restore its access.";
      view.leftOut.push({ code: "NA3026", path, problem: rejection, remedy });
      return [];
    }
    if (terms !== undefined && role !== undefined) {
      return [{ user, role, access: accessOf(terms) }];
    }
    const unreachable = listenerProblem(user.access ?? {});
    if (unreachable !== undefined) {
      view.leftOut.push({ code: "NA3049", path, problem: unreachable, remedy: ADD_STANDARD });
      return [];
    }
    return literalUser(user, path, view);
  });
}

/** Without a role, servers do not expand templates, and a program does. */
function literalUser(user: ReadUser, path: string, { leftOut }: ServerView): NamelessUser[] {
  const access = user.access ?? {};
  const templates = findTemplates(access);
  const denied = templates.find(({ list }) => list === "deny");
  if (denied !== undefined) {
    const problem =
      "denies a subject with a template, which the operator server does not expand for a user without a role";
    const remedy = "Correct the user in the store, or add it to the program.";
    leftOut.push({ code: "NA3046", path, problem, remedy });
    return [];
  }
  leftOut.push(
    ...prefixPaths(
      path,
      templates.map((entry) => ({ ...LITERAL, path: `permissions.${entry.path}` })),
    ),
  );
  return [{ user, access: withoutTemplates(access) }];
}

const LITERAL: Problem = {
  code: "NA3046",
  problem: "contains a template, which the operator server does not expand for a user without a role",
  remedy: "Add the subject to the user in the program to allow what the template stands for.",
};

function nameUsers(users: readonly NamelessUser[], path: string, { leftOut }: ServerView): AcceptedUser[] {
  const firsts = indexFirst(users.map(({ user }) => user.name));
  return users.flatMap((accepted, index): AcceptedUser[] => {
    const { user, access, role } = accepted;
    const isFirst = user.name !== undefined && firsts.get(user.name) === index;
    const name = isFirst ? user.name : user.publicKey;
    const at = keyPath(path, name);
    if (!isFirst && role !== undefined && hasTemplateOf("name", access)) {
      leftOut.push({ ...NAME_IN_PERMISSIONS, path: at });
      return [];
    }
    if (!isFirst && user.name !== undefined) {
      const problem = `has the same name as another user of the account, ${display(user.name)}`;
      leftOut.push({ code: "NA3025", path: at, problem, remedy: NAMED_BY_KEY });
    }
    leftOut.push(...prefixPaths(at, [...user.leftOut, ...timeDiagnostics(user), ...unusedTags(user.tags)]));
    return [{ ...accepted, name }];
  });
}

const NAME_IN_PERMISSIONS: Problem = {
  code: "NA3045",
  problem: "has `{{name()}}` in its permissions, and would be named by its public key here",
  remedy: "Give the user a name of its own in the store.",
};

/** Returns the names that accepted users have in a program, by their public keys. */
export function userNames({ users }: StoreEntry): ReadonlyMap<string, string> {
  return new Map(users.map(({ user, name }) => [user.publicKey, name]));
}

/** Converts the users of an account to arguments of a program, by name. */
export function toUserArgs({ users, roles }: StoreEntry, context: StoreContext): Record<string, StoredUser> {
  return Object.fromEntries(
    users.map(({ name, user, role, access }): [string, StoredUser] => {
      const key = role === undefined ? undefined : roles[role]?.signingKey;
      // Without the seed of a role's key, nothing here can sign for the role: the user gets the role's access as its own.
      const canSign = key !== undefined && context.seedOf(key) !== undefined;
      const own = readTerms(USER, { user, role: canSign ? role : undefined });
      return [name, { ...(canSign ? {} : access), ...own, ...toStoredKey(user.publicKey, context) }];
    }),
  );
}

/** A user, and the name of the role whose key can sign for it here. */
interface UserSource {
  readonly user: ReadUser;
  readonly role: string | undefined;
}

/** The terms of a user beside its access. */
const USER: TermReaders<Omit<UserTerms, keyof Access>, UserSource> = {
  role: ({ role }) => role,
  tags: ({ user }) => emptyToUndefined(user.tags.filter(isTag)),
  lifetime: { absent: "a JWT has a fixed end, which is read as `expires`" },
  renewBefore: { absent: "it decides when a program renews credentials, and is not a claim" },
  expires: ({ user }) => toTime(user.expires),
  notBefore: ({ user }) => toTime(user.notBefore),
};

function accessOf(role: Role): Access {
  return omitUndefined<Access>(ACCESS.each((term) => role[term]) as Access);
}

/** Returns the name and terms of the role whose key signed a user's JWT. */
function findRole({ issuer }: ReadUser, { roles }: Pick<AcceptedEntry, "roles">): [string, Role] | undefined {
  return Object.entries(roles).find(([, { signingKey }]) => signingKey === issuer);
}

/** Returns why the operator server rejects a user of the store. */
function rejectionOf(
  user: ReadUser,
  role: Role | undefined,
  entry: AcceptedEntry,
  { operator, now }: ServerView,
): string | undefined {
  const { account } = entry;
  return (
    issuerProblem(user, role, entry, operator.strict) ??
    accessProblem(user, role) ??
    accessInvalidity(user.access ?? {}) ??
    timeProblem(user, now) ??
    accessRejection(role ?? user.access ?? {}, account.limits) ??
    (role === undefined ? undefined : templateRejection(role, templateValues(user, entry))) ??
    (isRevoked(user, entry) ? "is revoked" : undefined)
  );
}

function issuerProblem(
  { issuer, account: claimed }: ReadUser,
  role: Role | undefined,
  { account }: AcceptedEntry,
  strict: boolean,
): string | undefined {
  if (claimed === account.publicKey && role !== undefined) {
    return undefined;
  }
  if (Object.values(account.roles ?? {}).some(({ signingKey }) => signingKey === issuer)) {
    return "has a role that is not adopted";
  }
  if (issuer === account.publicKey && strict) {
    return "is signed by the account's own key, and the operator's JWT requires signing keys";
  }
  const keys = [account.publicKey, ...(account.signingKeys ?? [])];
  return claimed === account.publicKey && keys.includes(issuer)
    ? undefined
    : "is signed by a key that the account's JWT does not list";
}

function accessProblem({ access }: ReadUser, role: Role | undefined): string | undefined {
  if (role !== undefined && access !== undefined) {
    return "has permissions of its own, but is signed by the key of a role";
  }
  return role === undefined && access === undefined ? "has neither permissions nor a role" : undefined;
}

/** A user that becomes valid later is adopted with that time, unless a program cannot express it. */
function timeProblem(user: ReadUser, now: number): string | undefined {
  const { notBefore = 0, expires = 0 } = user;
  const isAdopted = toTime(notBefore) !== undefined && (expires === 0 || notBefore < expires);
  const problem = invalidTimeProblem(
    isAdopted ? omitUndefined<ReadUser>({ ...user, notBefore: undefined }) : user,
    now,
  );
  return problem === undefined ? undefined : `has a JWT that ${problem}`;
}

/** The values that the server inserts into templates. */
function templateValues({ name = "", publicKey, tags }: ReadUser, { account }: AcceptedEntry) {
  const { name: accountName, publicKey: accountKey, tags: accountTags = [] } = account;
  return { name, publicKey, tags, account: { name: accountName, publicKey: accountKey, tags: accountTags } };
}

function isRevoked({ publicKey, issuedAt }: ReadUser, { account }: AcceptedEntry): boolean {
  return (getRevocationTime(account.revocations ?? {}, publicKey) ?? -1) >= issuedAt;
}

/** Formats a time of a user's JWT; undefined for zero, and for a time that a program cannot express. */
function toTime(seconds = 0): string | undefined {
  return seconds === 0 ? undefined : formatProgramTime(seconds);
}

/** Names the end of a user's JWT when a program cannot express it. */
function timeDiagnostics({ expires = 0 }: ReadUser): Diagnostic[] {
  const problem = `has a JWT that expires at ${displayTime(expires)}`;
  const remedy = "Set `expires` in the program.";
  return expires === 0 || toTime(expires) !== undefined ? [] : [{ code: "NA3031", path: "", problem, remedy }];
}
