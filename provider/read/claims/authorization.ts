import type { Authorization } from "../../model/account/authorization";
import { ANY_ACCOUNT } from "../../model/account/authorization";
import { emptyToUndefined } from "../../model/form/order";
import type { Problem } from "../../diagnostics/unreadable";
import { publicKeyProblem } from "../../nkeys/keys";
import type { Fields } from "../fields";
import { readTerms, type TermReaders } from "../term-readers";

/** The claims of an account's authorization, and its users by their public keys. */
interface AuthorizationClaims {
  readonly claims: Fields;
  readonly users: readonly string[];
}

const AUTHORIZATION: TermReaders<Authorization, AuthorizationClaims> = {
  users: ({ users }) => users,
  issuer: { absent: "it is one of signing_keys, and the JWT does not tell which" },
  allowedAccounts: ({ claims }) => readAllowedAccounts(claims),
  xkey: ({ claims }) => claims.text("xkey"),
};

/**
 * Reads the authorization of an account, with users and accounts by their public keys. Without `auth_users`, servers
 * ignore it.
 */
export function readAuthorization(claims: Fields | undefined): Authorization | undefined {
  if (claims === undefined) {
    return undefined;
  }
  const users = claims.texts("auth_users");
  if (users.length === 0) {
    checkUnused(claims);
    return undefined;
  }
  const authorization = readTerms(AUTHORIZATION, { claims, users });
  claims.leaveOutUnknown();
  return authorization;
}

const NO_USERS: Problem = {
  code: "NA3022",
  problem: "has no effect without `auth_users`",
  remedy: "No action is needed.",
};

/** Checks claims without effect. Some of them make an account invalid for servers nevertheless. */
function checkUnused(claims: Fields): void {
  const [accountsPath, keyPath] = [claims.pathOf("allowed_accounts"), claims.pathOf("xkey")];
  if (claims.texts("allowed_accounts").length > 0) {
    claims.notes.wrong("NA3014", accountsPath, "requires `auth_users`");
  }
  const xkey = claims.text("xkey");
  if (xkey !== undefined && publicKeyProblem("xkey", xkey) !== undefined) {
    claims.notes.wrong("NA3014", keyPath, "must be a curve public key, which begins with X");
  } else if (xkey !== undefined) {
    claims.notes.leaveOut({ ...NO_USERS, path: keyPath });
  }
  claims.leaveOutRest(NO_USERS);
}

function readAllowedAccounts(claims: Fields): Authorization["allowedAccounts"] {
  const accounts = claims.texts("allowed_accounts");
  return accounts.length === 1 && accounts[0] === ANY_ACCOUNT ? ANY_ACCOUNT : emptyToUndefined(accounts);
}
