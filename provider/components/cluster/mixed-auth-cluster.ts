import * as pulumi from "@pulumi/pulumi";
import type { Diagnostic } from "../../diagnostics/diagnostic";
import { MODES, perServer, type DefaultServer, type PerServer } from "../../model/cluster/servers";
import type { ParityReport } from "../../parity/report";
import { isRecord } from "../../model/form/shape";
import type { RouteCheckArgs } from "../../resources/cluster-configuration";
import { clientHost } from "./hosts";
import { checkConnection, clusterTlsDiagnostics, warnAboutTls } from "../configuration/tls-diagnostics";
import type { ListenerPorts } from "./listener-ports";
import { clusterPlaintextPorts, reachedServers } from "./open-ports";
import {
  DEFAULT_IMAGE,
  clusterArgsDiagnostics,
  registeredClusterArgs,
  type ClusterArgs,
  type MixedAuthClusterArgs,
} from "./cluster-args";
import { declaredServers } from "./cluster-servers";
import { configureServers } from "./configured-servers";
import { accountsOf, hasParts } from "../configuration/configuration-args";
import { compareModes, warnAboutGaps, type ClusterParity } from "../configuration/parity";
import { deployConfigurations } from "./cluster-resources";
import { checkSecretSizes } from "./secret-sizes";
import { warnAboutMonitoring } from "./cluster-warnings";
import { warnAboutEngine } from "./docker-engine";
import { warnAboutVolumes } from "./pod-checks";
import { warnAboutNodePorts } from "./route-addresses";
import { onePerEntry } from "./pods";
import { dockerEngines, installationDiagnostics, targetDiagnostics } from "./target-checks";
import type { UnplacedServer } from "./server-places";
import { protocolsArgsDiagnostics } from "../configuration/protocols";
import { declaredUrls, protocolUrls, type ProtocolUrls } from "../configuration/protocol-outputs";
import type { AccountUser } from "../account/account-users";
import { remoteImageDiagnostics, remotesDiagnostics, warnAboutRemotes } from "../configuration/remote-checks";
import { settingsArgsDiagnostics, warnAboutSettings } from "../configuration/server-settings";
import { serverVersion } from "./server-version";
import { clientUrl, createPlaces, monitoringUrl, outputsOf, type Providers } from "./create-places";
import { discardDiagnostics, warnAboutDiscarding } from "./cluster-streams";
import { runsImage, runsOnlyOn } from "./host-targets";
import type { IfDocker, IfKubernetes, IfProcess, ServerNames, Target } from "./target";
import { hideInternals } from "../internals";
import { removeReservedKeys } from "../reserved-keys";
import { afterGate, waitForGates, validate, type Gate } from "../validation";
import { modelDiagnostics } from "./model-checks";
import {
  jetstreamArgsDiagnostics,
  routesArgsDiagnostics,
  proxyArgsDiagnostics,
} from "../configuration/shared-settings";
import { textOf } from "../configuration/server-args";
import { hasBothModes, verifiedServer, type DeclaredServer } from "../configuration/declared-server";
import { leafNodeRemotes, type LeafNodeOptions, type LeafNodeRemotes } from "../configuration/leaf-nodes";

/**
 * NATS servers in one cluster: servers in static mode have accounts and nkeys in their configuration, servers in operator
 * mode trust an operator's JWT. A user logs in to the former with its seed, to the latter with its creds, and reaches the same
 * subjects. By default, there is one server of each mode.
 *
 * The servers run in containers, which requires a docker provider (from the options, or the default one); as processes
 * on the machine that runs the update, which requires a nats-server executable there; or as pods of Kubernetes, which requires the
 * package `@pulumi/kubernetes`.
 *
 * Transforms, policies and the state see the arguments with the operator and the accounts by name. A transform cannot
 * change the arguments of a component: transform the resources that it creates instead.
 *
 * @typeParam T where the servers run; inferred from `target`
 * @typeParam Name names of the servers; inferred from `servers`
 * @typeParam H where the servers of single hosts run; inferred from `hosts`
 * @example
 * ```ts
 * const cluster = new MixedAuthCluster("nats", { operator, accounts: [a, b] });
 * export const urls = cluster.clientUrls;
 * ```
 */
