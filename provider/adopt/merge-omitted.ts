import type { AccountSettings } from "../components/account/account-args";
import { display, keyPath } from "../diagnostics/diagnostic";
import { omitUndefined } from "../model/form/order";
import type { Notes } from "../read/notes";
import { exporterOf } from "./account-keys";
import type { Adopted } from "./adopted";
import { exportsOf, type Shared, type Source } from "./merge-sources";

const REMEDY = "Restore it in the store, or add it to the program.";

/**
 * Returns the accounts of the file without the accounts and users that a store contains but does not admit: the program signs
 * new JWTs, so the operator server would admit them again.
 */
export function withoutOmitted(
  sources: readonly Source[],
  { omitted, keys }: Adopted,
  notes: Notes,
): readonly Source[] {
  const accounts = new Set(omitted?.accounts);
  const users = new Set(Object.values(omitted?.users ?? {}).flat());
  const isOmitted = ({ keys: { account } }: Source) => account !== undefined && accounts.has(account);
  const gone = new Set(sources.filter(isOmitted).map(({ name }) => name));
  for (const name of gone) {
    const problem = "is in the store, but not adopted from it, so the account of the configuration is not adopted";
    notes.leaveOut({ code: "NA3076", path: keyPath("accounts", name), problem, remedy: REMEDY });
  }
  const stored = new Map(Object.entries(keys).map(([name, { account }]) => [account, name] as const));
  return sources
    .filter(({ name }) => !gone.has(name))
    .map((own) => {
      const { account } = own.keys;
      const name = account === undefined ? undefined : stored.get(account);
      return withoutUsers(withoutAccounts(own, gone, notes), name, users, notes);
    });
}

/** Removes what an account shares with accounts that are not adopted. */
function withoutAccounts(own: Source, gone: ReadonlySet<string>, notes: Notes): Source {
  const path = `${keyPath("accounts", own.name)}.imports`;
  const imports = own.settings.imports?.filter((entry, index) => {
    const { accountName } = exporterOf(entry);
    if (gone.has(accountName)) {
      const problem = `is an import from the account ${display(accountName)}, which is not adopted`;
      notes.leaveOut({ code: "NA3076", path: `${path}[${index}]`, problem, remedy: REMEDY });
    }
    return !gone.has(accountName);
  });
  const exports = exportsOf(own.settings)?.map((entry) =>
    omitUndefined<Shared>({ ...entry, importers: entry.importers?.filter((name) => !gone.has(name)) }),
  ) as AccountSettings["exports"];
  return { ...own, settings: omitUndefined<AccountSettings>({ ...own.settings, imports, exports }) };
}

/**
 * Removes users of an account who are not adopted from the store.
 *
 * @param stored the name of the same account of the store, which has its own authorization service
 */
function withoutUsers(own: Source, stored: string | undefined, omitted: ReadonlySet<string>, notes: Notes): Source {
  const path = `${keyPath("accounts", stored ?? own.name)}.users`;
  const gone = new Set(Object.keys(own.keys.users).filter((name) => omitted.has(own.keys.users[name] ?? "")));
  const remaining = <T>(users: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(users).filter(([name]) => !gone.has(name)));
  const services = (own.settings.authorization?.users ?? []) as readonly string[];
  for (const name of gone) {
    const problem = "is in the store, but not adopted from it";
    if (stored === undefined && services.includes(name)) {
      notes.wrong("NA3075", keyPath(path, name), `${problem}, and is the authorization service here`, REMEDY);
    } else {
      const both = `${problem}, so the user of the configuration is not adopted`;
      notes.leaveOut({ code: "NA3076", path: keyPath(path, name), problem: both, remedy: REMEDY });
    }
  }
  return {
    ...own,
    settings: omitUndefined<AccountSettings>({
      ...own.settings,
      users: own.settings.users && remaining(own.settings.users),
    }),
    keys: { ...own.keys, users: remaining(own.keys.users) },
  };
}
