import type { AccountSettings, ImportArgs } from "../components/account/account-args";
import { display, keyPath } from "../diagnostics/diagnostic";
import { getOwn, omitUndefined } from "../model/form/order";
import type { Export } from "../model/shares/exports";
import { grantDiagnostics } from "../model/shares/grants";
import type { ImportTerms } from "../model/shares/imports";
import type { Acceptances } from "../parity/acceptance";
import { Notes } from "../read/notes";
import { exporterOf } from "./account-keys";
import { warnOf, type Adopted } from "./adopted";
import { compareAccounts, compareUsers, effectivePermissions } from "./merge-differences";
import { withoutOmitted } from "./merge-omitted";
import { exportName, exportsOf, sourcesOf, type Source } from "./merge-sources";
import { replaceKey, toNamed } from "./named-outputs";
import { withoutStack } from "./run-error";

/** An account of the file, and the same account of the store, if it has it. */
interface Matched {
  readonly own: Source;
  readonly same?: Source;
}

const RENAME = "Set another name for it in `names` of `readStaticConfig`.";
const ONE_ACCOUNT = "Remove the user from one of the two accounts, or give it a different key there.";

const BOTH_ADMIT = "If this is not intended, remove it from the program.";

/**
 * Merges a store and a static configuration. Accounts and users with the same public key in both are the same: their seeds,
 * their names and everything else come from the store, and `leftOut` names each difference. What the store contains but is not
 * adopted from it, such as a revoked user, is not adopted from the configuration either. The system accounts of both become
 * one. A restriction of the configuration that the store does not have is a security gap.
 *
 * @param store what `readNscStore` returns
 * @param file what `readStaticConfig` returns
 * @param accept accepted security gaps by path, each with a reason
 * @throws Unreadable when different accounts or users have the same name, a user has different accounts, or a security gap is
 * not accepted
 */
export function mergeAdopted(store: Adopted, file: Adopted, accept: Acceptances = {}): Adopted {
  return withoutStack(() => {
    const notes = new Notes();
    const stored = sourcesOf(store);
    const found = withoutOmitted(sourcesOf(file), store, notes).map((own) => match(own, stored, notes));
    const matched = withOneSystemAccount(found);
    const names = new Map(matched.map(({ own, same = own }) => [own.name, same.name]));
    const added = matched.filter(({ same }) => same === undefined).map(({ own }) => own);
    const addedKeys = new Map(added.map((own) => [own.name, own.keys.account]));
    const context = { names, stored, addedKeys, notes };
    checkUsers(matched, stored, notes);
    noteAdditions(matched, stored, notes);
    const merged = new Map(stored.map(({ name, settings }) => [name, settings]));
    const keys = new Map(stored.map((source) => [source.name, source.keys]));
    for (const { own, same } of matched) {
      const renamed = { ...own, settings: rename(own.settings, context) };
      merged.set((same ?? own).name, same === undefined ? renamed.settings : mergeAccount(renamed, same, context));
      keys.set(
        (same ?? own).name,
        same === undefined
          ? own.keys
          : { ...same.keys, users: { ...addedUsers(own.keys.users, same), ...same.keys.users } },
      );
    }
    for (const { name } of added) {
      merged.set(name, withoutRefusedImports(name, merged, notes));
    }
    notes.check("the static configuration", accept);
    warnOf("the nsc store and the static configuration together", notes.leftOut);
    const systemName = [...stored, ...matched.map(({ own }) => own)].find(({ isSystem }) => isSystem)?.name;
    const system = systemName === undefined ? undefined : merged.get(systemName);
    return {
      operator: {
        ...file.operator,
        ...store.operator,
        ...(system && { systemAccount: { ...system, ...(systemName !== undefined && { name: systemName }) } }),
      },
      accounts: Object.fromEntries([...merged].filter(([name]) => name !== systemName)),
      keys: Object.fromEntries(keys),
      ...(store.omitted && { omitted: store.omitted }),
      leftOut: [...store.leftOut, ...file.leftOut, ...notes.leftOut],
    };
  });
}

