import * as pulumi from "@pulumi/pulumi";
import { mapServers, perServer, serverName } from "../../model/cluster/servers";
import { groupBy } from "../../model/form/order";
import { ClusterCheck, type ClusterCheckArgs } from "../../resources/cluster-check";
import { ClusterConfiguration, type RouteCheckArgs } from "../../resources/cluster-configuration";
import { ConfigurationAttempt } from "../../resources/configuration-attempt";
import type { DeclaredServer } from "../configuration/declared-server";
import { accountNames } from "../configuration/model";
import { remotesByAccount } from "../configuration/remotes";
import { routesVersion } from "../configuration/shared-settings";
import type { ClusterArgs } from "./cluster-args";
import { formatDiagnostic } from "../../diagnostics/diagnostic";
import { jetstreamCheck, lateCluster, storeArgs } from "./cluster-settings";
import { streamArgs } from "./cluster-streams";
import { secretFilesOf } from "../configuration/connections";
import { derivePassword } from "../../nkeys/keys";
import { runsOnlyOn } from "./host-targets";
import { clientHost, hasSeveralHosts, routeAddress } from "./hosts";
import { shortDigest, type PlacedServer, type Places, type ServerPlaces } from "./server-places";

/** What the configurations of a cluster depend on. */
export interface ClusterParts {
  readonly clusterName: pulumi.Output<string>;
  readonly placed: Places;
  /** The server that a verification connects to, and how. */
  readonly verified: DeclaredServer;
  readonly access: Pick<RouteCheckArgs, "url" | "tls">;
}

/** Inputs of a cluster's configuration. */
interface ConfigurationParts extends ClusterParts {
  readonly routeCheck: RouteCheckArgs | undefined;
}

/**
 * Creates the resources that configure, start and verify the servers.
 *
 * @returns the result of the verification, as text; undefined if verification is disabled
 */
export function deployConfigurations(
  name: string,
  args: ClusterArgs,
  parts: ClusterParts,
  parent: pulumi.Resource,
): pulumi.Output<string | undefined> {
  const routeCheck = args.verification === "disabled" ? undefined : routeCheckArgs(args, parts, parent);
  const configuration = configureCluster(name, args, { ...parts, routeCheck }, parent);
  const { applied, missing } = configuration;
  for (const group of parts.placed.groups) {
    if (group.kind === "kubernetes") group.limitEvictions(configuration);
  }
  missing.apply(async (warning) => {
    await (warning === undefined ? undefined : pulumi.log.warn(warning, parent));
  });
  return routeCheck === undefined
    ? pulumi.output(undefined)
    : verifyCluster(name, args, { ...parts, routeCheck }, applied, parent);
}

/** Returns the credentials and names for asking the servers whether they joined the cluster. */
function routeCheckArgs(
  args: ClusterArgs,
  { clusterName, placed: { servers }, verified, access }: ClusterParts,
  cluster: pulumi.Resource,
): RouteCheckArgs {
  const { operator } = args;
  const jetstream = jetstreamCheck(args, cluster);
  return {
    ...(areSpread(args) ? { hosts: perServer(servers, (server) => clientHost(args, server)) } : {}),
    ...(jetstream === undefined ? {} : { jetstream, accounts: accountNames(args) }),
    ...access,
    ...(verified.mode === "operator" ? {} : { mode: verified.mode }),
    systemAccount: operator.systemAccount.publicKey,
    signer: operator.checkSigner,
    serverNames: servers.map((server) => clusterName.apply((cluster) => serverName(cluster, server.name))),
  };
}

/** Returns whether clients reach servers by different hosts. */
function areSpread(args: ClusterArgs): boolean {
  return hasSeveralHosts(args) || runsOnlyOn(args, "kubernetes");
}

