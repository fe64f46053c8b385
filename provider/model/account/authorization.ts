import { diagnose, type Diagnostic } from "../../diagnostics/diagnostic";
import { omitUndefined, sortUnique } from "../form/order";
import { matching, listOf, objectOf, optional, stringShape, type Shape } from "../form/shape";
import { signingKeysDiagnostics } from "../keys/signing-keys";
import { term } from "../form/terms";

/**
 * Authorization by a service of the account (auth callout): the service decides whether a client that logs in as a user of
 * the account is accepted, into which account, and with which permissions.
 *
 * The service is a client that subscribes to `$SYS.REQ.USER.AUTH`. Connected to either server, it receives the requests of
 * both. It signs its response, and the user JWT in it, with the key of `issuer`. The user JWT contains the account's public
 * key: as its audience (`aud`) for the static server, as its issuer account (`issuer_account`) for the operator server. The
 * subject of the request (`sub`) identifies the server: it is the key of `issuer` in a request of the static server, and the
 * account's public key in a request of the operator server.
 *
 * When a server reloads, it disconnects the clients that the service has accepted. They reconnect, and the server asks the
 * service again.
 */
export interface Authorization {
  /**
   * Users that servers accept without asking the service: those that the service itself logs in as. Names of users of the
   * account, at least one; and public keys (`U…`) of users whose JWTs are issued elsewhere.
   *
   * When one of their keys changes, the static server restarts, because it cannot reload this setting (`auth_callout`).
   */
  readonly users: readonly string[];
  /**
   * Public key (`A…`) that signs the responses of the service. It becomes one of the account's signing keys; its seed permits
   * everything that the service may permit. The account's identity key is not accepted, since operators require signing
   * keys. When it changes, the static server restarts.
   */
  readonly issuer?: string;
  /**
   * Other accounts that the service may accept clients into, or `"*"` for any. Enforced in operator mode only, where users
   * also need a signing key of the other account: `issuer` can be one of its `signingKeys`.
   *
   * @default none
   */
  readonly allowedAccounts?: "*" | readonly string[];
  /**
   * Public key (`X…`) to which servers encrypt their requests, so that only the service can read the passwords and JWTs in
   * them.
   *
   * @default not encrypted
   */
  readonly xkey?: string;
}

/** Stands for any account. */
export const ANY_ACCOUNT = "*";

const ACCOUNTS: Shape = (value, path) => (value === ANY_ACCOUNT ? [] : LIST_OF_ACCOUNTS(value, path));
const LIST_OF_ACCOUNTS = listOf(
  matching("the name of an account", "Use an account.", (value) => typeof value === "string" && value !== ""),
);

/** The authorization service, as a term of an account. */
export const AUTHORIZATION_TERM = term<Authorization>(
  objectOf<Authorization>({
    users: listOf(stringShape),
    issuer: optional(stringShape),
    allowedAccounts: optional(ACCOUNTS),
    xkey: optional(stringShape),
  }),
  authorizationDiagnostics,
  ({ users, allowedAccounts, ...rest }) =>
    omitUndefined<Authorization>({
      users: sortUnique(users),
      ...rest,
      allowedAccounts: normalizeAccounts(allowedAccounts),
    }),
);

function normalizeAccounts(accounts: Authorization["allowedAccounts"]): Authorization["allowedAccounts"] {
  if (accounts === undefined || accounts === ANY_ACCOUNT) {
    return accounts;
  }
  return accounts.length === 0 ? undefined : sortUnique(accounts);
}

function authorizationDiagnostics({ issuer, allowedAccounts = [], xkey }: Authorization): Diagnostic[] {
  return [
    ...(issuer === undefined ? [] : issuerDiagnostics(issuer)),
    ...anyAccountDiagnostics(allowedAccounts),
    ...(xkey === undefined ? [] : xkeyDiagnostics(xkey)),
  ];
}

function issuerDiagnostics(issuer: string): Diagnostic[] {
  return signingKeysDiagnostics([issuer]).map((found) => ({ ...found, path: "issuer" }));
}

function anyAccountDiagnostics(accounts: "*" | readonly string[]): Diagnostic[] {
  const isMixed = accounts !== ANY_ACCOUNT && accounts.includes(ANY_ACCOUNT);
  return diagnose({
    code: "NA1603",
    path: "allowedAccounts",
    problem: isMixed ? 'must not be a list that contains "*"' : undefined,
    remedy: 'Use "*" alone, or a list of accounts.',
  });
}

const CURVE_KEY = /^X[A-Z2-7]{55}$/;

/** The value is not displayed: it can be a seed by mistake. */
function xkeyDiagnostics(xkey: string): Diagnostic[] {
  return diagnose({
    code: "NA1302",
    path: "xkey",
    problem: CURVE_KEY.test(xkey)
      ? undefined
      : "is not a valid curve public key: a key has 56 characters and begins with X",
    remedy: "Use the public key of the service's curve key pair.",
  });
}