/** Names the accounts and users of one source: the merged program admits them to both servers. */
function noteAdditions(matched: readonly Matched[], stored: readonly Source[], notes: Notes): void {
  const add = (path: string, from: string, to: string) => {
    const problem = `is in ${from} only, and is added to ${to}`;
    notes.leaveOut({ code: "NA3077", path, problem, remedy: BOTH_ADMIT });
  };
  const toOperator = (path: string) => {
    add(path, "the static configuration", "the operator server");
  };
  const toStatic = (path: string) => {
    add(path, "the store", "the static server");
  };
  for (const { own, same } of matched) {
    if (same === undefined) {
      toOperator(keyPath("accounts", own.name));
      continue;
    }
    const users = `${keyPath("accounts", same.name)}.users`;
    Object.keys(addedUsers(own.keys.users, same)).forEach((name) => {
      toOperator(keyPath(users, name));
    });
    const listed = new Set(Object.values(own.keys.users));
    for (const [name, key] of Object.entries(same.keys.users)) {
      if (!listed.has(key)) {
        toStatic(keyPath(users, name));
      }
    }
  }
  const known = new Set(matched.map(({ same }) => same));
  stored
    .filter((source) => !known.has(source))
    .forEach(({ name }) => {
      toStatic(keyPath("accounts", name));
    });
}

/** Finds the same account of the store: the one with the same key or, for the system account, the system account. */
function match(own: Source, stored: readonly Source[], notes: Notes): Matched {
  const path = keyPath("accounts", own.name);
  const byKey = stored.find(({ keys }) => keys.account !== undefined && keys.account === own.keys.account);
  const system = own.isSystem ? stored.find(({ isSystem }) => isSystem) : undefined;
  if (byKey !== undefined && (byKey.isSystem !== own.isSystem || (system !== undefined && system !== byKey))) {
    const problem = "is the system account in one of the store and the configuration only";
    notes.wrong("NA3075", path, problem, "Use the same system account in both.");
    return { own };
  }
  const same = byKey ?? system;
  if (same !== undefined && byKey === undefined) {
    const problem = `is replaced by the store's system account ${display(same.name)}, which gets its users: servers have one system account`;
    notes.leaveOut({ code: "NA3073", path, problem, remedy: "Let these clients expect the other account." });
  }
  const other = stored.find(({ name }) => name === own.name);
  if (other !== undefined && other !== same) {
    notes.wrong("NA3075", path, "has the name of a different account of the store", RENAME);
  }
  return omitUndefined<Matched>({ own, same });
}

/**
 * Puts the key of the store's system account in place of that of the file's, which the merged program does not have: subjects
 * such as `$SYS.ACCOUNT.<key>.CONNECT` contain it.
 */
function withOneSystemAccount(matched: readonly Matched[]): readonly Matched[] {
  const system = matched.find(({ own }) => own.isSystem);
  const [from, to] = [system?.own.settings.key?.publicKey ?? system?.own.keys.account, system?.same?.keys.account];
  return from === undefined || to === undefined || from === to
    ? matched
    : matched.map(({ own, ...rest }) => ({ ...rest, own: { ...own, settings: replaceKey(own.settings, from, to) } }));
}

/** Finds users that are in different accounts, or have the name of a different user. */
function checkUsers(matched: readonly Matched[], stored: readonly Source[], notes: Notes): void {
  const owners = new Map(stored.flatMap((one) => Object.values(one.keys.users).map((key) => [key, one] as const)));
  for (const { own, same } of matched) {
    for (const [name, key] of Object.entries(own.keys.users)) {
      const path = keyPath(`${keyPath("accounts", own.name)}.users`, name);
      const owner = owners.get(key);
      if (owner !== undefined && owner !== same) {
        notes.wrong("NA3075", path, `belongs to the account ${display(owner.name)} of the store`, ONE_ACCOUNT);
      }
      const namesake = getOwn(same?.keys.users, name);
      if (namesake !== undefined && namesake !== key) {
        notes.wrong("NA3075", path, "has the name of a different user of the store", RENAME);
      }
    }
  }
}

/** What the merging of an account refers to. */
interface MergeContext {
  /** The names of the file's accounts in the merged program. */
  readonly names: ReadonlyMap<string, string>;
  readonly stored: readonly Source[];
  /** The public keys of the accounts that only the file has, by name. */
  readonly addedKeys: ReadonlyMap<string, string | undefined>;
  readonly notes: Notes;
}

/** Replaces the names of accounts by those of the same accounts of the store, whose keys sign activations if it has them. */
function rename(settings: AccountSettings, { names, stored }: MergeContext): AccountSettings {
  const nameOf = (name: string) => names.get(name) ?? name;
  const imports = settings.imports?.map((entry): ImportArgs => {
    const account = exporterOf(entry);
    const accountName = nameOf(account.accountName);
    const exporter = stored.find(({ name }) => name === accountName);
    const publicKey = exporter?.keys.account ?? account.publicKey;
    const signer = exporter?.settings.seed ?? account.signer;
    return { ...entry, account: { accountName, publicKey, ...(signer !== undefined && { signer }) } };
  });
  const exports = exportsOf(settings)?.map((entry) =>
    omitUndefined<typeof entry>({ ...entry, importers: entry.importers?.map(nameOf) }),
  );
  return omitUndefined<AccountSettings>({ ...settings, imports, exports: exports as AccountSettings["exports"] });
}

