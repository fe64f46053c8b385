import { count, LARGEST_LIMIT, size } from "../form/limit-values";
import type { Size } from "../form/quantities";
import { trueOrFalse } from "../form/shape";
import { term, Terms } from "../form/terms";
import { unlessEmpty } from "../form/order";

/**
 * What an account may use at most. A limit that is absent does not limit; zero allows none.
 *
 * Connections, leaf nodes, subscriptions and payload are kept by both servers, each for the connections of all servers
 * together or for itself as it knows them. What an account may say, by the limits on imports, exports and bearer tokens,
 * is checked before anything is deployed; the operator server checks it once more.
 */
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
   * The size of a message's payload: a number of bytes, or a text such as `"64KiB"`.
   *
   * @default unlimited by the account; the server's own maximum (1 MiB) stays
   */
  readonly payload?: Size;
  /**
   * The amount of data: a number of bytes, or a text such as `"1GiB"`. It stands in the JWT, and nats-server 2.15 counts
   * it nowhere.
   *
   * @default unlimited
   */
  readonly data?: Size;
  /**
   * Imports of the account.
   *
   * @default unlimited
   */
  readonly imports?: number;
  /**
   * Exports of the account.
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
   * Whether the account may have no users who log in with a JWT alone.
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
    trueOrFalse,
    () => [],
    (may: boolean) => (may ? undefined : false),
  ),
  disallowBearer: term(
    trueOrFalse,
    () => [],
    (none: boolean) => (none ? true : undefined),
  ),
});

/** The limits of an account, as one of its terms. */
export const LIMITS = term<AccountLimits>(
  TERMS.keys,
  (limits) => TERMS.diagnostics(limits),
  (limits) => unlessEmpty(TERMS.normal(limits)),
);
