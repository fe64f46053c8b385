import * as pulumi from "@pulumi/pulumi";
import { renderOperatorAuthorization } from "../../config/operator";
import { renderStaticAuthorization } from "../../config/static";
import { diagnose, type Diagnostic } from "../../diagnostics/diagnostic";
import type { ParityReport } from "../../parity/report";
import { authorizationDiagnostics, operatorTokens, staticModel } from "./model";
import { compareModes, warnAboutGaps, type ClusterParity } from "./parity";
import { warnAboutSettings } from "./server-settings";
import { mapServers, MODES, perServer, type Mode, type PerServer } from "../../model/cluster/servers";
import { isRecord } from "../../model/form/shape";
import { hideInternals } from "../internals";
import { helmValues, type HelmValues, type HelmValuesArgs } from "./helm-values";
import { removeReservedKeys } from "../reserved-keys";
import { afterGate, validate, waitForGates, type Gate } from "../validation";
import {
  authConfigurationArgsDiagnostics,
  registeredAuthConfigurationArgs,
  type AuthConfigurationArgs,
} from "./auth-configuration-args";
import type { AccountUser } from "../account/account-users";
import { urlHost } from "./addresses";
import { hasBothModes } from "./declared-server";
import { declaredUrls, protocolUrls } from "./protocol-outputs";
import { accountsOf, hasParts } from "./configuration-args";
import { resolveHelmRemotes } from "./helm-remotes";
import { warnAboutRemotes, type ServerWithResolved } from "./remote-checks";
import type { ResolvedRemotes } from "./remotes";
import { clusterTlsDiagnostics, warnAboutTls } from "./tls-diagnostics";
import {
  configuredPlaintextPorts,
  reachedConfigured,
  configuredServers,
  configuredServersDiagnostics,
  renderServerFiles,
  type ConfiguredServer,
  type ServerFiles,
} from "./configured-servers";
import { textOf } from "./server-args";
import { leafNodeRemotes, type LeafNodeOptions, type LeafNodeRemotes } from "./leaf-nodes";

/** What a server with nkeys in its configuration needs. */
export interface StaticAuthorization {
  /**
   * `system_account`, `authorization` and `accounts` as text, to include in the configuration of a server:
   * `include "./authorization.conf"`. The including file must not have these three settings itself.
   */
  readonly authorization: pulumi.Output<string>;
}

/** What a server that trusts the operator's JWT needs. */
export interface OperatorAuthorization {
  /** The operator's JWT (`operator`). */
  readonly operatorJwt: pulumi.Output<string>;
  /** Public key of the system account (`system_account`). */
  readonly systemAccount: pulumi.Output<string>;
  /** JWT of each account, by public key (`resolver_preload`). */
  readonly resolverPreload: pulumi.Output<Readonly<Record<string, string>>>;
  /**
   * All of these as text, with the memory resolver, to include in the configuration of a server:
   * `include "./authorization.conf"`. The including file must not have `operator`, `system_account`, `resolver` and
   * `resolver_preload` itself.
   */
  readonly authorization: pulumi.Output<string>;
}

/** What a verification needs of a configuration. */
export interface ConfigurationParts {
  readonly clusterName: pulumi.Output<string>;
  readonly args: AuthConfigurationArgs;
  readonly servers: readonly ConfiguredServer[];
  readonly files: Readonly<Record<string, ServerFiles>>;
  /** The remotes of servers that are not among `servers`; undefined without any. */
  readonly remotes: ResolvedRemotes | undefined;
}

/**
 * The configurations of both modes for servers that something else deploys, such as Helm, Ansible or systemd: the parts about
 * accounts, to include in other files, and whole files for the `servers` that the program names. Only `routes` contains a
 * secret. A preview reports the same problems as that of a `MixedAuthCluster`. A `ClusterVerification` proves that the servers
 * have loaded the configurations.
 *
 * @typeParam Name names of the servers; inferred from `servers`
 * @example
 * ```ts
 * const auth = new AuthConfiguration("nats", { operator, accounts: [a, b] });
 * new local.File("accounts", { filename: "accounts.conf", content: auth.static.authorization });
 * ```
 */