/** The public keys of the file's users who are not in the same account of the store. */
function addedUsers(users: Readonly<Record<string, string>>, same: Source): Readonly<Record<string, string>> {
  const known = new Set(Object.values(same.keys.users));
  return Object.fromEntries(Object.entries(users).filter(([, key]) => !known.has(key)));
}

/**
 * Returns an account that only the file has, without the imports that the merged accounts do not permit: an exporting account
 * that is also in the store has the store's exports.
 */
function withoutRefusedImports(
  name: string,
  merged: ReadonlyMap<string, AccountSettings>,
  notes: Notes,
): AccountSettings {
  const { imports, ...settings } = merged.get(name) ?? {};
  const path = `${keyPath("accounts", name)}.imports`;
  const permitted = imports?.filter(({ account: exporter, ...entry }, index) => {
    const { accountName: account } = exporterOf({ account: exporter });
    const exports = toNamed(merged.get(account)?.exports ?? []) as readonly Export[];
    const refusal = grantDiagnostics(name, { ...(toNamed(entry) as ImportTerms), account }, exports).find(
      // A name stands for a public key, as an account token requires.
      ({ code }) => code !== "NA1524" || typeof entry.subject === "string",
    );
    if (refusal !== undefined) {
      const problem = `${refusal.problem}, so it is not imported`;
      const remedy = "Correct the exports in the store. The next update adopts the import.";
      notes.leaveOut({ ...refusal, code: "NA3078", path: `${path}[${index}].${refusal.path}`, problem, remedy });
    }
    return refusal === undefined;
  });
  return omitUndefined<AccountSettings>({ ...settings, imports: permitted });
}

/** Merges an account of the file into the same account of the store. */
function mergeAccount(own: Source, same: Source, { addedKeys, notes }: MergeContext): AccountSettings {
  const path = keyPath("accounts", same.name);
  const storedNames = new Map(Object.entries(same.keys.users).map(([name, key]) => [key, name]));
  const added = Object.entries(own.settings.users ?? {}).flatMap(([name, user]) => {
    const known = storedNames.get(own.keys.users[name] ?? "");
    if (known === undefined) {
      const permissions = effectivePermissions(user, own.settings, same.settings);
      return [[name, { ...user, ...(permissions !== undefined && { permissions }) }] as const];
    }
    const at = keyPath(`${path}.users`, known);
    compareUsers(
      at,
      { user: getOwn(same.settings.users, known) ?? {}, account: same.settings },
      { user, account: own.settings },
      notes,
    );
    return [];
  });
  compareAccounts(path, same, own, notes);
  // The store's own names of importers are kept; accounts that only the file has keep their access, unless it is revoked.
  const exports = addImporters(same.settings, own.settings, addedKeys);
  // Without the seed in the store, the key that the file's program creates signs activations.
  const roles =
    same.settings.seed === undefined ? addRoles(same.settings.roles, own.settings.roles) : same.settings.roles;
  return omitUndefined<AccountSettings>({
    ...same.settings,
    exports,
    roles,
    users: { ...same.settings.users, ...Object.fromEntries(added) },
  });
}

/** Adds the file's roles, whose keys sign activations. A role with the name of a stored one gets another name. */
function addRoles(
  stored: AccountSettings["roles"] = {},
  added: AccountSettings["roles"] = {},
): AccountSettings["roles"] {
  const freeName = (name: string): string => (Object.hasOwn(stored, name) ? freeName(`${name}-of-file`) : name);
  return { ...Object.fromEntries(Object.entries(added).map(([name, role]) => [freeName(name), role])), ...stored };
}

function addImporters(
  store: AccountSettings,
  file: AccountSettings,
  addedKeys: ReadonlyMap<string, string | undefined>,
): AccountSettings["exports"] {
  const own = exportsOf(file) ?? [];
  const exports = exportsOf(store)?.map((entry) => {
    const same = own.find((other) => exportName(other) === exportName(entry));
    const isRevoked = (name: string) => Object.hasOwn(entry.revocations ?? {}, addedKeys.get(name) ?? "");
    const more = same?.importers?.filter((name) => addedKeys.has(name) && !isRevoked(name)) ?? [];
    return entry.importers === undefined ? entry : { ...entry, importers: [...new Set([...entry.importers, ...more])] };
  });
  return exports as AccountSettings["exports"];
}
