import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../components/account/account";
import type { AccountRole } from "../components/account/account-roles";
import type { AccountUser } from "../components/account/account-users";
import type { ListenerPorts } from "../components/cluster/listener-ports";
import type { UserSet } from "../components/user-set/user-set";
import { omitUndefined } from "../model/form/order";
import type { SignedReference } from "../model/account/reference";
import { parityMarkdown } from "../parity/markdown";
import type { ParityReport } from "../parity/report";
import type { VerifiedServer } from "../servers/deployment/deployment";
import type { CreatedModel, NamedAccount } from "./create-model";

type Texts = Readonly<Record<string, string>>;

/** What both components return about the model. */
export interface ModelOutputs {
  /** Public key (`O…`) of the operator. */
  readonly operatorPublicKey: string;
  /** JWT of the operator. */
  readonly operatorJwt: string;
  /** Public key (`A…`) of each account, by its name in `accounts`, and of the system account. */
  readonly accountPublicKeys: Texts;
  /** Public key (`U…`) of each user, as `<account>/<user>`, without those of sets. */
  readonly userPublicKeys: Texts;
  /** Seed (`SU…`) of each user, as `<account>/<user>`, for servers in static mode: one secret, without users of sets and users without a seed here. */
  readonly seeds: Texts;
  /**
   * Content of the creds file of each user, as `<account>/<user>`, for servers in operator mode: one secret, without users of sets,
   * unless `outputCreds` of the set is true, and without users that no server accepts.
   */
  readonly creds: Texts;
  /** Reference of each account that has `outputReference`, by its name in `accounts`. */
  readonly references: Readonly<Record<string, SignedReference>>;
  /**
   * JWT of each user, as `<account>/<user>`: one secret, because the JWT of a `bearer` is a credential. With users without a seed here, and
   * with those of sets whose `outputCreds` is true.
   */
  readonly jwts: Texts;
  /**
   * Seed (`SO…`) of the operator's identity key, as a secret: export it to store it offline, before `identityKey` is `"offline"`. None if the
   * state does not contain it.
   */
  readonly identitySeed?: string;
  /** Seed (`SA…`) of each account, by its name in `accounts`: one secret, without accounts without a seed here. It signs activations. */
  readonly accountSeeds: Texts;
  /** Seed (`SA…`) of each role, as `<account>/<role>`: one secret, for programs that sign users. */
  readonly roleSeeds: Texts;
  /**
   * Seed (`SA…`) of the key that the authorization service of each account signs with: one secret, without services with an `issuer`.
   */
  readonly authorizationSeeds: Texts;
  /** Parity report as a Markdown table: how each mode enforces every claim of the accounts, and the consequences where one cannot. */
  readonly parity: string;
}

/** What a `Cluster` returns. */
export interface ClusterOutputs extends ModelOutputs {
  /** Client URL of each server, for clients of the host; of each pod, for clients in the Kubernetes cluster. */
  readonly clientUrls: Texts;
  /** Client URL of each server, for containers in the cluster's network. Only in containers. */
  readonly networkUrls?: Texts;
  /** Client URL of the Service of each entry of `servers`. Only in Kubernetes. */
  readonly serviceUrls?: Texts;
  /** Port of all nodes that leads to the Service of each entry of `servers`. Only in Kubernetes, and for a `serviceType` with such ports. */
  readonly nodePorts?: Readonly<Record<string, number>>;
  /** Ports of all nodes that lead to the Service of each entry of `servers`, by their protocol. Only in Kubernetes. */
  readonly listenerNodePorts?: Readonly<Record<string, ListenerPorts>>;
  /** Address of the load balancer of each entry of `servers` that has one, after a refresh. Only in Kubernetes. */
  readonly loadBalancers?: Texts;
  /** HTTP monitoring URL of each server that has a `monitoringPort`. */
  readonly monitoringUrls: Texts;
  /** URL for leaf nodes of each server that has a `leafNodePort`. */
  readonly leafNodeUrls: Texts;
  /** URL for clients over WebSocket of each server that has a `websocketPort`. */
  readonly websocketUrls: Texts;
  /** URL for MQTT clients of each server that has an `mqttPort`. */
  readonly mqttUrls: Texts;
  /** Name of the docker network. Only in containers, and without `hosts`. */
  readonly network?: string;
  /** Name of the docker network of each of `hosts`. Only in containers. */
  readonly networks?: Texts;
  /** Docker id of each server's container. Only in containers. */
  readonly containers?: Texts;
  /** Folder of each server, with its configuration and log. Only for processes. */
  readonly processes?: Texts;
  /** Content of each server's configuration file. The route password is in a separate file. */
  readonly configs: Texts;
  /** Result of the last verification, as text; none if it is disabled. */
  readonly checked?: string;
}

