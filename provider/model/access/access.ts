import {
  CONNECTIONS,
  connectionTypesDiagnostics,
  normalConnectionTypes,
  type ConnectionType,
} from "./connection-types";
import { NETWORKS, networksDiagnostics, normalNetworks } from "./networks";
import { normalPermissions, PERMISSIONS, permissionsDiagnostics, type Permissions } from "./permissions";
import { trueOrFalse } from "../form/shape";
import { term, Terms } from "../form/terms";
import { normalTimes, TIMES, timesDiagnostics, type Times } from "./times";
import { USER_LIMITS, type UserLimits } from "./user-limits";

/** What one may do, and from where, when and how: what a user has for itself, or a role for all its users. */
export interface Access {
  /**
   * What may be published and subscribed to.
   *
   * @default the account's `defaultPermissions`, or else everything in the account
   */
  readonly permissions?: Permissions;
  /**
   * What each connection may use at most. The operator server alone keeps it.
   *
   * @default the account's limits
   */
  readonly limits?: UserLimits;
  /**
   * The networks that one may connect from, in CIDR notation: `"10.0.0.0/8"`. The operator server alone keeps them (JWT
   * `src`); a static configuration has no word for them.
   *
   * @default everywhere
   */
  readonly sourceNetworks?: readonly string[];
  /**
   * The times of day at which one may be connected. The operator server alone keeps them (JWT `times`).
   *
   * @default always
   */
  readonly times?: Times;
  /**
   * The ways in which one may connect. Both servers keep them (`allowed_connection_types`).
   *
   * @default every way
   */
  readonly connectionTypes?: readonly ConnectionType[];
  /**
   * Whether the JWT alone is enough to log in, without the seed: whoever has read it can use it. For the operator server
   * alone (JWT `bearer_token`); the static one always asks for the seed.
   *
   * @default false
   */
  readonly bearer?: boolean;
  /**
   * Whether one must come through a proxy that the servers trust. Both keep it (`proxy_required`).
   *
   * @default false
   */
  readonly proxyRequired?: boolean;
}

const onlyTrue = (value: boolean) => (value ? true : undefined);

/** Everything that access can say, in the order in which problems are listed. */
export const ACCESS = new Terms<Access>({
  permissions: term(PERMISSIONS, (are: Permissions) => permissionsDiagnostics(are, "filled in"), normalPermissions),
  limits: USER_LIMITS,
  sourceNetworks: term(NETWORKS, networksDiagnostics, normalNetworks),
  times: term(TIMES, timesDiagnostics, normalTimes),
  connectionTypes: term(CONNECTIONS, connectionTypesDiagnostics, normalConnectionTypes),
  bearer: term(trueOrFalse, () => [], onlyTrue),
  proxyRequired: term(trueOrFalse, () => [], onlyTrue),
});
