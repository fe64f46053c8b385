import type {
  AuthorizationArgs,
  ExportArgs,
  AccountSettings,
  ImportArgs,
  OtherAccount,
  RoleArgs,
  UserArgs,
} from "../components/account/account-args";
import type { FromReferenceArgs } from "../components/account/referenced-account";
import type { AuthConfigurationArgs } from "../components/configuration/auth-configuration-args";
import type { HelmValuesArgs } from "../components/configuration/helm-values";
import type { ClusterArgs as MixedAuthClusterArgs } from "../components/cluster/cluster-args";
import type { OperatorArgs } from "../components/operator/operator-args";
import type { UserSetArgs } from "../components/user-set/user-set-args";
import type { ClusterVerificationArgs } from "../components/verification/verification-args";

/**
 * An account that another one refers to: its name in `accounts`, or the reference that the stack of the account exports.
 */
export type NamedAccount = string | OtherAccount;

/** An import of an account. */
export interface ImportData extends Omit<ImportArgs, "account"> {
  /** Exporting account: its name in `accounts`, or the reference that its stack exports. */
  account: NamedAccount;
}

/** An export of an account. */
export interface ExportData extends Omit<ExportArgs, "importers"> {
  /**
   * Names of the accounts that can import it, and references of accounts of other stacks. The account signs an activation for each.
   *
   * @default every account can import it
   */
  importers?: readonly NamedAccount[];
}

/** Authorization of an account's clients by a service (auth callout). */
export interface AuthorizationData extends Omit<AuthorizationArgs, "allowedAccounts"> {
  /**
   * Names of other accounts that the service may assign clients to, or `"*"` for all accounts. Only servers in operator mode enforce
   * this list. It also requires a signing key of the other account: add the service's key to that account's `signingKeys`.
   *
   * @default none: the service assigns clients to its own account only
   */
  allowedAccounts?: "*" | readonly NamedAccount[];
}

/** Users of one role of an account: thousands of them in one resource. */
export interface UserSetData extends Omit<UserSetArgs, "account" | "template"> {
  /**
   * Name of the set. Another name renames the set and keeps its keys.
   *
   * @default its key in `sets`
   */
  name?: string;
  /**
   * Whether the output `creds` has the users of the set, too. It then has as many entries as the set, at each update.
   *
   * @default false: `npx pulumi-nats-auth creds` writes their creds to files
   */
  outputCreds?: boolean;
}

/** An account with its users, roles, exports and imports. */
export interface AccountData extends Omit<
  AccountSettings,
  "users" | "roles" | "imports" | "exports" | "authorization" | "key"
> {
  /** Users by name. */
  users?: Readonly<Record<string, UserArgs>>;
  /** Roles by name: permissions and limits that several users share. */
  roles?: Readonly<Record<string, RoleArgs>>;
  /** Sets of users by name, each with the users of one role. */
  sets?: Readonly<Record<string, UserSetData>>;
  /** Streams and services that other accounts can import. */
  exports?: readonly ExportData[];
  /** Streams and services of other accounts that the account uses. */
  imports?: readonly ImportData[];
  /**
   * Service that authorizes the account's clients in place of the servers (auth callout).
   *
   * @default the servers authorize clients
   */
  authorization?: AuthorizationData;
  /**
   * Reference of an account of another stack, which that stack exports. The account then has no other arguments than its `name`.
   *
   * @default the account is declared here
   */
  reference?: FromReferenceArgs["reference"];
  /**
   * Whether the output `references` has the reference of this account, with which a program of another stack declares the same account
   * for its own operator, or imports from it. It has the public keys of all users.
   *
   * @default false
   */
  outputReference?: boolean;
}

/** The system account. */
export type SystemAccountData = Omit<AccountData, "reference" | "outputReference">;

/** The operator, which signs the accounts. */
export interface OperatorData extends Omit<OperatorArgs, "systemAccount"> {
  /**
   * System account, in which the servers publish events and answer monitoring requests.
   *
   * @default an account named SYS without users
   */
  systemAccount?: SystemAccountData;
  /**
   * Name of the `Operator` resource of a TypeScript program that this component continues.
   *
   * @default `name`
   */
  resourceName?: string;
}

/** The whole model as plain data. */
export interface ModelData {
  /**
   * The operator, which signs the accounts.
   *
   * @default an operator with the name of the component
   */
  operator?: OperatorData;
  /**
   * Accounts by name. A key is the name of the account's resources, too: an account with another key is a new one, with new keys.
   * `name` of the account renames it and keeps its keys.
   */
  accounts: Readonly<Record<string, AccountData>>;
}

/** Arguments of `Cluster`. */
export interface ClusterData extends ModelData, Omit<MixedAuthClusterArgs, "operator" | "accounts"> {}

/** How to verify that the servers have loaded the configurations. */
export interface VerificationData extends Omit<ClusterVerificationArgs, "configuration" | "user"> {
  /** Name of the user of the system account that logs in. */
  user: string;
}

/** Arguments of `Configuration`. */
export interface ConfigurationData extends ModelData, Omit<AuthConfigurationArgs, "operator" | "accounts"> {
  /**
   * Verification that the servers have loaded the configurations: they are one cluster, and every account is the expected one.
   *
   * @default the servers are not verified
   */
  verification?: VerificationData;
  /**
   * Releases of the official Helm chart of NATS, whose values are the output `helmValues`: one for each mode of `releases`, or for both
   * modes.
   *
   * @default no values
   */
  helmValues?: HelmValuesArgs;
}
