import { displayList } from "../../diagnostics/diagnostic";
import { ANY_ACCOUNT, type Authorization } from "../../model/account/authorization";
import type { Problem } from "../../diagnostics/unreadable";
import { getOwn } from "../../model/form/order";
import { publicKeyProblem } from "../../nkeys/keys";
import type { Fields } from "../fields";
import { readTerms, type TermReaders } from "../term-readers";
import type { StaticAccount } from "./account";
import type { FoundInFile } from "./found-in-file";
import { GLOBAL_ACCOUNT } from "./global-account";

/** The auth callout of a static configuration, and the name of its account. */
export interface StaticCallout {
  readonly account: string;
  readonly authorization: Authorization;
}

/** The accounts that an auth callout is checked against. */
export interface CalloutAccounts {
  readonly accounts: Readonly<Record<string, StaticAccount>>;
  readonly systemAccount: string | undefined;
}

/** The fields of an auth callout, and those that are checked against its account. */
interface CalloutFields {
  readonly callout: Fields;
  readonly users: readonly string[];
  readonly issuer: string | undefined;
}

const AUTHORIZATION: TermReaders<Authorization, CalloutFields> = {
  users: ({ users }) => users,
  issuer: ({ issuer }) => issuer,
  // A static server lets the service place clients in any account.
  allowedAccounts: () => ANY_ACCOUNT,
  xkey: ({ callout }) => callout.text("xkey", "key"),
};

/** Reads the auth callout. Users that the new servers admit without asking the service are security gaps. */
export function readCallout(
  authorization: Fields | undefined,
  { accounts, systemAccount }: CalloutAccounts,
  found: FoundInFile,
): StaticCallout | undefined {
  const callout = authorization?.fields("auth_callout", "auth_hook");
  if (authorization === undefined || callout === undefined) {
    return undefined;
  }
  const accountPath = callout.pathOf("account", "acc");
  const account = callout.text("account", "acc") ?? GLOBAL_ACCOUNT;
  const declared = getOwn(accounts, account);
  const issuer = readIssuer(callout, declared?.publicKey);
  const users = readUsers(callout);
  const delegated = readAllowedAccounts(callout, found);
  const terms = readTerms(AUTHORIZATION, { callout, users, issuer });
  callout.leaveOutUnknown();
  const obstacle = findObstacle(account, declared, systemAccount, users);
  if (obstacle !== undefined) {
    const problem = `cannot be adopted: ${obstacle.problem}. The new servers admit every user with an nkey without asking the service`;
    callout.notes.gap({ ...obstacle, path: callout.path, problem });
    return undefined;
  }
  noteOtherAccounts(callout, { account, accounts, delegated, authUsers: users });
  noteProxies(authorization);
  if (declared?.publicKey !== account) {
    noteNames(callout, accountPath, account);
  }
  return { account, authorization: terms };
}

const LOG_IN = "Give the service's user an nkey, and list its public key in `auth_users`.";

/** Returns why an auth callout cannot be adopted. */
function findObstacle(
  account: string,
  declared: StaticAccount | undefined,
  systemAccount: string | undefined,
  users: readonly string[],
): Problem | undefined {
  const name = displayList([account]);
  if (declared === undefined && account !== GLOBAL_ACCOUNT) {
    return { code: "NA3034", problem: `its account ${name} does not exist`, remedy: "Correct `account`." };
  }
  if (account === systemAccount) {
    const problem = "in operator mode, the system account cannot have an authorization service";
    return { code: "NA3063", problem, remedy: "Move the service to a different account." };
  }
  if (declared?.users.some(({ publicKey }) => users.includes(publicKey)) !== true) {
    const lack = users.length === 0 ? "has an nkey" : `is a user of ${name}, the account of the service`;
    const problem = `none of its \`auth_users\` ${lack}, so the service cannot log in`;
    return { code: "NA3063", problem, remedy: LOG_IN };
  }
  return undefined;
}

