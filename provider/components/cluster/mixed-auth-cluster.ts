import * as pulumi from "@pulumi/pulumi";
import type { Listener } from "../../config/listener";
import type { ParityReport } from "../../parity/report";
import { ClusterCheck } from "../../resources/cluster-check";
import { ClusterConfiguration } from "../../resources/cluster-configuration";
import type { LinkCheckArgs } from "../../resources/cluster-links";
import { ConfigurationAttempt } from "../../resources/configuration-attempt";
import { SIDES } from "../../servers/places";
import {
  addressDiagnostics,
  argsDiagnostics,
  LOOPBACK,
  portsOf,
  urlHost,
  type MixedAuthClusterArgs,
  type ServerPorts,
} from "./cluster-args";
import { jetstreamFindings, surroundingsOf } from "./cluster-jetstream";
import { accountsOf, clusterFindings, listenerOf, operatorText, serverNameOf, staticText } from "./cluster-model";
import { proxyFindings } from "./cluster-proxies";
import { routesFindings, routesVersionOf } from "./cluster-routes";
import { parityOf, warnOfLosses, type ClusterParity } from "./cluster-parity";
import { digestOf } from "./digest";
import type { dockerSite } from "./docker-site";
import { engineFindings } from "./docker-engine";
import { processFindings } from "./process-findings";
import { processSite } from "./process-site";
import { bySide, type DockerSite, type ProcessSite, type Sides, type Site, type SiteArgs } from "./site";
import { processTarget, type OfContainers, type OfProcesses, type ProcessTarget, type Target } from "./target";
import { allOpen, valid, type Gate } from "../validation";

/** What is to be configured, and where. */
interface Configured {
  readonly clusterName: string;
  readonly ports: Sides<ServerPorts>;
  readonly site: Site;
  readonly check: LinkCheckArgs | undefined;
}

/**
 * Two nats-servers, one with static accounts and one that trusts an operator, joined by a route into one cluster: a user
 * logs in to the first with its seed, to the second with its creds, and reaches the same subjects.
 *
 * They run in containers, which needs a docker provider, from its options or the default one; or as processes of the
 * machine that runs the update, which needs a nats-server executable there.
 *
 * @typeParam T where they run, which the compiler sees from `target`
 * @example
 * ```ts
 * const cluster = new MixedAuthCluster("nats", { operator, accounts: [a, b] });
 * export const urls = cluster.clientUrls;
 * ```
 */
export class MixedAuthCluster<T extends Target = "docker"> extends pulumi.ComponentResource {
  /** Where clients of the host connect to. */
  readonly clientUrls: Sides<pulumi.Output<string>>;
  /** Where containers in the cluster's network connect to; undefined where servers run as processes. */
  readonly networkUrls: OfContainers<T, Sides<pulumi.Output<string>>>;
  /** Where the servers tell how they are, over HTTP; undefined where no monitoring is asked for. */
  readonly monitoringUrls: Sides<pulumi.Output<string> | undefined>;
  /** The name of the docker network; undefined where servers run as processes. */
  readonly network: OfContainers<T, pulumi.Output<string>>;
  /** The text of each server's configuration. The route's password stands in a file of its own, and not here. */
  readonly configs: Sides<pulumi.Output<string>>;
  /** The docker id of each server's container; undefined where servers run as processes. */
  readonly containers: OfContainers<T, Sides<pulumi.Output<string>>>;
  /** The folder of each server that is a process, with its configuration and its log; undefined for containers. */
  readonly processes: OfProcesses<T, Sides<pulumi.Output<string>>>;
  /** What the servers answered when they were asked, in words; undefined where the check is skipped. */
  readonly checked: pulumi.Output<string | undefined>;
  /** How each side says everything that the accounts claim, and what follows where one side cannot. */
  readonly parity: pulumi.Output<ParityReport>;

  constructor(name: string, args: MixedAuthClusterArgs<T>, opts?: pulumi.ComponentResourceOptions) {
    super("nats-auth:index:MixedAuthCluster", name, {}, opts);
    const clusterName = args.clusterName ?? name;
    const bindAddress = args.bindAddress ?? LOOPBACK;
    const target = processTarget(args.target);
    const ports = { static: portsOf("static", args), operator: portsOf("operator", args) };
    const surroundings = surroundingsOf(args);
    const listeners = bySide((side) => listenerOf(clusterName, side, ports[side], surroundings));
    this.configs = { static: staticText(args, listeners.static), operator: operatorText(args, listeners.operator) };
    const host = pulumi.output(bindAddress).apply(urlHost);
    this.clientUrls = bySide((side) => url("nats", host, ports[side].clientPort));
    this.monitoringUrls = bySide((side) => monitoringUrl(host, ports[side]));

    const parity = parityOf(args);
    this.parity = parity.report;
    warnOfLosses(parity, this);
    const gate = this.#gate(name, args, target, parity);
    const site = this.#site({ name, gate, ports, bindAddress, fixed: fixedOf(args, listeners) }, args, target);
    const networkUrls = bySide((side) => url("nats", side, ports[side].clientPort));
    this.networkUrls = ("network" in site ? networkUrls : undefined) as typeof this.networkUrls;
    this.network = ("network" in site ? site.network : undefined) as typeof this.network;
    this.containers = ("containers" in site ? site.containers : undefined) as typeof this.containers;
    this.processes = ("processes" in site ? site.processes : undefined) as typeof this.processes;

    const check = args.check === "skip" ? undefined : this.#linkCheck(clusterName, args);
    const configuration = this.#configuration(name, args, { clusterName, ports, site, check });
    this.checked =
      check === undefined ? pulumi.output(undefined) : this.#check(name, clusterName, args, check, configuration);
    this.registerOutputs({ clientUrls: this.clientUrls });
  }