/** What a `Configuration` returns. */
export interface ConfigurationOutputs extends ModelOutputs {
  /** `system_account`, `authorization` and `accounts` as text, to include in the configuration of a server in static mode. */
  readonly staticAuthorization: string;
  /** `operator`, `system_account`, `resolver` and `resolver_preload` as text, to include in the configuration of a server in operator mode. */
  readonly operatorAuthorization: string;
  /** Public key of the system account (`system_account`). */
  readonly systemAccount: string;
  /** JWT of each account, by public key (`resolver_preload`). */
  readonly resolverPreload: Texts;
  /** Whole configuration file of each of `servers`. It includes `routes.conf`, which must be in the same folder. */
  readonly configs: Texts;
  /** Content of `routes.conf` of each of `servers`, as a secret. */
  readonly routes: Texts;
  /** Files with certificates and keys of each of `servers`, by name, as a secret, for its `tlsFolder`. */
  readonly tlsFiles: Readonly<Record<string, Texts>>;
  /**
   * Files with logins, certificates and keys for the `remotes` of each of `servers`, by name, as a secret, for the folder of its
   * configuration.
   */
  readonly remoteFiles: Readonly<Record<string, Texts>>;
  /** Client URL of each of `servers`. */
  readonly clientUrls: Texts;
  /** URL for leaf nodes of each of `servers` that has a `leafNodePort`. */
  readonly leafNodeUrls: Texts;
  /** URL for clients over WebSocket of each of `servers` that has a `websocketPort`. */
  readonly websocketUrls: Texts;
  /** URL for MQTT clients of each of `servers` that has an `mqttPort`. */
  readonly mqttUrls: Texts;
  /**
   * Values for the official Helm chart of NATS, by the mode of the servers of the release, as one secret; none without `helmValues` in the
   * arguments.
   */
  readonly helmValues?: Readonly<Record<string, unknown>>;
  /** What the verification found at each server; none without `verification`. */
  readonly verified?: Readonly<Record<string, VerifiedServer>>;
  /** Result of the last verification: `"as declared"`, or the problems; none without `verification`. */
  readonly condition?: string;
}

/** The outputs that are secrets. A map of secrets would reach other languages without its members, so that each is one secret. */
export const SECRET_OUTPUTS: readonly string[] = [
  ...(["seeds", "creds", "jwts", "identitySeed"] satisfies (keyof ModelOutputs)[]),
  ...(["accountSeeds", "roleSeeds", "authorizationSeeds"] satisfies (keyof ModelOutputs)[]),
  ...(["routes", "tlsFiles", "remoteFiles", "helmValues"] satisfies (keyof ConfigurationOutputs)[]),
];

/** Outputs, each of which may be unknown during a preview. */
export type OutputsOf<T> = { readonly [K in keyof T]: pulumi.Output<T[K]> | Extract<T[K], undefined> };

