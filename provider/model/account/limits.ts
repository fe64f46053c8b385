import { count, LARGEST_LIMIT, size } from "../form/limit-values";
import type { Size } from "../form/quantities";
import { booleanShape } from "../form/shape";
import { term, Terms } from "../form/terms";
import { emptyToUndefined } from "../form/order";

/**
 * Limits of an account. A limit that is not set is unlimited; zero allows none.
 *
 * `connections`, `leafNodes`, `subscriptions` and `payload` are enforced in both modes: each server counts its own connections
 * and those that other servers report to it. The limits on imports, exports and bearer JWTs are checked before deployment,
 * and again by the operator server.
 */
export interface AccountLimits {
  /**
   * Number of concurrent client connections.
   *
   * @default unlimited
   */
  readonly connections?: number;
  /**
   * Number of concurrent leaf node connections.
   *
   * @default unlimited
   */
  readonly leafNodes?: number;
  /**
   * Number of subscriptions of a connection.
   *
   * @default unlimited
   */
  readonly subscriptions?: number;
  /**
   * Size of a message's payload: a number of bytes, or a string such as `"64KiB"`.
   *
   * @default no limit of the account; the server's own limit (1 MiB) applies
   */
  readonly payload?: Size;
  /**
   * Amount of data: a number of bytes, or a string such as `"1GiB"`. Part of the JWT; nats-server 2.15 does not enforce it.
   *
   * @default unlimited
   */
  readonly data?: Size;
  /**
   * Number of imports of the account.
   *
   * @default unlimited
   */
  readonly imports?: number;
  /**
   * Number of exports of the account.
   *
   * @default unlimited
   */
  readonly exports?: number;
  /**
   * Whether the account may export subjects with wildcards.
   *
   * @default true
   */
  readonly wildcardExports?: boolean;
  /**
   * Whether users who log in with the JWT alone (`bearer`) are disallowed.
   *
   * @default false
   */
  readonly disallowBearer?: boolean;
}

const TERMS = new Terms<AccountLimits>({
  connections: count,
  leafNodes: count,
  subscriptions: count,
  payload: size(LARGEST_LIMIT),
  data: size(),
  imports: count,
  exports: count,
  wildcardExports: term(
    booleanShape,
    () => [],
    (allowed: boolean) => (allowed ? undefined : false),
  ),
  disallowBearer: term(
    booleanShape,
    () => [],
    (disallowed: boolean) => (disallowed ? true : undefined),
  ),
});

/** The limits, as a term of an account. */
export const LIMITS = term<AccountLimits>(
  TERMS.keys,
  (limits) => TERMS.diagnostics(limits),
  (limits) => emptyToUndefined(TERMS.normalize(limits)),
);