/** Creates the resources that write the configurations and start or reload the servers. */
function configureCluster(
  name: string,
  cluster: ClusterArgs,
  { clusterName, placed, routeCheck }: ConfigurationParts,
  parent: pulumi.Resource,
): ClusterConfiguration {
  const child = { parent };
  const places = perServer(placed.servers, ({ place }) => place);
  const isSpread = hasSeveralHosts(cluster);
  const configured = perServer(placed.servers, (server) => ({
    host: server.hostName,
    clusterPort: server.ports.clusterPort,
    config: server.config,
    ...(isSpread ? { machine: machineOf(cluster, server) } : {}),
    ...(server.resolvedTls?.has.routes === true ? { tls: true } : {}),
  }));
  const files = perServer(placed.servers, secretFilesOf);
  const servers = mapServers(configured, (server, key) => {
    const { [key]: own } = files;
    return own === undefined ? server : { ...server, files: own };
  });
  const version = routesVersion(cluster);
  const digests = perServer(placed.servers, (server) => filesDigest(cluster, server));
  const wanted = pulumi
    .jsonStringify({ ...placed.ids, servers: configured, routesVersion: version, ...withAny("files", digests) })
    .apply(shortDigest);
  const addresses = pulumi.jsonStringify(
    mapServers(configured, ({ host, clusterPort, machine, tls }) => [
      host,
      clusterPort,
      ...(machine === undefined ? (tls === undefined ? [] : [null]) : [machineAddress(machine)]),
      ...(tls === undefined ? [] : [tls]),
    ]),
  );
  const { attempt } = new ConfigurationAttempt(name, { wanted, places, addresses, routesVersion: version }, child);
  const streams = streamArgs(cluster);
  const outlines = perServer(placed.servers, ({ outline }) => outline);
  const args = { clusterName, attempt, places, servers, outlines, streams, ...storeArgs(cluster, placed) };
  return new ClusterConfiguration(name, { ...args, ...(routeCheck === undefined ? {} : { check: routeCheck }) }, child);
}

/** Returns the machine or Kubernetes cluster of a server, and how servers elsewhere reach the server. */
function machineOf(args: ClusterArgs, server: DeclaredServer) {
  const { host = "" } = server;
  return routeAddress(args, server).apply(({ address, port }) => ({
    name: host,
    address,
    ...(port === undefined ? {} : { clusterPort: port }),
  }));
}

/** Returns what {@link ConfigurationAttempt} compares: an address identifies a machine, but not the pods of a Kubernetes cluster. */
function machineAddress(machine: ReturnType<typeof machineOf>) {
  return machine.apply(({ name, address, clusterPort }) =>
    clusterPort === undefined ? address : [name, address, clusterPort],
  );
}

/** Identifies the secret files of a server, without revealing them; undefined if there are none. */
function filesDigest({ operator }: ClusterArgs, server: PlacedServer): pulumi.Output<string> | undefined {
  const files = secretFilesOf(server);
  if (files === undefined) {
    return undefined;
  }
  const text = pulumi.jsonStringify(files);
  // A digest does not reveal private keys, but passwords that somebody guesses.
  const known =
    server.resolvedRemotes === undefined
      ? text
      : pulumi
          .all([operator.checkSigner, text])
          .apply(([seed, all]) => derivePassword(seed, `pulumi-nats-auth: ${all}`));
  return pulumi.unsecret(known.apply(shortDigest));
}

/** Verifies the running servers after each change, and returns the result as text. */
function verifyCluster(
  name: string,
  args: ClusterArgs,
  { clusterName, placed, routeCheck }: ConfigurationParts & { readonly routeCheck: RouteCheckArgs },
  applied: pulumi.Output<string>,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const check = new ClusterCheck(
    name,
    {
      ...routeCheck,
      ...remotesCheck(args, placed, clusterName, parent),
      places: perServer(placed.servers, ({ place }) => place),
      applied,
      clusterName,
      accounts: accountNames(args),
    },
    { parent },
  );
  return check.result;
}

/** Returns the hubs with which each server should be connected. Warns if the verification cannot ask for that. */
function remotesCheck(
  { operator }: ClusterArgs,
  { servers }: ServerPlaces,
  clusterName: pulumi.Output<string>,
  cluster: pulumi.Resource,
): Pick<ClusterCheckArgs, "remotes"> {
  const verified = servers.flatMap(({ name, resolvedRemotes }) =>
    (resolvedRemotes?.verified ?? []).map((remote) => ({ server: name, ...remote })),
  );
  if (verified.length === 0) {
    return {};
  }
  if (!operator.checkScope.includeRemotes()) {
    pulumi.log.warn(formatDiagnostic(lateCluster("remotes")), cluster).catch(() => undefined);
    return {};
  }
  const remotes = pulumi.all([clusterName, pulumi.output(verified)]).apply(([name, all]) => {
    const byServer = groupBy(all, ({ server }) => serverName(name, server));
    return Object.fromEntries([...byServer].map(([server, ofServer]) => [server, remotesByAccount(ofServer)]));
  });
  return { remotes };
}

/** Returns an object with a property, or without it if none of its members is defined: earlier versions did not have it. */
function withAny(key: string, members: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.values(members).every((member) => member === undefined) ? {} : { [key]: members };
}
