import * as pulumi from "@pulumi/pulumi";
import type { Diagnostic } from "../../diagnostics/diagnostic";
import {
  mapServers,
  MODES,
  perServer,
  serverName,
  type DefaultServer,
  type PerServer,
} from "../../model/cluster/servers";
import type { ParityReport } from "../../parity/report";
import { isRecord } from "../../model/form/shape";
import { ClusterCheck } from "../../resources/cluster-check";
import { ClusterConfiguration, type RouteCheckArgs } from "../../resources/cluster-configuration";
import { ConfigurationAttempt } from "../../resources/configuration-attempt";
import { addressesDiagnostics, portAddresses } from "./addresses";
import { clientHost, findHost, hostsDiagnostics, hasSeveralHosts, machineAddress } from "./hosts";
import { checkConnection, clusterTlsDiagnostics, warnAboutTls } from "../configuration/tls-diagnostics";
import { clusterPlaintextPorts, reachedServers } from "./open-ports";
import {
  clusterArgsDiagnostics,
  registeredClusterArgs,
  type ClusterArgs,
  type MixedAuthClusterArgs,
} from "./cluster-args";
import { accountNames, accountsOf } from "../configuration/model";
import { declaredServers } from "./cluster-servers";
import { configureServers } from "./configured-servers";
import { hasParts } from "../configuration/configuration-args";
import { compareModes, warnAboutGaps, type ClusterParity } from "../configuration/parity";
import { limitsArgsDiagnostics, jetstreamCheck, storeArgs } from "./cluster-settings";
import { warnAboutMonitoring } from "./cluster-warnings";
import { engineDiagnostics, warnAboutEngine } from "./docker-engine";
import { processDiagnostics } from "./process-checks";
import { shortDigest, type ServerPlaces, type UnplacedServer } from "./server-places";
import { protocolsArgsDiagnostics } from "../configuration/protocols";
import { declaredUrls, protocolUrls, type ProtocolUrls } from "../configuration/protocol-outputs";
import type { AccountUser } from "../account/account-users";
import { settingsArgsDiagnostics, warnAboutSettings } from "../configuration/server-settings";
import { serverVersion } from "./server-version";
import { clientUrl, createPlaces, monitoringUrl, outputsOf } from "./create-places";
import { discardDiagnostics, streamArgs, warnAboutDiscarding } from "./cluster-streams";
import { processTarget, type IfDocker, type IfProcess, type Target } from "./target";
import { hideInternals } from "../internals";
import { removeReservedKeys } from "../reserved-keys";
import { afterGate, waitForGates, validate, type Gate } from "../validation";
import { modelDiagnostics } from "./model-checks";
import {
  jetstreamArgsDiagnostics,
  routesArgsDiagnostics,
  routesVersion,
  proxyArgsDiagnostics,
} from "../configuration/shared-settings";
import { textOf } from "../configuration/server-args";
import { hasBothModes, verifiedServer, type DeclaredServer } from "../configuration/declared-server";
import { leafNodeRemotes, type LeafNodeOptions, type LeafNodeRemotes } from "../configuration/leaf-nodes";

/** Inputs of a cluster's configuration. */
interface ConfigurationParts {
  readonly clusterName: pulumi.Output<string>;
  readonly placed: ServerPlaces;
  readonly routeCheck: RouteCheckArgs | undefined;
}

/**
 * NATS servers in one cluster: servers in static mode have accounts and nkeys in their configuration, servers in operator
 * mode trust an operator's JWT. A user logs in to the former with its seed, to the latter with its creds, and reaches the same
 * subjects. By default, there is one server of each mode.
 *
 * The servers run in containers, which requires a docker provider (from the options, or the default one); or as processes
 * on the machine that runs the update, which requires a nats-server executable there.
 *
 * Transforms, policies and the state see the arguments with the operator and the accounts by name. A transform cannot
 * change the arguments of a component: transform the resources that it creates instead.
 *
 * @typeParam T where the servers run; inferred from `target`
 * @typeParam Name names of the servers; inferred from `servers`
 * @example
 * ```ts
 * const cluster = new MixedAuthCluster("nats", { operator, accounts: [a, b] });
 * export const urls = cluster.clientUrls;
 * ```
 */