/** Returns the outputs about a model. */
export function modelOutputs(
  { operator, named }: CreatedModel,
  parity: pulumi.Output<ParityReport>,
): OutputsOf<ModelOutputs> {
  return {
    operatorPublicKey: operator.publicKey,
    operatorJwt: operator.jwt,
    accountPublicKeys: joinTexts(byAccount(named, ({ publicKey }) => publicKey)),
    userPublicKeys: joinTexts(byUser(named, ({ publicKey }) => publicKey)),
    seeds: secretTexts(byUser(named, ({ seed }) => seed)),
    creds: withSets(named, secretTexts(byUser(named, ({ creds }) => creds)), ({ allCreds }) => allCreds),
    jwts: withSets(named, secretTexts(byUser(named, ({ jwt }) => jwt)), ({ allJwts }) => allJwts),
    identitySeed: pulumi.secret(operator.identitySeed),
    accountSeeds: secretTexts(byAccount(named, ({ signer }) => signer)),
    roleSeeds: secretTexts(byRole(named, ({ seed }) => seed)),
    authorizationSeeds: secretTexts(byAccount(named, ({ authorizationSigner }) => authorizationSigner)),
    references: joinTexts(referencesOf(named)),
    parity: parity.apply(parityMarkdown),
  };
}

/** Joins outputs by name into one. Those without a value are left out. */
export function joinTexts<T = string>(
  texts: Readonly<Record<string, pulumi.Input<T | undefined>>> | undefined,
): pulumi.Output<Readonly<Record<string, T>>> {
  return pulumi.output(texts ?? {}).apply((known) => omitUndefined(known as Readonly<Record<string, T>>));
}

/** Joins secrets by name into one secret. */
export function secretTexts(texts: Readonly<Record<string, pulumi.Input<string | undefined>>>): pulumi.Output<Texts> {
  return pulumi.secret(joinTexts(texts)) as pulumi.Output<Texts>;
}

/** Joins the secret files of servers into one secret. */
export function secretFiles(
  files: Readonly<Record<string, pulumi.Output<Texts>>>,
): pulumi.Output<Record<string, Texts>> {
  return pulumi.secret(pulumi.output(files)) as pulumi.Output<unknown> as pulumi.Output<Record<string, Texts>>;
}

function referencesOf(named: readonly NamedAccount[]): Record<string, NamedAccount["account"]["reference"]> {
  const exported = named.filter(({ outputsReference }) => outputsReference);
  return Object.fromEntries(exported.map(({ key, account }) => [key, account.reference]));
}

function byAccount<T>(named: readonly NamedAccount[], part: (account: Account) => T): Record<string, T> {
  return Object.fromEntries(named.map(({ key, account }) => [key, part(account)]));
}

function byRole<T>(named: readonly NamedAccount[], part: (role: AccountRole) => T): Record<string, T> {
  const roles = named.flatMap(({ key, account }) =>
    Object.entries<AccountRole>(account.roles).map(([role, keys]) => [userName(key, role), part(keys)] as const),
  );
  return Object.fromEntries(roles);
}

function byUser<T>(named: readonly NamedAccount[], part: (user: AccountUser) => T): Record<string, T> {
  const users = named.flatMap(({ key, account }) =>
    Object.entries<AccountUser>(account.users).map(
      ([user, credentials]) => [userName(key, user), part(credentials)] as const,
    ),
  );
  return Object.fromEntries(users);
}

/** Adds texts of the users of the sets with `outputCreds`. */
function withSets(
  named: readonly NamedAccount[],
  texts: pulumi.Output<Texts>,
  part: (set: UserSet) => pulumi.Output<Texts>,
): pulumi.Output<Texts> {
  const sets = named.flatMap(({ key, sets: all }) =>
    all
      .filter(({ data }) => data.outputCreds === true)
      .map(({ set }) => part(set).apply((known) => prefixKeys(key, known))),
  );
  return sets.length === 0
    ? texts
    : pulumi.all([texts, ...sets]).apply((lists) => Object.assign({}, ...lists) as Texts);
}

function prefixKeys(account: string, texts: Texts): Texts {
  return Object.fromEntries(Object.entries(texts).map(([user, text]) => [userName(account, user), text]));
}

/** Returns the name of a user or role in outputs. Slashes are escaped, so that no two of them share a name. */
function userName(account: string, user: string): string {
  return [account, user].map((name) => name.replace(/[%/]/g, encodeURIComponent)).join("/");
}
