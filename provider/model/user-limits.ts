import type { Diagnostic } from "./diagnostics";
import { shown } from "./diagnostics";
import { LARGEST_LIMIT } from "./limits";
import { defined } from "./order";
import { bytesOf, NO_SIZE, normalSize, type Size } from "./quantities";
import { anything, objectOf, type Shape } from "./shape";

/**
 * What each connection of a user may use at most, beside the account's limits. A limit that is absent does not limit;
 * zero allows none.
 *
 * The operator server alone keeps them (JWT `subs`, `payload`, `data`); a static configuration has no word for them.
 */
export interface UserLimits {
  /**
   * Subscriptions of one connection.
   *
   * @default unlimited
   */
  readonly subscriptions?: number;
  /**
   * The size of a message's payload: a number of bytes, or a text such as `"64KiB"`.
   *
   * @default unlimited for the user; the account's and the server's own maximum (1 MiB) stay
   */
  readonly payload?: Size;
  /**
   * The amount of data: a number of bytes, or a text such as `"1GiB"`. It stands in the JWT, and nats-server 2.15 counts
   * it nowhere.
   *
   * @default unlimited
   */
  readonly data?: Size;
}

/** The shape of a user's limits. Numbers and sizes have rules of their own. */
export const USER_LIMITS: Shape = objectOf<UserLimits>({ subscriptions: anything, payload: anything, data: anything });

/** All that is wrong with a user's limits; paths start at them. */
export function userLimitsDiagnostics({ subscriptions, payload, data }: UserLimits): Diagnostic[] {
  return [
    ...countDiagnostics("subscriptions", subscriptions),
    ...sizeDiagnostics("payload", payload, LARGEST_LIMIT),
    ...sizeDiagnostics("data", data, Number.MAX_SAFE_INTEGER),
  ];
}

function countDiagnostics(path: string, value: number | undefined): Diagnostic[] {
  if (value === undefined || (Number.isInteger(value) && value >= 0 && value <= LARGEST_LIMIT)) {
    return [];
  }
  const problem = `is not a limit; a limit is a whole number from 0 to ${LARGEST_LIMIT}`;
  return [{ path, value: shown(value), problem, remedy: "Leave the limit out for unlimited." }];
}

function sizeDiagnostics(path: string, value: Size | undefined, largest: number): Diagnostic[] {
  const bytes = value === undefined ? 0 : bytesOf(value);
  if (bytes !== undefined && bytes <= largest) {
    return [];
  }
  const problem = bytes === undefined ? NO_SIZE : `is more than ${largest} bytes, which is the most that servers count`;
  return [{ path, value: shown(value), problem, remedy: "Leave the limit out for unlimited." }];
}

/** The same limits in bytes, or undefined when there are none. */
export function normalUserLimits({ subscriptions, payload, data }: UserLimits): UserLimits | undefined {
  const sized = (size: Size | undefined) => (size === undefined ? undefined : normalSize(size));
  const present = defined<UserLimits>({ subscriptions, payload: sized(payload), data: sized(data) });
  return Object.keys(present).length === 0 ? undefined : present;
}