export class AuthConfiguration<Name extends string = string> extends pulumi.ComponentResource {
  /** For servers with nkeys in their configuration. */
  readonly static: StaticAuthorization;
  /** For servers that trust the operator's JWT. */
  readonly operator: OperatorAuthorization;
  /** Whole configuration file of each of `servers`. It includes `routes.conf`, which must be in the same folder. */
  readonly configs: PerServer<pulumi.Output<string>, Name>;
  /**
   * Content of `routes.conf` of each of `servers`, as a secret: the routes to the other servers, with the password of the
   * cluster.
   */
  readonly routes: PerServer<pulumi.Output<string>, Name>;
  /**
   * Files with certificates and keys of each of `servers`, by name, as a secret: for the `tlsFolder` of its machine, readable for the
   * server alone. Empty without certificates as text.
   */
  readonly tlsFiles: PerServer<pulumi.Output<Readonly<Record<string, string>>>, Name>;
  /**
   * Files with logins, certificates and keys for `remotes` of each of `servers`, by name, as a secret: for the folder of its
   * configuration, which must be `tlsFolder` then, readable for the server alone. Empty without remotes.
   */
  readonly remoteFiles: PerServer<pulumi.Output<Readonly<Record<string, string>>>, Name>;
  /** Client URL of each of `servers`. */
  readonly clientUrls: PerServer<pulumi.Output<string>, Name>;
  /** URL for leaf nodes of each of `servers`; undefined without its `leafNodePort`. */
  readonly leafNodeUrls: PerServer<pulumi.Output<string> | undefined, Name>;
  /** URL for clients over WebSocket of each of `servers`; undefined without its `websocketPort`. */
  readonly websocketUrls: PerServer<pulumi.Output<string> | undefined, Name>;
  /** URL for MQTT clients of each of `servers`; undefined without its `mqttPort`. */
  readonly mqttUrls: PerServer<pulumi.Output<string> | undefined, Name>;
  /** Parity report: how each mode enforces every claim of the accounts, and the consequences where one cannot. */
  readonly parity: pulumi.Output<ParityReport>;
  /** @internal Opens when the configuration and its components are valid. */
  readonly gate: Gate;
  /** @internal Undefined if the arguments are malformed. */
  readonly parts: ConfigurationParts | undefined;
  readonly #servers: readonly Pick<ConfiguredServer<Name>, "name" | "mode" | "resolvedTls">[];
  readonly #name: string;

  constructor(name: string, args: AuthConfigurationArgs<Name>, opts?: pulumi.ComponentResourceOptions);
  constructor(name: string, declared: AuthConfigurationArgs<Name>, opts?: pulumi.ComponentResourceOptions) {
    const { value: args, diagnostics: reserved } = removeReservedKeys(declared);
    const shape = pulumi.output([...reserved, ...authConfigurationArgsDiagnostics(args)]);
    super("nats-auth:index:AuthConfiguration", name, registeredAuthConfigurationArgs(args), opts);
    this.#name = name;
    const subject = `configuration ${JSON.stringify(name)}`;
    if (!hasParts(args)) {
      // Nothing can be derived from other values: each output fails with the problems.
      this.gate = validate(subject, this, [shape]);
      this.parts = undefined;
      hideInternals<AuthConfiguration<Name>>(this, ["gate", "parts"]);
      const failed = afterGate(this.gate, "");
      this.static = { authorization: failed };
      this.operator = failedAuthorization(failed);
      const named = isRecord(args) && isRecord(args.servers) ? args.servers : {};
      this.configs = mapServers(named, () => failed) as PerServer<pulumi.Output<string>, Name>;
      this.routes = this.clientUrls = this.configs;
      this.leafNodeUrls = this.websocketUrls = this.mqttUrls = this.configs;
      this.#servers = [];
      this.tlsFiles = this.remoteFiles = this.configs as PerServer<pulumi.Output<unknown>> as typeof this.tlsFiles;
      this.parity = failed as pulumi.Output<unknown> as typeof this.parity;
      return;
    }
    const servers = configuredServers(args);
    const remotes = resolveHelmRemotes(args);
    const connecting = connectingServers(servers, remotes);
    const ports = configuredPlaintextPorts(args, servers, connecting);
    const parity = compareModes(args, { areMixed: servers.length === 0 || hasBothModes(servers), ports });
    this.#warn(subject, args, servers, parity);
    warnAboutRemotes(subject, args, connecting, this);
    const own = validate(subject, this, [
      shape,
      ...authorizationDiagnostics(args, servers),
      ...configuredServersDiagnostics(name, args, servers, connecting),
      ...this.#tlsDiagnostics(subject, args, servers),
      parity.diagnostics,
    ]);
    this.gate = waitForGates(own, [args.operator.gate, ...accountsOf(args).map((account) => account.gate)]);
    const { gate } = this;
    this.#servers = servers;
    this.parity = parity.report;
    const files = renderServerFiles(name, args, servers);
    this.parts = { clusterName: textOf(args.clusterName ?? name), args, servers, files, remotes };
    const each = (key: Exclude<keyof ServerFiles, "tls" | "remotes">) =>
      perServer<ConfiguredServer<Name>, pulumi.Output<string>>(servers, (server) =>
        afterGate(gate, files[server.name][key]),
      );
    this.configs = each("config");
    this.routes = each("routes");
    this.clientUrls = each("clientUrl");
    const urls = protocolUrls(servers, ({ host }) => pulumi.output(host).apply(urlHost));
    ({ leafNodeUrls: this.leafNodeUrls, websocketUrls: this.websocketUrls, mqttUrls: this.mqttUrls } = urls);
    this.tlsFiles = filesOf(servers, files, "tls", gate);
    this.remoteFiles = filesOf(servers, files, "remotes", gate);
    const ofStatic = staticModel(args).apply((model) => renderStaticAuthorization(model).text);
    this.static = { authorization: afterGate(gate, ofStatic) };
    this.operator = operatorAuthorization(args, gate);
    hideInternals<AuthConfiguration<Name>>(this, ["gate", "parts"]);
    const { clientUrls, operator } = this;
    this.registerOutputs({ systemAccount: operator.systemAccount, clientUrls, ...declaredUrls(urls) });
  }

