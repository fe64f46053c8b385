export { Account, type AccountArgs } from "./components/account";
export type {
  AccountReference,
  AccountSettings,
  AccountSigner,
  AnyRoles,
  AnyUsers,
  GivenRoles,
  GivenUsers,
  NoRoles,
  NoUsers,
  AuthorizationArgs,
  ImportArgs,
  RoleArgs,
  UserArgs,
} from "./components/account-args";
export type { AccountRole, RolesOf } from "./components/account-roles";
export type { AccountUser, UsersOf } from "./components/account-users";
export { DEFAULT_IMAGE, type MixedAuthClusterArgs, type ServerArgs } from "./components/cluster-args";
export { MixedAuthCluster } from "./components/mixed-auth-cluster";
export { Operator } from "./components/operator";
export type { OperatorArgs } from "./components/operator-args";
export type { Sides } from "./components/site";
export type { OfContainers, OfProcesses, ProcessTarget, Target } from "./components/target";
export type { Access } from "./model/access";
export type { AccountTerms } from "./model/account-terms";
export type { ConnectionType } from "./model/connection-types";
export type { Export, ResponseType, ServiceLatency, ShareType } from "./model/exports";
export type { Import, ImportTerms } from "./model/imports";
export type { Info } from "./model/info";
export type { ClusterTraffic, JetStream, JetStreamLimits, JetStreamTier } from "./model/jetstream";
export type { AccountLimits } from "./model/limits";
export type { MappedSubject, Mappings } from "./model/mappings";
export type { Authorization } from "./model/authorization";
export type { OperatorInfo } from "./model/operator-info";
export type { MessageTrace } from "./model/trace";
export type { ServerStorage } from "./model/server-storage";
export type { Permissions, SubjectPermissions } from "./model/permissions";
export type { Duration, Size } from "./model/quantities";
export type { Responses } from "./model/responses";
export type { Moment, Revocations } from "./model/revocations";
export type { Role, RoleTerms } from "./model/roles";
export type { TimeRange, Times } from "./model/times";
export type { UserLimits } from "./model/user-limits";
export type { User as ClaimedUser, UserTerms } from "./model/users";
export { parityHtml } from "./parity/html";
export { parityMarkdown } from "./parity/markdown";
export type { ParityClass, Severity } from "./parity/classes";
export type { ParityMode, ParityReport, ParitySettings } from "./parity/report";
export type { ParityRow } from "./parity/rows";
export type { ParitySummary } from "./parity/summary";
export type { Lifetime } from "./model/lifetime";
export type { Rotation } from "./model/rotation";
export type { KeyKind } from "./nkeys/kinds";
export { AccountClaims, type AccountClaimsArgs } from "./resources/account-claims";
export type { Side } from "./servers/places";
export { Activation, type ActivationArgs } from "./resources/activation";
export type { DeepInput } from "./resources/inputs";
export { Nkey, type NkeyArgs } from "./resources/nkey";
export { OperatorClaims, type OperatorClaimsArgs } from "./resources/operator-claims";
export { User, type UserResourceArgs } from "./resources/user";
