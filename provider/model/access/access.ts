import {
  CONNECTIONS,
  connectionTypesDiagnostics,
  normalizeConnectionTypes,
  type ConnectionType,
} from "./connection-types";
import { NETWORKS, networksDiagnostics, normalizeNetworks } from "./networks";
import { normalizePermissions, PERMISSIONS, permissionsDiagnostics, type Permissions } from "./permissions";
import { booleanShape } from "../form/shape";
import { term, Terms } from "../form/terms";
import { normalizeTimes, TIMES, timesDiagnostics, type Times } from "./times";
import { USER_LIMITS, type UserLimits } from "./user-limits";

/** Permissions and restrictions of a user, or of all users of a role. */
export interface Access {
  /**
   * Subjects to publish and subscribe to.
   *
   * @default the account's `defaultPermissions`, or else every subject
   */
  readonly permissions?: Permissions;
  /**
   * Limits of each connection. Enforced in operator mode only.
   *
   * @default the account's limits
   */
  readonly limits?: UserLimits;
  /**
   * Networks to connect from, in CIDR notation: `"10.0.0.0/8"`. Enforced in operator mode only (JWT `src`); static
   * configuration has no equivalent.
   *
   * @default every network
   */
  readonly sourceNetworks?: readonly string[];
  /**
   * Times of day at which connections are accepted. Enforced in operator mode only (JWT `times`).
   *
   * @default any time
   */
  readonly times?: Times;
  /**
   * Accepted connection types. Enforced in both modes (`allowed_connection_types`). The servers of a cluster have a client
   * listener only, so one of the types must be `"STANDARD"`. MQTT has no signature of an nkey: it requires `bearer`, and the
   * operator server.
   *
   * @default every type
   */
  readonly connectionTypes?: readonly ConnectionType[];
  /**
   * Accepts the JWT alone as credentials, without proof of the seed: anyone who obtains the JWT can use it. Applies in
   * operator mode only (JWT `bearer_token`); in static mode the seed is always required. The JWT is a secret. Users that
   * become bearers get new JWTs, because the previous ones are not secrets.
   *
   * @default false
   */
  readonly bearer?: boolean;
  /**
   * Accepts connections only through a proxy that the servers trust. Enforced in both modes (`proxy_required`).
   *
   * @default false
   */
  readonly proxyRequired?: boolean;
}

const onlyTrue = (value: boolean) => (value ? true : undefined);

/** The terms of access, in the order in which problems are listed. */
export const ACCESS = new Terms<Access>({
  permissions: term(PERMISSIONS, (are: Permissions) => permissionsDiagnostics(are, "expanded"), normalizePermissions),
  limits: USER_LIMITS,
  sourceNetworks: term(NETWORKS, networksDiagnostics, normalizeNetworks),
  times: term(TIMES, timesDiagnostics, normalizeTimes),
  connectionTypes: term(CONNECTIONS, connectionTypesDiagnostics, normalizeConnectionTypes),
  bearer: term(booleanShape, () => [], onlyTrue),
  proxyRequired: term(booleanShape, () => [], onlyTrue),
});
