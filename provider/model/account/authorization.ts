import type { Diagnostic } from "../form/diagnostics";
import { defined, sortedSet } from "../form/order";
import { being, listOf, objectOf, optional, text, type Shape } from "../form/shape";
import { signingKeysDiagnostics } from "../keys/signing-keys";
import { term } from "../form/terms";

/**
 * Authorization by a service of the account (auth callout): clients who log in as a user of the account are let in, or not,
 * as the service says, into the account and with the permissions that it says.
 *
 * The service is a client that subscribes to `$SYS.REQ.USER.AUTH`. Connected to either server, it is asked by both. It signs
 * its answer, and the user's JWT in it, with the key of `issuer`. That JWT says the account's public key as its audience to
 * the static server, and as its issuer account to the operator server: the one of the two whose request is about the
 * account's public key (`sub`), and not about that of `issuer`.
 *
 * Both servers disconnect whom a service has let in whenever they reload; such clients come back, and the service is asked
 * again.
 */
export interface Authorization {
  /**
   * Those whom servers let in without asking: the service itself. Names of users of the account, at least one; or public
   * keys (`U…`) of users whose JWTs are made elsewhere.
   *
   * The static server restarts when one of their keys changes, since it does not reload this (`auth_callout`).
   */
  readonly users: readonly string[];
  /**
   * The public key (`A…`) with which the service signs. It is one of the account's signing keys, too; whoever has it can
   * let in whom the service lets in. Not the account's own key: servers accept that for no users, since operators ask for
   * signing keys. The static server restarts when it changes.
   */
  readonly issuer?: string;
  /**
   * Accounts beside its own that the service may let clients into, or `"*"` for any. Only the operator server holds it to
   * that, and asks for a signing key of the other account: `issuer` can be one of its `signingKeys`.
   *
   * @default no other
   */
  readonly allowedAccounts?: "*" | readonly string[];
  /**
   * The public key (`X…`) with which servers encrypt what they ask, so that only the service can read it: there are
   * passwords and JWTs in it.
   *
   * @default not encrypted
   */
  readonly xkey?: string;
}

/** What stands for any account. */
export const ANY_ACCOUNT = "*";

const ACCOUNTS: Shape = (value, path) => (value === ANY_ACCOUNT ? [] : LIST_OF_ACCOUNTS(value, path));
const LIST_OF_ACCOUNTS = listOf(
  being("the name of an account", "Give an account.", (value) => typeof value === "string" && value !== ""),
);

/** The authorization of an account, as one of its terms. */
export const AUTHORIZATION_TERM = term<Authorization>(
  objectOf<Authorization>({
    users: listOf(text),
    issuer: optional(text),
    allowedAccounts: optional(ACCOUNTS),
    xkey: optional(text),
  }),
  authorizationDiagnostics,
  ({ users, allowedAccounts, ...rest }) =>
    defined<Authorization>({ users: sortedSet(users), ...rest, allowedAccounts: normalAccounts(allowedAccounts) }),
);

function normalAccounts(accounts: Authorization["allowedAccounts"]): Authorization["allowedAccounts"] {
  if (accounts === undefined || accounts === ANY_ACCOUNT) {
    return accounts;
  }
  return accounts.length === 0 ? undefined : sortedSet(accounts);
}

const CURVE_KEY = /^X[A-Z2-7]{55}$/;

function authorizationDiagnostics({ issuer, allowedAccounts = [], xkey }: Authorization): Diagnostic[] {
  const found: Diagnostic[] = issuer === undefined ? [] : [...issuerDiagnostics(issuer)];
  if (allowedAccounts !== ANY_ACCOUNT && allowedAccounts.includes(ANY_ACCOUNT)) {
    const problem = `has "*" among accounts; any account is "*" alone`;
    found.push({ path: "allowedAccounts", problem, remedy: 'Write "*", or the accounts.' });
  }
  if (xkey !== undefined && !CURVE_KEY.test(xkey)) {
    const problem = "is no public key that encrypts; it begins with X and has 56 characters";
    // What is none may be its seed, by a slip.
    found.push({ path: "xkey", problem, remedy: "Give the public half of the service's key." });
  }
  return found;
}

/** A list with one key. */
function issuerDiagnostics(issuer: string): Diagnostic[] {
  return signingKeysDiagnostics([issuer]).map((found) => ({ ...found, path: "issuer" }));
}
