import { ANY_ACCOUNT, type Authorization } from "../../model/account/authorization";
import { defined, own } from "../../model/form/order";
import { publicKeyProblem } from "../../nkeys/keys";
import type { Fields } from "../fields";
import type { StaticAccount } from "./account";

/** The service that decides about clients, and the name of the account that it is in. */
export interface StaticCallout {
  readonly account: string;
  readonly authorization: Authorization;
}

/**
 * Reads the service that a static server asks about clients. It may let them into any account.
 *
 * @param global the account that servers take where none is said
 */
export function readCallout(
  callout: Fields | undefined,
  accounts: Readonly<Record<string, StaticAccount>>,
  global: string,
): StaticCallout | undefined {
  if (callout === undefined) {
    return undefined;
  }
  const account = callout.text("account", "acc") ?? global;
  const known = own(accounts, account);
  const issuer = readIssuer(callout, known?.publicKey);
  noteAccounts(callout, account);
  const users = readUsers(callout);
  const authorization = defined<Authorization>({
    users,
    issuer,
    allowedAccounts: ANY_ACCOUNT,
    xkey: callout.text("xkey", "key"),
  });
  callout.leaveOutUnknown();
  if (known === undefined) {
    callout.notes.leaveOut(callout.path, "is about an account that is not there", "Add the account, or leave it out.");
  }
  return known === undefined || users.length === 0 ? undefined : { account, authorization };
}

/** Operators ask for signing keys: the operator server accepts the account's own key for no users. */
function readIssuer(callout: Fields, publicKey: string | undefined): string | undefined {
  const path = callout.pathOf("issuer");
  const issuer = callout.text("issuer");
  if (issuer !== publicKey) {
    return issuer;
  }
  const problem = "is the account's own key, which the operator server accepts for no users";
  callout.notes.leaveOut(path, problem, "Have the service sign with another key.");
  return undefined;
}

function noteAccounts(callout: Fields, account: string): void {
  const path = callout.pathOf("allowed_accounts");
  if (callout.texts("allowed_accounts").join() !== account) {
    const problem =
      "has the service decide about other users than those of its account, and the operator server does not";
    callout.notes.leaveOut(path, problem, "See who those users are: they are let in by their own keys.");
  }
}

/** Who logs in with a password is no user of the model. */
function readUsers(callout: Fields): string[] {
  const path = callout.pathOf("auth_users", "users");
  return callout.texts("auth_users", "users").filter((user, index) => {
    const isKey = publicKeyProblem("user", user) === undefined;
    if (!isKey) {
      callout.notes.leaveOut(`${path}[${index}]`, "is a user without an nkey", "Give the service's user an nkey.");
    }
    return isKey;
  });
}
