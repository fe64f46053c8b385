import * as pulumi from "@pulumi/pulumi";
import type { AccountSettings, UserArgs } from "../components/account/account-args";
import { keyPath } from "../diagnostics/diagnostic";
import { getOwn } from "../model/form/order";
import { isRecord } from "../model/form/shape";
import type { Notes } from "../read/notes";
import { EVERYTHING } from "../read/static/users";
import { exportName, exportsOf, type Shared, type Source } from "./merge-sources";
import { toNamed } from "./named-outputs";

/** The terms of an export that a static configuration can set. */
const EXPORT_TERMS = [
  "importers",
  "responseType",
  "responseThreshold",
  "latency",
  "accountTokenPosition",
  "allowTrace",
] as const;

/** The terms of an import that tell the exporting account about requests and messages in the importing one. */
const IMPORT_TERMS = ["share", "allowTrace"] as const;

/** Limits that a static configuration can set. */
const LIMITS = ["connections", "leafNodes", "subscriptions", "payload"] as const;

/** A user, and the account whose default permissions it can have. */
interface Member {
  readonly user: UserArgs;
  readonly account: AccountSettings;
}

type Terms = Readonly<Record<string, unknown>>;

/** Returns the permissions of the file's user in the store's account, which can have other default permissions. */
export function effectivePermissions(
  user: UserArgs,
  file: AccountSettings,
  store: AccountSettings,
): UserArgs["permissions"] {
  const everything = store.defaultPermissions === undefined ? undefined : EVERYTHING;
  return user.permissions ?? (file.defaultPermissions as UserArgs["permissions"]) ?? everything;
}

/** Names the differences between the access of a user in the store and in the file. */
export function compareUsers(path: string, store: Member, file: Member, notes: Notes): void {
  const [stored, own] = [accessOf(store), accessOf(file)];
  for (const term of ["permissions", "connectionTypes", "proxyRequired"] as const) {
    report(keyPath(path, term), stored[term], own[term], own[term] !== undefined, notes);
  }
}

function accessOf({ user, account }: Member): Terms {
  const { role } = user;
  const access: Terms = role === undefined ? user : (getOwn(account.roles, role) ?? {});
  // nats-server applies the default permissions to the users of a role as well.
  const permissions = access.permissions ?? account.defaultPermissions;
  return { ...access, permissions: areSame(permissions, EVERYTHING) ? undefined : permissions };
}

/** Names the differences between an account in the store and in the file, apart from its users. */
export function compareAccounts(path: string, storeSource: Source, fileSource: Source, notes: Notes): void {
  const [store, file] = [storeSource.settings, fileSource.settings];
  const [storedLimits, ownLimits] = [(store.limits ?? {}) as Terms, (file.limits ?? {}) as Terms];
  for (const limit of LIMITS) {
    const [stored, own] = [storedLimits[limit], ownLimits[limit]];
    const isNarrower = own !== undefined && !(Number(stored) < Number(own));
    report(keyPath(`${path}.limits`, limit), stored, own, isNarrower, notes);
  }
  report(`${path}.jetstream`, store.jetstream, file.jetstream, store.jetstream !== undefined, notes);
  for (const term of ["mappings", "trace"] as const) {
    report(keyPath(path, term), store[term], file[term], true, notes);
  }
  const [storedService, ownService] = [storeSource, fileSource].map(authorizationOf);
  report(`${path}.authorization`, storedService, ownService, ownService !== undefined, notes);
  compareExports(path, store, file, notes);
  compareImports(path, store, file, notes);
}

/** Returns the authorization of an account, with the public keys of its users, which can have other names in the other source. */
function authorizationOf({ settings: { authorization }, keys }: Source): Terms | undefined {
  const users = authorization?.users as readonly string[] | undefined;
  return authorization && { ...authorization, users: users?.map((name) => getOwn(keys.users, name) ?? name) };
}

function compareExports(path: string, store: AccountSettings, file: AccountSettings, notes: Notes): void {
  const [stored, own] = [store, file].map((settings) =>
    index((exportsOf(settings) ?? []) as readonly (Shared & Terms)[], exportName),
  );
  for (const name of new Set([...(stored?.keys() ?? []), ...(own?.keys() ?? [])])) {
    const [inStore, inFile] = [stored?.get(name), own?.get(name)];
    const at = keyPath(`${path}.exports`, name);
    if (inStore === undefined || inFile === undefined) {
      // Nobody uses an export without an import, which is compared as well.
      report(at, inStore && name, inFile && name, false, notes);
      continue;
    }
    for (const term of EXPORT_TERMS) {
      const isNarrower = term === "importers" ? inStore.importers === undefined : term !== "allowTrace";
      report(keyPath(at, term), inStore[term], inFile[term], isNarrower, notes);
    }
  }
}

function compareImports(path: string, store: AccountSettings, file: AccountSettings, notes: Notes): void {
  const [stored, own] = [store, file].map(({ imports }) => index((imports ?? []) as readonly Terms[], importName));
  for (const name of new Set([...(stored?.keys() ?? []), ...(own?.keys() ?? [])])) {
    const [inStore, inFile] = [stored?.get(name), own?.get(name)];
    const at = keyPath(`${path}.imports`, name);
    if (inStore === undefined || inFile === undefined) {
      report(at, inStore && name, inFile && name, inStore !== undefined, notes);
      continue;
    }
    for (const term of IMPORT_TERMS) {
      report(keyPath(at, term), inStore[term] ?? false, inFile[term] ?? false, inStore[term] === true, notes);
    }
  }
}

function index<T>(entries: readonly T[], nameOf: (entry: T) => string): ReadonlyMap<string, T> {
  return new Map(entries.map((entry) => [nameOf(entry), entry]));
}

function importName({ type, subject, localSubject, account }: Terms): string {
  const from = isRecord(account) ? String(account.accountName) : "";
  const local = localSubject === undefined ? "" : ` as ${String(toNamed(localSubject))}`;
  return `${String(type)} ${from} ${String(toNamed(subject))}${local}`;
}

/**
 * Reports a difference, in which the store is used.
 *
 * @param isNarrower true if the file can be narrower than the store
 */
function report(path: string, store: unknown, file: unknown, isNarrower: boolean, notes: Notes): void {
  if (areSame(store, file)) {
    return;
  }
  if (isNarrower) {
    const problem = "can permit more in the store than in the static configuration; the store is used on both servers";
    notes.gap({ code: "NA3074", path, problem, remedy: "Make both the same." });
  } else {
    const problem = "differs from the store, which is used on both servers";
    notes.leaveOut({ code: "NA3073", path, problem, remedy: "Make both the same, or change it in the program." });
  }
}

/** Compares values regardless of the order of keys and lists. An output without names is the same as itself only. */
function areSame(one: unknown, other: unknown): boolean {
  const outputs: unknown[] = [];
  const canonical = (value: unknown): string => {
    const named = toNamed(value);
    if (pulumi.Output.isInstance(named)) {
      return `output ${outputs.includes(named) ? outputs.indexOf(named) : outputs.push(named) - 1}`;
    }
    if (Array.isArray(named)) {
      return `[${named.map(canonical).sort().join()}]`;
    }
    if (!isRecord(named)) {
      return JSON.stringify(named);
    }
    const entries = Object.entries(named).filter(([, own]) => own !== undefined);
    return `{${entries
      .map(([key, own]) => `${JSON.stringify(key)}:${canonical(own)}`)
      .sort()
      .join()}}`;
  };
  return canonical(one) === canonical(other);
}
