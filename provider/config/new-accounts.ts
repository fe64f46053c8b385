import { sortBy } from "../model/form/order";
import { accountsIn, deployedEntries } from "./deployed";

/** True when a configuration has accounts that another one does not have. */
export function hasNewAccounts(config: string, other: string): boolean {
  return config !== other && accountsBeside(config, other).length > 0;
}

/**
 * A static configuration with the new accounts of another one, which have no users yet: nobody can log in to them, but the
 * server keeps the interest that other servers send for their clients.
 *
 * @param present the configuration that the server has
 * @param next the configuration that it will get
 * @returns undefined when there are no new accounts, or no place for them
 */
export function addEmptyAccounts(present: string, next: string): string | undefined {
  const added = accountsBeside(next, present);
  const accounts = deployedEntries(present).findLast(({ key }) => key === "accounts");
  // Accounts can also be a list of names, or stand elsewhere, as the value of a variable.
  if (added.length === 0 || accounts === undefined || present[accounts.valueStart] !== "{") {
    return undefined;
  }
  const start = accounts.valueStart + 1;
  const lines = sortBy(added, (key) => key).map((key) => `\n  ${key} {}`);
  return [present.slice(0, start), ...lines, present.slice(start)].join("");
}

/** The accounts of a configuration that another one does not have. */
function accountsBeside(config: string, other: string): string[] {
  const present = new Set(accountsIn(other));
  return accountsIn(config).filter((key) => !present.has(key));
}