export class MixedAuthCluster<
  T extends Target = "docker",
  Name extends string = DefaultServer,
  H extends Target = never,
>
  extends pulumi.ComponentResource
{
  /** Client URL of each server, for clients of the host; of each pod, for clients in the Kubernetes cluster. */
  readonly clientUrls: PerServer<pulumi.Output<string>, ServerNames<T | H, Name>>;
  /** Client URL of each server, for containers in the cluster's network; undefined if servers run as processes. */
  readonly networkUrls: IfDocker<T | H, PerServer<pulumi.Output<string>, Name>>;
  /** Client URL of the Service of each entry of `servers`, for clients in the Kubernetes cluster; undefined elsewhere. */
  readonly serviceUrls: IfKubernetes<T | H, PerServer<pulumi.Output<string>, Name>>;
  /**
   * Port of all nodes that leads to the Service of each entry of `servers`, for clients outside of the Kubernetes cluster; undefined for
   * a `serviceType` without such a port, and on other platforms.
   */
  readonly nodePorts: IfKubernetes<T | H, PerServer<pulumi.Output<number | undefined>, Name>>;
  /**
   * Ports of all nodes that lead to the Service of each entry of `servers`, by their protocol: `clients`, which is also in `nodePorts`,
   * `leafNodes`, `websocket` and `mqtt`; undefined on other platforms.
   */
  readonly listenerNodePorts: IfKubernetes<T | H, PerServer<pulumi.Output<ListenerPorts>, Name>>;
  /**
   * Address of the load balancer of each entry of `servers`, an IP address or a host name, with `serviceType: "LoadBalancer"`; undefined
   * until a refresh finds that it has one, and on other platforms.
   */
  readonly loadBalancers: IfKubernetes<T | H, PerServer<pulumi.Output<string | undefined>, Name>>;
  /** HTTP monitoring URL of each server; undefined if monitoring is disabled. */
  readonly monitoringUrls: PerServer<pulumi.Output<string> | undefined, ServerNames<T | H, Name>>;
  /** URL for leaf nodes of each server; undefined without its `leafNodePort`. */
  readonly leafNodeUrls: PerServer<pulumi.Output<string> | undefined, ServerNames<T | H, Name>>;
  /** URL for clients over WebSocket of each server; undefined without its `websocketPort`. */
  readonly websocketUrls: PerServer<pulumi.Output<string> | undefined, ServerNames<T | H, Name>>;
  /** URL for MQTT clients of each server; undefined without its `mqttPort`. */
  readonly mqttUrls: PerServer<pulumi.Output<string> | undefined, ServerNames<T | H, Name>>;
  /** Name of the docker network; undefined if servers run as processes, or in containers of several `hosts`: see `networks`. */
  readonly network: IfDocker<T | H, pulumi.Output<string>>;
  /** Name of the docker network of each host; undefined without `hosts`. */
  readonly networks: IfDocker<T | H, Readonly<Record<string, pulumi.Output<string>>> | undefined>;
  /** Content of each server's configuration file. The route password is in a separate file. */
  readonly configs: PerServer<pulumi.Output<string>, ServerNames<T | H, Name>>;
  /** Docker id of each server's container; undefined if servers run as processes. */
  readonly containers: IfDocker<T | H, PerServer<pulumi.Output<string>, Name>>;
  /** Folder of each server that runs as a process, with its configuration and log; undefined for containers. */
  readonly processes: IfProcess<T | H, PerServer<pulumi.Output<string>, Name>>;
  /** Result of the last verification, as text; undefined if verification is disabled. */
  readonly checked: pulumi.Output<string | undefined>;
  /** Parity report: how each mode enforces every claim of the accounts, and the consequences where one mode cannot. */
  readonly parity: pulumi.Output<ParityReport>;
  /** @internal Opens when the cluster and its components are valid. */
  readonly gate: Gate;
  readonly #servers: readonly (DeclaredServer<ServerNames<T | H, Name>> & Pick<UnplacedServer, "resolvedTls">)[];

  constructor(name: string, args: MixedAuthClusterArgs<T, Name, H>, opts?: pulumi.ComponentResourceOptions);
  constructor(name: string, declared: MixedAuthClusterArgs<T, Name, H>, opts?: pulumi.ComponentResourceOptions) {
    const { value: args, diagnostics: reserved } = removeReservedKeys(declared);
    const shape = pulumi.output([...reserved, ...clusterArgsDiagnostics(args)]);
    super("nats-auth:index:MixedAuthCluster", name, registeredClusterArgs(args), opts);
    const clusterName = textOf((isRecord(args) ? args.clusterName : undefined) ?? name);
    const declaredOnes = isRecord(args) ? declaredServers(args, clusterName) : [];
    const verified = verifiedServer(declaredOnes);
    const missing = isRecord(args) ? installationDiagnostics(args) : [];
    if (!hasParts(args) || verified === undefined || missing.length > 0) {
      // Nothing can be derived from other values: each output fails with the problems.
      this.gate = validate(subjectOf(name), this, [shape, pulumi.output(missing)]);
      hideInternals<MixedAuthCluster<T, Name, H>>(this, ["gate"]);
      const failed = afterGate(this.gate, "");
      const names = isRecord(args) && isRecord(args.servers) ? Object.keys(args.servers) : MODES;
      const entries = Object.fromEntries(names.map((server) => [server, failed]));
      const all = { ...entries, ...perServer(declaredOnes, () => failed) } as typeof this.clientUrls;
      this.clientUrls = this.monitoringUrls = this.configs = all;
      this.leafNodeUrls = this.websocketUrls = this.mqttUrls = all;
      this.#servers = [];
      this.serviceUrls = this.loadBalancers = entries as typeof this.serviceUrls & typeof this.loadBalancers;
      const ports = entries as PerServer<pulumi.Output<unknown>>;
      this.nodePorts = this.listenerNodePorts = ports as typeof this.nodePorts & typeof this.listenerNodePorts;
      this.networkUrls = this.containers = all as PerServer<pulumi.Output<string>> as typeof this.networkUrls;
      this.processes = all as PerServer<pulumi.Output<string>> as typeof this.processes;
      this.network = this.checked = failed as typeof this.network & typeof this.checked;
      this.networks = undefined as typeof this.networks;
      this.parity = this.checked as pulumi.Output<unknown> as typeof this.parity;
      return;
    }
    const named = declaredOnes as readonly DeclaredServer<ServerNames<T | H, Name>>[];
    const servers = configureServers(args, named, clusterName);
    this.configs = perServer(servers, ({ config }) => config);
    this.clientUrls = perServer(servers, (server) => clientUrl(args, server));
    this.monitoringUrls = perServer(servers, (server) => monitoringUrl(args, server));
    this.#servers = servers;
    const urls: ProtocolUrls<ServerNames<T | H, Name>> = protocolUrls(servers, (server) => clientHost(args, server));
    ({ leafNodeUrls: this.leafNodeUrls, websocketUrls: this.websocketUrls, mqttUrls: this.mqttUrls } = urls);

    const parity = compareModes(args, {
      version: serverVersion(args),
      areMixed: hasBothModes(servers),
      ports: clusterPlaintextPorts(args, servers),
    });
    this.parity = parity.report;
    this.#warn(name, args, servers, parity);
    const { tls, tlsDiagnostics } = this.#connections(name, args, servers, clusterName);
    const more = [shape, parity.diagnostics, ...tlsDiagnostics];
    const valid = this.#createGate(name, args, { servers, clusterName, more });
    this.gate = checkSecretSizes(subjectOf(name), this, valid, servers);
    const places = { name, gate: this.gate, clusterName, servers, stores: args.jetstream !== undefined };
    const placed = createPlaces(places, args, this.#providers(), this);
    const outputs = outputsOf(placed) as unknown as PlatformOutputs<T, Name, H>;
    ({ networkUrls: this.networkUrls, network: this.network, networks: this.networks } = outputs);
    ({ containers: this.containers, processes: this.processes } = outputs);
    ({ serviceUrls: this.serviceUrls, nodePorts: this.nodePorts } = outputs);
    ({ listenerNodePorts: this.listenerNodePorts, loadBalancers: this.loadBalancers } = outputs);

    const access = { url: this.clientUrls[verified.name as ServerNames<T | H, Name>], ...tls };
    this.checked = deployConfigurations(name, args, { clusterName, placed, verified, access }, this);
    hideInternals<MixedAuthCluster<T, Name, H>>(this, ["gate"]);
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
  #warn(name: string, args: ClusterArgs, servers: readonly UnplacedServer[], parity: ClusterParity): void {
    warnAboutGaps(parity, this);
    warnAboutDiscarding(args, this);
    for (const engine of dockerEngines(args, servers, this.#providers().docker)) {
      warnAboutEngine(engine, this);
    }
    warnAboutMonitoring(name, args, servers, this);
    warnAboutSettings(subjectOf(name), args, servers, this);
    warnAboutRemotes(subjectOf(name), args, servers, this);
    warnAboutNodePorts(subjectOf(name), args, servers, this);
    warnAboutVolumes(subjectOf(name), args, this);
  }

  /** Returns how the verification connects to servers with TLS, and the problems of TLS. Warns of certificates that end soon. */
  #connections(
    name: string,
    args: ClusterArgs,
    servers: readonly UnplacedServer[],
    clusterName: pulumi.Output<string>,
  ) {
    const isLocal = runsOnlyOn(args, "process");
    const context = { tls: args.tls, isLocal, version: serverVersion(args) };
    const reached = reachedServers(args, servers, clusterName);
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
  #createGate(name: string, args: ClusterArgs, { servers, clusterName, more }: GateParts): Gate {
    const entries = onePerEntry(servers);
    const own = validate(subjectOf(name), this, [
      ...modelDiagnostics(name, args, servers),
      ...jetstreamArgsDiagnostics(args),
      ...proxyArgsDiagnostics(args),
      ...settingsArgsDiagnostics(args, entries),
      ...protocolsArgsDiagnostics(args, entries, args.websocket && serverVersion(args)),
      ...remotesDiagnostics(args, servers),
      remoteImageDiagnostics(
        servers.filter(({ host }) => runsImage(args, host)),
        args.image ?? DEFAULT_IMAGE,
      ),
      ...routesArgsDiagnostics(args),
      discardDiagnostics(args),
      ...targetDiagnostics(args, servers, clusterName, this.#providers().docker),
      ...more,
    ]);
    const others = [args.operator.gate, ...accountsOf(args).map(({ gate }) => gate)];
    return waitForGates(own, others);
  }

  #providers(): Providers {
    return {
      docker: this.getProvider("docker:index/container:Container"),
      kubernetes: this.getProvider("kubernetes:apps/v1:StatefulSet"),
    };
  }
}

/** The outputs that depend on where the servers run. */
type PlatformOutputs<T extends Target, Name extends string, H extends Target> = Pick<
  MixedAuthCluster<T, Name, H>,
  | ("networkUrls" | "network" | "networks" | "containers" | "processes")
  | ("serviceUrls" | "nodePorts" | "listenerNodePorts" | "loadBalancers")
>;

/** What the gate of a cluster depends on. */
interface GateParts {
  readonly servers: readonly UnplacedServer[];
  readonly clusterName: pulumi.Output<string>;
  /** More problems. */
  readonly more: readonly pulumi.Output<readonly Diagnostic[]>[];
}

/** Returns what the problems of a cluster are about. */
function subjectOf(name: string): string {
  return `cluster ${JSON.stringify(name)}`;
}
