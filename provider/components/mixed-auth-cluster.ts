import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Listener } from "../config/listener";
import type { ParityReport } from "../parity/report";
import { ClusterCheck } from "../resources/cluster-check";
import { ClusterConfiguration, SIDES, type LinkCheckArgs, type Side } from "../resources/cluster-configuration";
import { ConfigurationAttempt } from "../resources/configuration-attempt";
import {
  addressDiagnostics,
  argsDiagnostics,
  DEFAULT_IMAGE,
  LOOPBACK,
  portsOf,
  urlHost,
  type MixedAuthClusterArgs,
  type ServerPorts,
} from "./cluster-args";
import { accountsOf, clusterFindings, listenerOf, operatorText, serverNameOf, staticText } from "./cluster-model";
import { parityOf, warnOfLosses, type ClusterParity } from "./cluster-parity";
import { engineFindings, engineOf } from "./docker-engine";
import { digestOf, serverContainer } from "./server-container";
import { allOpen, behind, valid, type Gate } from "./validation";

/** A value for each of the two servers. */
export type Sides<T> = Readonly<Record<Side, T>>;

/**
 * Two nats-servers in containers, one with static accounts and one that trusts an operator, joined by a route into one
 * cluster: a user logs in to the first with its seed, to the second with its creds, and reaches the same subjects.
 *
 * It needs a docker provider, from its options or the default one.
 *
 * @example
 * ```ts
 * const cluster = new MixedAuthCluster("nats", { operator, accounts: [a, b] });
 * export const urls = cluster.clientUrls;
 * ```
 */
export class MixedAuthCluster extends pulumi.ComponentResource {
  /** Where clients of the host connect to. */
  readonly clientUrls: Sides<pulumi.Output<string>>;
  /** Where containers in the cluster's network connect to. */
  readonly networkUrls: Sides<pulumi.Output<string>>;
  /** Where the servers tell how they are, over HTTP; undefined where no monitoring is asked for. */
  readonly monitoringUrls: Sides<pulumi.Output<string> | undefined>;
  /** The name of the docker network. */
  readonly network: pulumi.Output<string>;
  /** The text of each server's configuration. The route's password stands in a file of its own, and not here. */
  readonly configs: Sides<pulumi.Output<string>>;
  /** The docker id of each server's container. */
  readonly containers: Sides<pulumi.Output<string>>;
  /** What the servers answered when they were asked, in words; undefined where the check is skipped. */
  readonly checked: pulumi.Output<string | undefined>;
  /** How each side says everything that the accounts claim, and what follows where one side cannot. */
  readonly parity: pulumi.Output<ParityReport>;

  constructor(name: string, args: MixedAuthClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nats-auth:index:MixedAuthCluster", name, {}, opts);
    const clusterName = args.clusterName ?? name;
    const ports = { static: portsOf("static", args), operator: portsOf("operator", args) };
    const listeners = bySide((side) => listenerOf(clusterName, side, ports[side]));
    this.configs = { static: staticText(args, listeners.static), operator: operatorText(args, listeners.operator) };
    const host = pulumi.output(args.bindAddress ?? LOOPBACK).apply(urlHost);
    this.clientUrls = bySide((side) => url("nats", host, ports[side].clientPort));
    this.networkUrls = bySide((side) => url("nats", side, ports[side].clientPort));
    this.monitoringUrls = bySide((side) => monitoringUrl(host, ports[side]));

    const parity = parityOf(args);
    this.parity = parity.report;
    warnOfLosses(parity, this);
    const gate = this.#gate(name, args, parity);
    this.network = new docker.Network(name, { driver: behind(gate, "bridge") }, { parent: this }).name;
    const image = behind(gate, args.image ?? DEFAULT_IMAGE);
    this.containers = this.#containers(name, { ...args, image }, ports, listeners);
    const check = args.check === "skip" ? undefined : this.#linkCheck(clusterName, args);
    const configuration = this.#configuration(name, clusterName, ports, check);
    this.checked =
      check === undefined ? pulumi.output(undefined) : this.#check(name, clusterName, args, check, configuration);
    this.registerOutputs({ clientUrls: this.clientUrls });
  }

  /** Open once the cluster and everything in it is valid: nothing is deployed that is half right. */
  #gate(name: string, args: MixedAuthClusterArgs, { findings }: ClusterParity): Gate {
    const own = valid(`cluster ${JSON.stringify(name)}`, this, [
      pulumi.output(argsDiagnostics(args)),
      ...clusterFindings(args.clusterName ?? name, args),
      pulumi.output(args.bindAddress ?? LOOPBACK).apply(addressDiagnostics),
      ...engineFindings(this.#dockerProvider()),
      findings,
    ]);
    const others = [args.operator.gate, ...accountsOf(args).map(({ gate }) => gate)];
    return allOpen(own, others);
  }

  #containers(
    name: string,
    args: MixedAuthClusterArgs & { image: pulumi.Output<string> },
    ports: Sides<ServerPorts>,
    listeners: Sides<pulumi.Output<Listener>>,
  ): Sides<pulumi.Output<string>> {
    const child = { parent: this };
    const image = new docker.RemoteImage(name, { name: args.image, keepLocally: true }, child);
    const shared = { image: image.imageId, network: this.network, bindAddress: args.bindAddress ?? LOOPBACK };
    // A server reads these when it starts, and refuses a reload that changes one of them.
    const system = args.operator.systemAccount.publicKey;
    const fixed = {
      static: pulumi.jsonStringify([listeners.static, system]),
      operator: pulumi.jsonStringify([listeners.operator, system, args.operator.jwt]),
    };
    return bySide(
      (side) => serverContainer(name, { ...shared, side, ports: ports[side], fixed: fixed[side] }, child).id,
    );
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
    clusterName: string,
    ports: Sides<ServerPorts>,
    check: LinkCheckArgs | undefined,
  ): ClusterConfiguration {
    const child = { parent: this };
    const engine = engineOf(this.#dockerProvider());
    const places = bySide((side) => ({ kind: "docker" as const, engine, container: this.containers[side] }));
    const servers = bySide((side) => ({
      host: side,
      clusterPort: ports[side].clusterPort,
      config: this.configs[side],
    }));
    const wanted = pulumi.jsonStringify({ containers: this.containers, servers }).apply(digestOf);
    const { attempt } = new ConfigurationAttempt(name, { wanted }, child);
    const args = { clusterName, attempt, places, servers, ...(check === undefined ? {} : { check }) };
    return new ClusterConfiguration(name, args, child);
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

function bySide<T>(of: (side: Side) => T): Sides<T> {
  return { static: of("static"), operator: of("operator") };
}

function monitoringUrl(host: pulumi.Input<string>, { monitoringPort }: ServerPorts): pulumi.Output<string> | undefined {
  return monitoringPort === undefined ? undefined : url("http", host, monitoringPort);
}

function url(scheme: string, host: pulumi.Input<string>, port: pulumi.Input<number>): pulumi.Output<string> {
  return pulumi.interpolate`${scheme}://${host}:${port}`;
}