/** Reads the issuer. Operators require signing keys: the operator server accepts no user signed by the account's own key. */
function readIssuer(callout: Fields, publicKey: string | undefined): string | undefined {
  const path = callout.pathOf("issuer");
  const issuer = callout.text("issuer");
  if (issuer === undefined) {
    callout.notes.wrong("NA3014", callout.path, "must have an `issuer`");
  }
  if (issuer !== publicKey) {
    return issuer;
  }
  const problem = "is the account's own key; the operator server rejects users that it signed";
  callout.notes.leaveOut({ code: "NA3033", path, problem, remedy: "Sign with a different key in the service." });
  return undefined;
}

/** Reads the accounts whose users the service decides about; undefined means all accounts. */
function readAllowedAccounts(callout: Fields, found: FoundInFile): readonly string[] | undefined {
  const path = callout.pathOf("allowed_accounts");
  const names = callout.texts("allowed_accounts");
  for (const [index, name] of names.entries()) {
    if (name !== GLOBAL_ACCOUNT) {
      found.checkAccount(`${path}[${index}]`, name);
    }
  }
  return names.length === 0 ? undefined : names;
}

/** Reads the users that bypass the callout. The model has no users with passwords. */
function readUsers(callout: Fields): string[] {
  const path = callout.pathOf("auth_users", "users");
  return callout.texts("auth_users", "users").filter((user, index) => {
    const isKey = publicKeyProblem("user", user) === undefined;
    if (!isKey) {
      const problem = "is not an nkey, and the new servers support no other users";
      callout.notes.leaveOut({ code: "NA3024", path: `${path}[${index}]`, problem, remedy: LOG_IN });
    }
    return isKey;
  });
}

/** A callout, and the users of all accounts. */
interface Delegation {
  readonly account: string;
  readonly accounts: Readonly<Record<string, StaticAccount>>;
  readonly delegated: readonly string[] | undefined;
  readonly authUsers: readonly string[];
}

/**
 * Notes accounts whose users the new servers treat differently: both ask the service about users of its own account only. A
 * static server asks about users of the allowed accounts, and always about users outside of accounts.
 */
function noteOtherAccounts(callout: Fields, { account, accounts, delegated, authUsers }: Delegation): void {
  const path = callout.pathOf("allowed_accounts");
  const concerned = Object.entries(accounts)
    .filter(([, { users }]) => users.some(({ publicKey }) => !authUsers.includes(publicKey)))
    .map(([name]) => name);
  const isAsked = (name: string) => delegated === undefined || delegated.includes(name) || name === GLOBAL_ACCOUNT;
  const others = concerned.filter((name) => name !== account && isAsked(name));
  if (others.length > 0) {
    const problem = `lets the service decide about users of ${displayList(others)}; the new servers admit these users by their nkeys, without asking the service`;
    const remedy = `Move these users to ${displayList([account])}, the account of the service, or remove them.`;
    callout.notes.gap({ code: "NA3035", path, problem, remedy });
  }
  if (concerned.includes(account) && !isAsked(account)) {
    const problem = `excludes ${displayList([account])}, the account of the service; the new servers ask the service about its users, too`;
    const remedy = "Let the service accept these users, or move them to a different account.";
    callout.notes.leaveOut({ code: "NA3035", path, problem, remedy });
  }
}

/** Notes that clients accepted by the service have to connect through a proxy. */
function noteProxies(authorization: Fields): void {
  const path = authorization.pathOf("proxy_required");
  if (authorization.flag("proxy_required") === true) {
    const problem =
      "requires a proxy of every client that the service accepts; the new servers require one only of users with `proxyRequired`";
    const remedy = "Let the service require it in each user JWT (`proxy_required`).";
    authorization.notes.gap({ code: "NA3063", path, problem, remedy });
  }
}

/** The service names accounts in its responses. */
function noteNames(callout: Fields, path: string, account: string): void {
  const problem = `is the name of an account, and the service uses such names in its responses (\`aud\`); the new servers identify ${displayList([account])} and the other accounts by their public keys`;
  const remedy = "Let the service use public keys of accounts; see `Account.authorization` for its responses.";
  callout.notes.leaveOut({ code: "NA3066", path, problem, remedy });
}
