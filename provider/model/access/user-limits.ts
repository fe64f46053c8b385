import { count, LARGEST_LIMIT, size } from "../form/limit-values";
import type { Size } from "../form/quantities";
import { term, Terms } from "../form/terms";
import { emptyToUndefined } from "../form/order";

/**
 * Limits of each connection of a user, in addition to those of the account. A limit that is not set is unlimited; zero
 * allows nothing.
 *
 * Enforced in operator mode only (JWT `subs`, `payload`, `data`); static configuration has no equivalent.
 */
export interface UserLimits {
  /**
   * Maximum number of subscriptions of a connection.
   *
   * @default unlimited
   */
  readonly subscriptions?: number;
  /**
   * Maximum payload of a message: a number of bytes, or a string such as `"64KiB"`.
   *
   * @default unlimited for the user; the limits of the account and the server (1 MiB) apply
   */
  readonly payload?: Size;
  /**
   * Maximum amount of data: a number of bytes, or a string such as `"1GiB"`. Part of the JWT, but not enforced by
   * nats-server 2.15.
   *
   * @default unlimited
   */
  readonly data?: Size;
}

const TERMS = new Terms<UserLimits>({ subscriptions: count, payload: size(LARGEST_LIMIT), data: size() });

/** The term of the limits of a user or role. */
export const USER_LIMITS = term<UserLimits>(
  TERMS.keys,
  (limits) => TERMS.diagnostics(limits),
  (limits) => emptyToUndefined(TERMS.normalize(limits)),
);
