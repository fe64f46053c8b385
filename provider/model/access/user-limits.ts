import { count, LARGEST_LIMIT, size } from "../form/limit-values";
import type { Size } from "../form/quantities";
import { term, Terms } from "../form/terms";
import { unlessEmpty } from "../form/order";

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

const TERMS = new Terms<UserLimits>({ subscriptions: count, payload: size(LARGEST_LIMIT), data: size() });

/** The limits of a user or role, as one of the things that it says. */
export const USER_LIMITS = term<UserLimits>(
  TERMS.keys,
  (limits) => TERMS.diagnostics(limits),
  (limits) => unlessEmpty(TERMS.normal(limits)),
);
