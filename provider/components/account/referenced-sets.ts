import { signedAccountDiagnostics } from "../../dynamic/checks/account";
import { UNKNOWN } from "../../dynamic/life-cycle/unknown";
import { diagnose, display, keyPath, prefixPaths, type Diagnostic } from "../../diagnostics/diagnostic";
import { omitUndefined } from "../../model/form/order";
import { toModel, type SignedReference } from "../../model/account/reference";
import { parseIssued, parseKey, type SetKeys } from "../../model/users/set-keys";
import { parseLines } from "../../model/users/set-text";
import {
  parseUsers,
  setUsersDiagnostics,
  sharedDiagnostics,
  shortenDiagnostics,
  type SetAccount,
  type SetUsers,
} from "../../model/users/set-users";

/** Finds problems with the sets of a reference whose account is valid without them: its stack can run any program. */
export function referencedSetsDiagnostics(reference: SignedReference): Diagnostic[] {
  const { account, sets } = reference;
  if (sets === undefined) {
    return [];
  }
  const others = new Map(Object.keys(account.users).map((user) => [user, `the account ${display(account.name)}`]));
  const found = Object.entries(sets).flatMap(([name, set]) => {
    const users = readUsers(set);
    const own = users === undefined ? diagnose(UNREADABLE) : setDiagnostics({ ...account, others }, set, users);
    users?.forEach((_, user) => others.set(user, `the set ${display(name)}`));
    return prefixPaths(keyPath("sets", name), shortenDiagnostics(own));
  });
  // The keys, among all keys of the account.
  return found.length > 0
    ? found
    : prefixPaths("account", shortenDiagnostics(signedAccountDiagnostics({ ...toModel(reference), signer: UNKNOWN })));
}

const UNREADABLE = {
  code: "NA4101",
  problem: "is not a set of users with a key for each of them",
  remedy:
    "Export `account.reference` (in other languages, the output `references`) in the stack of the account, and use this output unchanged.",
} as const;

function setDiagnostics(
  { name, tags, roles, others }: SetAccount,
  { role, shared = {} }: SetKeys,
  users: SetUsers,
): Diagnostic[] {
  const account = omitUndefined<SetAccount>({ name, tags, roles, others });
  return [...sharedDiagnostics(shared), ...setUsersDiagnostics(users, role, account)];
}

/** Returns the users in the texts of a set; undefined if they cannot be read, or users and keys do not belong together. */
function readUsers({ users, keys, issued }: SetKeys): SetUsers | undefined {
  try {
    const [read, lines] = [parseUsers(users), parseLines(keys)];
    lines.forEach(parseKey);
    parseIssued(issued ?? "");
    return lines.size === read.size && [...read.keys()].every((name) => lines.has(name)) ? read : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}
