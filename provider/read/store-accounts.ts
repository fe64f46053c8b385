import { display, keyPath, prefixPaths, type Diagnostic } from "../diagnostics/diagnostic";
import { indexFirst } from "../model/form/order";
import { getAccountSigners } from "./operator";
import { findLatest, type AcceptedEntry, type ReadEntry, type ServerView } from "./store-context";
import { selectRoles } from "./store-roles";
import { unusedTags } from "./store-tags";
import { accountInvalidity } from "./store-validity";
import { displayTime, invalidTimeProblem } from "./validity";
import { NAMED_BY_KEY } from "./values";

/** The accounts that the operator server accepts, and the public keys of the others. */
interface SelectedAccounts {
  readonly accepted: readonly AcceptedEntry[];
  readonly rejected: ReadonlySet<string>;
}

/**
 * Finds the accounts that the operator server accepts, and names the others: nobody can log in to them, and nobody can
 * import from them. Of two accounts with the same name, the second is named by its public key.
 */
export function selectAccounts(read: readonly ReadEntry[], view: ServerView): SelectedAccounts {
  const keyOf = ({ account }: ReadEntry) => account.publicKey;
  const latest = findLatest(read, keyOf);
  const decided = read.map((entry) => ({ entry, reason: rejectionOf(entry, latest.get(keyOf(entry)), view) }));
  decided.forEach(({ entry, reason }) => {
    view.leftOut.push(...(reason === undefined ? [] : [{ ...reason, path: keyPath("accounts", entry.account.name) }]));
  });
  const accepted = decided.filter(({ reason }) => reason === undefined).map(({ entry }) => entry);
  const acceptedKeys = new Set(accepted.map(keyOf));
  const firsts = indexFirst(accepted.map(({ account }) => account.name));
  return {
    accepted: accepted.map((entry, index) => toAccepted(entry, firsts.get(entry.account.name) === index, view)),
    rejected: new Set(read.map(keyOf).filter((key) => !acceptedKeys.has(key))),
  };
}

function toAccepted(entry: ReadEntry, isFirst: boolean, view: ServerView): AcceptedEntry {
  const { account, leftOut, expires = 0 } = entry;
  const name = isFirst ? account.name : account.publicKey;
  const path = keyPath("accounts", name);
  const problem = `has the same name as another account, ${display(account.name)}`;
  view.leftOut.push(
    ...(isFirst ? [] : [{ code: "NA3025", path, problem, remedy: NAMED_BY_KEY } as const]),
    ...prefixPaths(path, [...leftOut, ...unusedTags(account.tags)]),
    ...(expires === 0 ? [] : [{ ...ENDING, path, problem: endingProblem(expires) }]),
  );
  const named = { ...entry, name };
  return { ...named, roles: selectRoles(named, view) };
}

const ENDING = {
  code: "NA3029",
  remedy: "Sign the account again before that time: the first update after it leaves the account out.",
} as const;

function endingProblem(expires: number): string {
  return `has a JWT that expires at ${displayTime(expires)}, and a new one that does not`;
}

/** Why an account is not adopted. */
type Reason = Omit<Diagnostic, "path">;

function rejectionOf(entry: ReadEntry, latest: ReadEntry | undefined, view: ServerView): Reason | undefined {
  if (latest !== entry) {
    return {
      code: "NA3043",
      problem: `has the public key of an account whose JWT was issued later, ${display(latest?.account.name)}`,
      remedy: "Remove the copy from the store.",
    };
  }
  const problem = issuerProblem(entry, view) ?? timeProblem(entry, view) ?? accountInvalidity(entry);
  const remedy = "Correct the account and sign it again, for example with nsc. The next update adopts it.";
  return problem === undefined ? undefined : { code: "NA3040", problem, remedy };
}

function issuerProblem({ account, issuer }: ReadEntry, { operator }: ServerView): string | undefined {
  if (getAccountSigners(operator).includes(issuer)) {
    return undefined;
  }
  if (issuer === operator.publicKey) {
    return "is signed by the operator's own key, and the operator's JWT requires signing keys";
  }
  return issuer === account.publicKey
    ? "is signed by itself, and not by the operator"
    : "is signed by a key that the operator's JWT does not list";
}

function timeProblem(entry: ReadEntry, { now }: ServerView): string | undefined {
  const problem = invalidTimeProblem(entry, now);
  return problem === undefined ? undefined : `has a JWT that ${problem}`;
}