  /** Open once the cluster and everything in it is valid: nothing is deployed that is half right. */
  #gate(
    name: string,
    args: MixedAuthClusterArgs,
    target: ProcessTarget | undefined,
    { findings }: ClusterParity,
  ): Gate {
    const bindAddress = args.bindAddress ?? LOOPBACK;
    const own = valid(`cluster ${JSON.stringify(name)}`, this, [
      pulumi.output(argsDiagnostics(args)),
      ...clusterFindings(args.clusterName ?? name, args),
      ...jetstreamFindings(args),
      ...proxyFindings(args),
      ...routesFindings(args),
      pulumi.output(bindAddress).apply(addressDiagnostics),
      ...(target === undefined ? engineFindings(this.#dockerProvider()) : processFindings(target, bindAddress)),
      findings,
    ]);
    const others = [args.operator.gate, ...accountsOf(args).map(({ gate }) => gate)];
    return allOpen(own, others);
  }

  /** Makes the places in which the servers are to run. */
  #site(site: SiteArgs, args: MixedAuthClusterArgs, target: ProcessTarget | undefined): DockerSite | ProcessSite {
    const child = { parent: this };
    const { operator, image, jetstream } = args;
    const stores = jetstream !== undefined;
    return target === undefined
      ? loadDockerSite()(
          { ...site, image, operator: operator.publicKey, stores, provider: this.#dockerProvider() },
          child,
        )
      : processSite({ ...site, target }, child);
  }

  #linkCheck(clusterName: string, { operator }: MixedAuthClusterArgs): LinkCheckArgs {
    return {
      url: this.clientUrls.operator,
      systemAccount: operator.systemAccount.publicKey,
      signer: operator.checkSigner,
      serverNames: SIDES.map((side) => serverNameOf(clusterName, side)),
    };
  }

  #configuration(
    name: string,
    cluster: MixedAuthClusterArgs,
    { clusterName, ports, site, check }: Configured,
  ): ClusterConfiguration {
    const { places, hosts, ids } = site;
    const child = { parent: this };
    const servers = bySide((side) => ({
      host: hosts[side],
      clusterPort: ports[side].clusterPort,
      config: this.configs[side],
    }));
    const routesVersion = routesVersionOf(cluster);
    const wanted = pulumi.jsonStringify({ ...ids, servers, routesVersion }).apply(digestOf);
    const addresses = pulumi.jsonStringify(bySide((side) => [hosts[side], ports[side].clusterPort]));
    const { attempt } = new ConfigurationAttempt(name, { wanted, places, addresses, routesVersion }, child);
    const args = { clusterName, attempt, places, servers };
    return new ClusterConfiguration(name, { ...args, ...(check === undefined ? {} : { check }) }, child);
  }

  #check(
    name: string,
    clusterName: string,
    args: MixedAuthClusterArgs,
    linkCheck: LinkCheckArgs,
    configuration: ClusterConfiguration,
  ): pulumi.Output<string> {
    const accounts = accountsOf(args).map(({ accountName, publicKey }) => ({ accountName, publicKey }));
    const check = new ClusterCheck(
      name,
      {
        ...linkCheck,
        applied: configuration.applied,
        clusterName,
        accounts: pulumi
          .output(accounts)
          .apply((known) => Object.fromEntries(known.map(({ publicKey, accountName }) => [publicKey, accountName]))),
      },
      { parent: this },
    );
    return check.result;
  }

  #dockerProvider(): pulumi.ProviderResource | undefined {
    return this.getProvider("docker:index/container:Container");
  }
}

/** What a server reads when it starts, and refuses a reload that changes one of them. */
function fixedOf(args: MixedAuthClusterArgs, listeners: Sides<pulumi.Output<Listener>>): SiteArgs["fixed"] {
  const { operator } = args;
  const system = operator.systemAccount.publicKey;
  const callouts = accountsOf(args).flatMap(({ callout }) => callout ?? []);
  return {
    static: pulumi.jsonStringify([listeners.static, system, ...callouts]),
    operator: pulumi.jsonStringify([listeners.operator, system, operator.jwt]),
  };
}

/** What makes containers is loaded by programs that have some: it takes a second. */
function loadDockerSite(): typeof dockerSite {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- a constructor cannot wait for an import
  return (require("./docker-site") as { dockerSite: typeof dockerSite }).dockerSite;
}

function monitoringUrl(host: pulumi.Input<string>, { monitoringPort }: ServerPorts): pulumi.Output<string> | undefined {
  return monitoringPort === undefined ? undefined : url("http", host, monitoringPort);
}

function url(scheme: string, host: pulumi.Input<string>, port: pulumi.Input<number>): pulumi.Output<string> {
  return pulumi.interpolate`${scheme}://${host}:${port}`;
}
