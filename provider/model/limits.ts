import type { Diagnostic } from "./diagnostics";
import { shown } from "./diagnostics";
import { defined } from "./order";
import { anything, objectOf, type Shape } from "./shape";

/** What an account may use at most. A limit that is absent does not limit; zero allows none. */
export interface AccountLimits {
  /**
   * Client connections at a time.
   *
   * @default unlimited
   */
  readonly connections?: number;
  /**
   * Leaf node connections at a time.
   *
   * @default unlimited
   */
  readonly leafNodes?: number;
  /**
   * Subscriptions of one connection.
   *
   * @default unlimited
   */
  readonly subscriptions?: number;
  /**
   * Bytes of a message's payload.
   *
   * @default unlimited by the account; the server's own maximum (1 MiB) stays
   */
  readonly payload?: number;
}

const KEYS: Readonly<Record<keyof AccountLimits, Shape>> = {
  connections: anything,
  leafNodes: anything,
  subscriptions: anything,
  payload: anything,
};

/** The shape of limits. Numbers have rules of their own. */
export const LIMITS: Shape = objectOf<AccountLimits>(KEYS);

/** The names of all account limits, in the order in which they are written. */
export const ACCOUNT_LIMITS = Object.keys(KEYS) as readonly (keyof AccountLimits)[];

/** The servers keep these limits as 32-bit numbers. */
export const LARGEST_LIMIT = 2 ** 31 - 1;

/** All that is wrong with limits; paths start at the limits. */
export function limitsDiagnostics(limits: AccountLimits): Diagnostic[] {
  return ACCOUNT_LIMITS.flatMap((path) => {
    const value = limits[path];
    if (value === undefined || (Number.isInteger(value) && value >= 0 && value <= LARGEST_LIMIT)) {
      return [];
    }
    const problem = `is not a limit; a limit is a whole number from 0 to ${LARGEST_LIMIT}`;
    return [{ path, value: shown(value), problem, remedy: "Leave the limit out for unlimited." }];
  });
}

/** The same limits, or undefined when there are none. */
export function normalLimits(limits: AccountLimits | undefined): AccountLimits | undefined {
  const present = defined<AccountLimits>({ ...limits });
  return Object.keys(present).length === 0 ? undefined : present;
}
