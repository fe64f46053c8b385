import { sortedBy } from "../model/form/order";

/** How a line begins that says what an account may do: in the static configuration a block, in the other one its JWT. */
const ACCOUNT = /^ {2}(A[A-Z2-7]{55})(?: \{|:)/gm;
const ACCOUNTS_BLOCK = /^accounts \{$/m;

/** True when a configuration makes its server know accounts that another one does not; both as this package renders them. */
export function hasMoreAccounts(config: string, other: string): boolean {
  return accountsBeside(config, other).length > 0;
}

/**
 * A static configuration with accounts that another one has, and it has not. Nobody can log in to them: the server only
 * knows that they are there, so that it keeps what it is told of their clients on other servers.
 *
 * @param present what the server has, as this package renders it
 * @param next what it is to have
 * @returns undefined when it knows all accounts already, or cannot be told
 */
export function withAccountsOf(present: string, next: string): string | undefined {
  const added = accountsBeside(next, present);
  if (added.length === 0 || !ACCOUNTS_BLOCK.test(present)) {
    return undefined;
  }
  const lines = sortedBy(added, (key) => key).map((key) => `  ${key} {}`);
  return present.replace(ACCOUNTS_BLOCK, (start) => [start, ...lines].join("\n"));
}

/** The public keys of the accounts that a configuration has, and another one has not. */
function accountsBeside(config: string, other: string): string[] {
  const known = new Set(accountsIn(other));
  return accountsIn(config).filter((key) => !known.has(key));
}

function accountsIn(config: string): string[] {
  return [...config.matchAll(ACCOUNT)].map(([, key = ""]) => key);
}