  /**
   * Renders the `leafnodes` block for the configuration of a leaf node that logs in as a user of one of the accounts.
   *
   * @example
   * ```ts
   * const remotes = auth.leafNodeRemotes(orders.users.edge, { credentials: "/etc/nats/edge.creds" });
   * export const edgeConfig = remotes.operator; // include it; the file contains `orders.users.edge.creds`
   * ```
   */
  leafNodeRemotes(user: AccountUser, options: LeafNodeOptions): LeafNodeRemotes {
    return leafNodeRemotes(this.#servers, this.leafNodeUrls, user, options);
  }

  /**
   * Returns values for a release of the official Helm chart of NATS, whose servers have one mode: accounts, settings, JetStream
   * and remotes of the configuration and, with `releases`, the routes between all servers. The chart sets names, ports and
   * everything else; `servers` of the configuration are not used.
   *
   * @example
   * ```ts
   * const releases = { static: { name: "nats-static" }, operator: { name: "nats-operator", replicas: 3 } };
   * new kubernetes.helm.v3.Release("nats-operator", {
   *   chart: "nats",
   *   repositoryOpts: { repo: "https://nats-io.github.io/k8s/helm/charts/" },
   *   values: auth.helmValues("operator", { releases }),
   * });
   * ```
   */
  helmValues(mode: Mode, args: HelmValuesArgs = {}): HelmValues {
    return helmValues({ resource: this, name: this.#name, gate: this.gate, args: this.parts?.args }, mode, args).values;
  }

  /** Logs problems that are not errors. */
  #warn(
    subject: string,
    args: AuthConfigurationArgs,
    servers: readonly ConfiguredServer[],
    parity: ClusterParity,
  ): void {
    warnAboutGaps(parity, this);
    warnAboutSettings(subject, args, servers, this);
  }

  /** Returns the problems of TLS, and warns of certificates that end soon. */
  #tlsDiagnostics(subject: string, args: AuthConfigurationArgs, servers: readonly ConfiguredServer[]) {
    const context = { tls: args.tls, isLocal: false };
    const reached = reachedConfigured(servers);
    warnAboutTls(subject, context, reached, this);
    return [...clusterTlsDiagnostics(context, reached), pulumi.output(withoutServersDiagnostics(args))];
  }
}

/** Finds TLS that no server has. */
export function withoutServersDiagnostics({
  tls,
  servers = {},
}: Pick<AuthConfigurationArgs, "tls" | "servers">): Diagnostic[] {
  const hasServers = !isRecord(servers) || Object.keys(servers).length > 0;
  return diagnose({
    code: "NA1817",
    path: "tls",
    problem: tls === undefined || hasServers ? undefined : "has no effect without `servers`",
    remedy: "Add `servers`, or remove it, and configure it beside the parts that you include.",
  });
}

/**
 * Returns the servers that connect to hubs. Without `servers`, those of a release of the Helm chart, or others that include the parts:
 * it is not known how many there are, so there is one of each mode.
 */
function connectingServers(
  servers: readonly ConfiguredServer[],
  remotes: ResolvedRemotes | undefined,
): readonly ServerWithResolved[] {
  return servers.length > 0 ? servers : MODES.map((name) => ({ name, path: "", resolvedRemotes: remotes }));
}

/** Returns the secret files of each server. */
function filesOf<Name extends string>(
  servers: readonly ConfiguredServer<Name>[],
  files: PerServer<ServerFiles, Name>,
  kind: "tls" | "remotes",
  gate: Gate,
): AuthConfiguration<Name>["tlsFiles"] {
  return perServer<ConfiguredServer<Name>, ServerFiles["tls"]>(servers, ({ name }) =>
    afterGate(gate, files[name][kind]),
  );
}

/** Returns outputs that all fail. */
function failedAuthorization(failed: pulumi.Output<string>): OperatorAuthorization {
  const resolverPreload = failed as pulumi.Output<unknown> as OperatorAuthorization["resolverPreload"];
  return { operatorJwt: failed, systemAccount: failed, resolverPreload, authorization: failed };
}

/** Renders what servers in operator mode need. */
function operatorAuthorization(args: AuthConfigurationArgs, gate: Gate): OperatorAuthorization {
  const tokens = afterGate(gate, operatorTokens(args));
  return {
    operatorJwt: tokens.apply(({ operator }) => operator),
    systemAccount: afterGate(gate, args.operator.systemAccount.publicKey),
    resolverPreload: tokens.apply(({ accounts }) => accounts),
    authorization: tokens.apply(({ roster, ...known }) => renderOperatorAuthorization(roster, known).text),
  };
}
