export { Account, type AccountArgs } from "./components/account/account";
export type {
  AccountReference,
  AccountSettings,
  AccountSigner,
  AnyNames,
  InferredNames,
  NoNames,
  AuthorizationArgs,
  ExportArgs,
  ImportArgs,
  OtherAccount,
  RoleArgs,
  UserArgs,
} from "./components/account/account-args";
export type { AccountRole, RolesOf } from "./components/account/account-roles";
export type { AccountUser, UsersOf } from "./components/account/account-users";
export type { FromReferenceArgs } from "./components/account/referenced-account";
export type { ListenerPorts } from "./components/cluster/listener-ports";
export { DEFAULT_IMAGE, type ClusterServerArgs, type MixedAuthClusterArgs } from "./components/cluster/cluster-args";
export type { HostArgs } from "./components/cluster/host-args";
export type {
  ClientTls,
  ClusterTls,
  LeafNodeTls,
  ProtocolTls,
  WebSocketTls,
  FileOnHost,
  PemSource,
  RouteTls,
  ServerTlsArgs,
  TlsIdentity,
  VerificationTls,
} from "./components/configuration/tls-args";
export type { TlsOptions } from "./model/tls/options";
export { MixedAuthCluster } from "./components/cluster/mixed-auth-cluster";
export {
  AuthConfiguration,
  type OperatorAuthorization,
  type StaticAuthorization,
} from "./components/configuration/auth-configuration";
export type { AuthConfigurationArgs, ConfiguredServerArgs } from "./components/configuration/auth-configuration-args";
export type { ConfigurationArgs } from "./components/configuration/configuration-args";
export {
  credsSecrets,
  nackAccount,
  type CredsSecret,
  type CredsSecretsArgs,
  type NackAccount,
  type NackAccountArgs,
  type NackTls,
  type ObjectName,
} from "./components/kubernetes/creds-secrets";
export type {
  ExtraSecret,
  HelmAnnotations,
  HelmPodTemplate,
  HelmRelease,
  HelmReleases,
  HelmValues,
  HelmValuesArgs,
} from "./components/configuration/helm-values";
export type {
  HelmAuthorities,
  HelmClientTls,
  HelmLeafNodeTls,
  HelmMqttTls,
  HelmRouteTls,
  HelmTls,
  HelmTlsListener,
  HelmWebSocketTls,
} from "./components/configuration/helm-tls";
export { digestOfFiles } from "./config/config-digest";
export type { HelmObject } from "./kubernetes/helm-values";
export { ClusterVerification } from "./components/verification/cluster-verification";
export type {
  ClusterVerificationArgs,
  DeployedServerArgs,
  DeploymentTls,
  PodNamespace,
  ServerTlsOptions,
  VerificationUser,
} from "./components/verification/verification-args";
export type { KubernetesAccessArgs } from "./components/kubernetes-access";
export type { TlsFiles, UserChecks, VerifiedServer } from "./servers/deployment/deployment";
export { UserSet } from "./components/user-set/user-set";
export type { UserCreds } from "./components/user-set/set-credentials";
export type { SetKeys } from "./model/users/set-keys";
export type { SharedTerms } from "./model/users/set-users";
export type { SuppliedToken } from "./jwt/set-jwts";
export type { SetUserArgs, SetUsersArg, UserSetArgs } from "./components/user-set/user-set-args";
export type { SetUser } from "./model/users/set-users";
export { Operator } from "./components/operator/operator";
export type { OperatorArgs } from "./components/operator/operator-args";
export type {
  ContainerTarget,
  DockerTarget,
  IfDocker,
  IfKubernetes,
  IfProcess,
  KubernetesTarget,
  LocalTarget,
  PodResources,
  PodTarget,
  ProcessTarget,
  Quantities,
  ServerNames,
  StreamVolume,
  Target,
} from "./components/cluster/target";
export type { Access } from "./model/access/access";
export type { PreviousKey } from "./model/keys/previous-keys";
export type { AccountPrevious, Revoked, Signature } from "./model/account/account";
export type { ActivationGrant, IssuedActivation, ReferenceContent, SignedReference } from "./model/account/reference";
export type { Remembered } from "./model/account/remembered";
export type { AccountTerms } from "./model/account/account-terms";
export type { ConnectionType } from "./model/access/connection-types";
export type { Export, ResponseType, ServiceLatency, ShareType } from "./model/shares/exports";
export type { DefaultServer, Mode, PerServer } from "./model/cluster/servers";
export type { Import, ImportTerms } from "./model/shares/imports";
export type { Info } from "./model/form/info";
export type { ClusterTraffic, JetStream, JetStreamLimits, JetStreamTier } from "./model/account/jetstream";
export type { AccountLimits } from "./model/account/limits";
export type { MappedSubject, Mappings } from "./model/subjects/mappings";
export type { Authorization } from "./model/account/authorization";
export type { OperatorInfo } from "./model/cluster/operator-info";
export type { MessageTrace } from "./model/account/trace";
export type { LeafNodeSettings, MqttSettings, WebSocketSettings } from "./model/cluster/protocols";
export type { ServerSettings } from "./model/cluster/server-settings";
export type { ServerStorage } from "./model/cluster/server-storage";
export type { Permissions, SubjectPermissions } from "./model/access/permissions";
export type { Duration, Size } from "./model/form/quantities";
export type { Responses } from "./model/access/responses";
export type { Timestamp, Revocations } from "./model/keys/revocations";
export type { Role, RoleTerms } from "./model/users/roles";
export type { TimeRange, Times } from "./model/access/times";
export type { UserLimits } from "./model/access/user-limits";
export type { User as ClaimedUser, UserTerms } from "./model/users/users";
export { parityHtml } from "./parity/html";
export { parityMarkdown } from "./parity/markdown";
export type { ParityClass, Severity } from "./parity/claims";
export type { ParityMode, ParityReport, ParitySettings } from "./parity/report";
export type { ParityRow } from "./parity/rows";
export type { ParitySummary } from "./parity/summary";
export type { Lifetime } from "./model/keys/lifetime";
export type { Rotation } from "./model/keys/rotation";
export type { KeyKind } from "./nkeys/key-kinds";
export { AccountClaims, type AccountClaimsArgs } from "./resources/account-claims";
export { Activation, type ActivationArgs } from "./resources/activation";
export type { NamedAccounts, NamedImport } from "./model/account/named-accounts";
export type { DeepInput } from "./resources/dynamic-resource";
export { Nkey, type NkeyArgs } from "./resources/nkey";
export { OperatorClaims, type OperatorClaimsArgs } from "./resources/operator-claims";
export { User, type Signers, type UserResourceArgs } from "./resources/user";
export { type ServerArgs } from "./components/configuration/server-args";
export type { LeafNodeOptions, LeafNodeRemotes } from "./components/configuration/leaf-nodes";
export type { RemoteArgs, RemoteTlsArgs } from "./components/configuration/remote-args";