export class MixedAuthCluster<T extends Target = "docker", Name extends string = DefaultServer>
  extends pulumi.ComponentResource
{
  /** Client URL of each server, for clients of the host. */
  readonly clientUrls: PerServer<pulumi.Output<string>, Name>;
  /** Client URL of each server, for containers in the cluster's network; undefined if servers run as processes. */
  readonly networkUrls: IfDocker<T, PerServer<pulumi.Output<string>, Name>>;
  /** HTTP monitoring URL of each server; undefined if monitoring is disabled. */
  readonly monitoringUrls: PerServer<pulumi.Output<string> | undefined, Name>;
  /** URL for leaf nodes of each server; undefined without its `leafNodePort`. */
  readonly leafNodeUrls: PerServer<pulumi.Output<string> | undefined, Name>;
  /** URL for clients over WebSocket of each server; undefined without its `websocketPort`. */
  readonly websocketUrls: PerServer<pulumi.Output<string> | undefined, Name>;
  /** URL for MQTT clients of each server; undefined without its `mqttPort`. */
  readonly mqttUrls: PerServer<pulumi.Output<string> | undefined, Name>;
  /** Name of the docker network; undefined if servers run as processes, or in containers of several `hosts`: see `networks`. */
  readonly network: IfDocker<T, pulumi.Output<string>>;
  /** Name of the docker network of each host; undefined without `hosts`. */
  readonly networks: IfDocker<T, Readonly<Record<string, pulumi.Output<string>>> | undefined>;
  /** Content of each server's configuration file. The route password is in a separate file. */
  readonly configs: PerServer<pulumi.Output<string>, Name>;
  /** Docker id of each server's container; undefined if servers run as processes. */
  readonly containers: IfDocker<T, PerServer<pulumi.Output<string>, Name>>;
  /** Folder of each server that runs as a process, with its configuration and log; undefined for containers. */
  readonly processes: IfProcess<T, PerServer<pulumi.Output<string>, Name>>;
  /** Result of the last verification, as text; undefined if verification is disabled. */
  readonly checked: pulumi.Output<string | undefined>;
  /** Parity report: how each mode enforces every claim of the accounts, and the consequences where one mode cannot. */
  readonly parity: pulumi.Output<ParityReport>;
  /** @internal Opens when the cluster and its components are valid. */
  readonly gate: Gate;
  readonly #servers: readonly (DeclaredServer<Name> & Pick<UnplacedServer, "resolvedTls">)[];

  constructor(name: string, args: MixedAuthClusterArgs<T, Name>, opts?: pulumi.ComponentResourceOptions);
  constructor(name: string, declared: MixedAuthClusterArgs<T, Name>, opts?: pulumi.ComponentResourceOptions) {
    const { value: args, diagnostics: reserved } = removeReservedKeys(declared);
    const shape = pulumi.output([...reserved, ...clusterArgsDiagnostics(args)]);
    super("nats-auth:index:MixedAuthCluster", name, registeredClusterArgs(args), opts);
    const declaredOnes = isRecord(args) ? declaredServers(args) : [];
    const verified = verifiedServer(declaredOnes);
    if (!hasParts(args) || verified === undefined) {
      // Nothing can be derived from other values: each output fails with the problems.
      this.gate = validate(subjectOf(name), this, [shape]);
      hideInternals<MixedAuthCluster<T, Name>>(this, ["gate"]);
      const failed = afterGate(this.gate, "");
      this.checked = failed;
      const names = isRecord(args) && isRecord(args.servers) ? Object.keys(args.servers) : MODES;
      const all = Object.fromEntries(names.map((server) => [server, failed])) as PerServer<pulumi.Output<string>, Name>;
      this.clientUrls = this.monitoringUrls = this.configs = all;
      this.leafNodeUrls = this.websocketUrls = this.mqttUrls = all;
      this.#servers = [];
      this.networkUrls = this.containers = all as typeof this.networkUrls;
      this.processes = all as typeof this.processes;
      this.network = this.checked as typeof this.network;
      this.networks = undefined as typeof this.networks;
      this.parity = this.checked as pulumi.Output<unknown> as typeof this.parity;
      return;
    }
    const clusterName = textOf(args.clusterName ?? name);
    const servers = configureServers(args, declaredOnes as readonly DeclaredServer<Name>[], clusterName);
    this.configs = perServer(servers, ({ config }) => config);
    this.clientUrls = perServer(servers, (server) => clientUrl(args, server));
    this.monitoringUrls = perServer(servers, (server) => monitoringUrl(args, server));
    this.#servers = servers;
    const urls: ProtocolUrls<Name> = protocolUrls(servers, (server) => clientHost(args, server));
    ({ leafNodeUrls: this.leafNodeUrls, websocketUrls: this.websocketUrls, mqttUrls: this.mqttUrls } = urls);

    const parity = compareModes(args, {
      version: serverVersion(args),
      areMixed: hasBothModes(servers),
      ports: clusterPlaintextPorts(args, servers),
    });
    this.parity = parity.report;
    this.#warn(name, args, servers, parity);
    const { tls, tlsDiagnostics } = this.#connections(name, args, servers);
    this.gate = this.#createGate(name, args, servers, [shape, parity.diagnostics, ...tlsDiagnostics]);
    const places = { name, gate: this.gate, servers, stores: args.jetstream !== undefined };
    const placed = createPlaces(places, args, this.#dockerProvider(), this);
    const outputs = outputsOf(placed);
    this.networkUrls = outputs.networkUrls as typeof this.networkUrls;
    this.network = outputs.network as typeof this.network;
    this.networks = outputs.networks as typeof this.networks;
    this.containers = outputs.containers as typeof this.containers;
    this.processes = outputs.processes as typeof this.processes;

    const access = { url: this.clientUrls[verified.name as Name], ...tls };
    const isVerified = args.verification !== "disabled";
    const routeCheck = isVerified ? this.#routeCheck(clusterName, args, servers, verified, access) : undefined;
    const configuration = this.#configure(name, args, { clusterName, placed, routeCheck });
    this.checked =
      routeCheck === undefined
        ? pulumi.output(undefined)
        : this.#verify(name, args, { clusterName, placed, routeCheck }, configuration);
    hideInternals<MixedAuthCluster<T, Name>>(this, ["gate"]);
    const { clientUrls, monitoringUrls } = this;
    this.registerOutputs({ clusterName, clientUrls, monitoringUrls, ...declaredUrls(urls), ...outputs });
  }

  /**
   * Renders the `leafnodes` block for the configuration of a leaf node that logs in as a user of one of the accounts.
   *
   * @example
   * ```ts
   * const remotes = cluster.leafNodeRemotes(orders.users.edge, { credentials: "/etc/nats/edge.creds" });
   * export const edgeConfig = remotes.operator; // include it; the file contains `orders.users.edge.creds`
   * ```
   */
  leafNodeRemotes(user: AccountUser, options: LeafNodeOptions): LeafNodeRemotes {
    return leafNodeRemotes(this.#servers, this.leafNodeUrls, user, options);
  }

  /** Logs problems that are not errors. */
  #warn(name: string, args: ClusterArgs, servers: readonly DeclaredServer[], parity: ClusterParity): void {
    warnAboutGaps(parity, this);
    warnAboutDiscarding(args, this);
    if (processTarget(args.target) === undefined) {
      for (const provider of this.#dockerProviders(args, servers)) {
        warnAboutEngine(provider, this);
      }
    }
    warnAboutMonitoring(name, args, servers, this);
    warnAboutSettings(subjectOf(name), args, servers, this);
  }

  /** Returns how the verification connects to servers with TLS, and the problems of TLS. Warns of certificates that end soon. */
  #connections(name: string, args: ClusterArgs, servers: readonly UnplacedServer[]) {
    const context = {
      tls: args.tls,
      isLocal: processTarget(args.target) !== undefined,
      version: serverVersion(args),
    };
    const reached = reachedServers(args, servers);
    warnAboutTls(subjectOf(name), context, reached, this);
    const verified = verifiedServer(servers);
    const connection =
      args.verification === "disabled" || verified === undefined
        ? undefined
        : checkConnection(context, reached, verified);
    const tls: Pick<RouteCheckArgs, "tls"> = connection === undefined ? {} : { tls: connection.tls };
    const ofConnection = connection === undefined ? [] : [connection.diagnostics];
    return { tls, tlsDiagnostics: [...clusterTlsDiagnostics(context, reached), ...ofConnection] };
  }

  /** Returns a gate that opens when the cluster and its components are valid: a partly valid cluster is not deployed. */
  #createGate(
    name: string,
    args: ClusterArgs,
    servers: readonly DeclaredServer[],
    more: readonly pulumi.Output<readonly Diagnostic[]>[],
  ): Gate {
    const target = processTarget(args.target);
    const own = validate(subjectOf(name), this, [
      ...modelDiagnostics(name, args, servers),
      ...jetstreamArgsDiagnostics(args),
      ...proxyArgsDiagnostics(args),
      ...settingsArgsDiagnostics(args, servers),
      ...protocolsArgsDiagnostics(args, servers),
      ...routesArgsDiagnostics(args),
      discardDiagnostics(args),
      ...addressesDiagnostics(args),
      ...limitsArgsDiagnostics(args),
      ...(target === undefined
        ? [
            ...this.#dockerProviders(args, servers).flatMap((provider) => engineDiagnostics(provider)),
            ...hostsDiagnostics(args, servers, this.#dockerProvider()),
          ]
        : processDiagnostics(target, portAddresses(args))),
      ...more,
    ]);
    const others = [args.operator.gate, ...accountsOf(args).map(({ gate }) => gate)];
    return waitForGates(own, others);
  }

  /** Returns the credentials and names for asking the servers whether they joined the cluster. */
  #routeCheck(
    clusterName: pulumi.Output<string>,
    args: ClusterArgs,
    servers: readonly DeclaredServer[],
    verified: DeclaredServer,
    access: Pick<RouteCheckArgs, "url" | "tls">,
  ): RouteCheckArgs {
    const { operator } = args;
    const jetstream = jetstreamCheck(args, this);
    return {
      ...(hasSeveralHosts(args) ? { hosts: perServer(servers, (server) => clientHost(args, server)) } : {}),
      ...(jetstream === undefined ? {} : { jetstream, accounts: accountNames(args) }),
      ...access,
      ...(verified.mode === "operator" ? {} : { mode: verified.mode }),
      systemAccount: operator.systemAccount.publicKey,
      signer: operator.checkSigner,
      serverNames: servers.map((server) => clusterName.apply((cluster) => serverName(cluster, server.name))),
    };
  }

  /** Creates the resources that write the configurations and start or reload the servers. */
  #configure(
    name: string,
    cluster: ClusterArgs,
    { clusterName, placed, routeCheck }: ConfigurationParts,
  ): ClusterConfiguration {
    const child = { parent: this };
    const places = perServer(placed.servers, ({ place }) => place);
    const isSpread = hasSeveralHosts(cluster);
    const configured = perServer(placed.servers, ({ host, hostName, ports, config, resolvedTls }) => ({
      host: hostName,
      clusterPort: ports.clusterPort,
      config,
      ...(isSpread ? { machine: { name: host ?? "", address: machineAddress(cluster, host) } } : {}),
      ...(resolvedTls?.has.routes === true ? { tls: true } : {}),
    }));
    const files = perServer(placed.servers, ({ resolvedTls }) => resolvedTls?.files);
    const servers = mapServers(configured, (server, key) => {
      const { [key]: own } = files;
      return own === undefined ? server : { ...server, files: own };
    });
    const version = routesVersion(cluster);
    // A digest does not reveal the keys.
    const digests = mapServers(files, (own) => own && pulumi.unsecret(pulumi.jsonStringify(own).apply(shortDigest)));
    const wanted = pulumi
      .jsonStringify({ ...placed.ids, servers: configured, routesVersion: version, ...withAny("files", digests) })
      .apply(shortDigest);
    const addresses = pulumi.jsonStringify(
      mapServers(configured, ({ host, clusterPort, machine, tls }) => [
        host,
        clusterPort,
        ...(machine === undefined ? (tls === undefined ? [] : [null]) : [machine.address]),
        ...(tls === undefined ? [] : [tls]),
      ]),
    );
    const { attempt } = new ConfigurationAttempt(name, { wanted, places, addresses, routesVersion: version }, child);
    const streams = streamArgs(cluster);
    const outlines = perServer(placed.servers, ({ outline }) => outline);
    const args = { clusterName, attempt, places, servers, outlines, streams, ...storeArgs(cluster, placed.stores) };
    return new ClusterConfiguration(
      name,
      { ...args, ...(routeCheck === undefined ? {} : { check: routeCheck }) },
      child,
    );
  }

  /** Verifies the running servers after each change, and returns the result as text. */
  #verify(
    name: string,
    args: ClusterArgs,
    { clusterName, placed, routeCheck }: ConfigurationParts & { readonly routeCheck: RouteCheckArgs },
    configuration: ClusterConfiguration,
  ): pulumi.Output<string> {
    const check = new ClusterCheck(
      name,
      {
        ...routeCheck,
        places: perServer(placed.servers, ({ place }) => place),
        applied: configuration.applied,
        clusterName,
        accounts: accountNames(args),
      },
      { parent: this },
    );
    return check.result;
  }

  /** Returns the docker provider of each host, or that of the cluster. */
  #dockerProviders(args: ClusterArgs, servers: readonly DeclaredServer[]): (pulumi.ProviderResource | undefined)[] {
    return [...new Set(servers.map((server) => findHost(args, server.host)?.provider ?? this.#dockerProvider()))];
  }

  #dockerProvider(): pulumi.ProviderResource | undefined {
    return this.getProvider("docker:index/container:Container");
  }
}

/** Returns an object with a property, or without it if none of its members is defined: earlier versions did not have it. */
function withAny(key: string, members: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.values(members).every((member) => member === undefined) ? {} : { [key]: members };
}

/** Returns what the problems of a cluster are about. */
function subjectOf(name: string): string {
  return `cluster ${JSON.stringify(name)}`;
}
