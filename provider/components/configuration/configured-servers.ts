import { posix, win32 } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { digestOfFiles } from "../../config/config-digest";
import { ROUTES_FILE } from "../../config/listener";
import { renderRoutesConfig, type Peer } from "../../config/routes";
import { diagnose, keyPath, type Diagnostic } from "../../diagnostics/diagnostic";
import { perServer, serverName, type PerServer } from "../../model/cluster/servers";
import { clusterNameDiagnostics } from "../../model/cluster/cluster";
import { LOOPBACK } from "../../model/cluster/loopback";
import { portsDiagnostics } from "../../model/cluster/ports";
import { omitUndefined, sortEntries } from "../../model/form/order";
import { hasShape, isRecord } from "../../model/form/shape";
import { derivePassword } from "../../nkeys/keys";
import { MAIN_FILE } from "../../servers/server";
import { clusterNameArgDiagnostics, configRenderer, createListener, type ListenerSettings } from "./model";
import { normalizeProtocols, protocolsArgsDiagnostics } from "./protocols";
import { effectiveSettings, settingsArgsDiagnostics } from "./server-settings";
import { CONFIGURED_SERVER, type AuthConfigurationArgs, type ConfiguredServerArgs } from "./auth-configuration-args";
import {
  jetstreamArgsDiagnostics,
  normalizeStorage,
  proxyArgsDiagnostics,
  routesArgsDiagnostics,
  routesVersion,
  sortProxyKeys,
} from "./shared-settings";
import { addressDiagnostics, hostDiagnostics, urlHost } from "./addresses";
import { textOf } from "./server-args";
import { portsByName, type DeclaredServer } from "./declared-server";
import { findPlaintextPorts } from "./plaintext-ports";
import { hasParts } from "./configuration-args";
import { withConnections } from "./connections";
import { findPlaintextRemotes, remotesDiagnostics, type ServerWithResolved } from "./remote-checks";
import { resolveRemotes, type ResolvedRemotes } from "./remotes";
import { resolveTls, type ResolvedTls } from "./tls";
import type { TlsServer } from "./tls-diagnostics";
import type { PlaintextPort } from "../../model/cluster/tls";

/** A server that something else deploys, with defaults applied. */
export interface ConfiguredServer<Name extends string = string> extends Omit<DeclaredServer<Name>, "host"> {
  readonly host: pulumi.Input<string>;
  readonly bindAddress: pulumi.Input<string>;
  readonly monitoringAddress: pulumi.Input<string>;
  readonly resolvedTls: ResolvedTls | undefined;
  readonly resolvedRemotes: ResolvedRemotes | undefined;
}

/** Whole files of a server. */
export interface ServerFiles {
  readonly config: pulumi.Output<string>;
  readonly routes: pulumi.Output<string>;
  readonly digest: pulumi.Output<string>;
  readonly serverName: pulumi.Output<string>;
  readonly clientUrl: pulumi.Output<string>;
  /** Files with certificates and keys, by name. */
  readonly tls: pulumi.Output<Readonly<Record<string, string>>>;
  /** Files with logins of remotes, by name. */
  readonly remotes: pulumi.Output<Readonly<Record<string, string>>>;
}

export const CLIENT_PORT = 4_222;
export const CLUSTER_PORT = 6_222;
const ANY_ADDRESS = "0.0.0.0";
/** Where the image and the Helm chart of nats-server store streams. */
export const STORE_FOLDER = "/data";
const TLS_FOLDER = "/etc/nats";

/** Returns the servers of a configuration in a stable order. Leaves out malformed ones. */
export function configuredServers<Name extends string>(
  args: AuthConfigurationArgs<Name>,
): readonly ConfiguredServer<Name>[] {
  const { servers, tls: ofCluster, tlsFolder = TLS_FOLDER } = args;
  const folder = pulumi.interpolate`${textOf(tlsFolder)}/`;
  const wellFormed = sortEntries<ConfiguredServerArgs>(isRecord(servers) ? servers : {}).filter(([, server]) =>
    hasShape(CONFIGURED_SERVER, server),
  );
  return wellFormed.map(([name, server]): ConfiguredServer<Name> => {
    const { mode, host, clientPort = CLIENT_PORT, clusterPort = CLUSTER_PORT, monitoringPort } = server;
    const { leafNodePort, websocketPort, mqttPort } = server;
    const { bindAddress = ANY_ADDRESS, monitoringAddress = LOOPBACK } = server;
    const ports = { clientPort, clusterPort, monitoringPort, leafNodePort, websocketPort, mqttPort };
    const settings = server.settings === undefined ? {} : { settings: server.settings };
    const path = keyPath("servers", name);
    const tls = server.tls === undefined ? {} : { tls: server.tls };
    const remotes = server.remotes === undefined ? {} : { remotes: server.remotes };
    const resolvedTls = resolveTls({ tls: ofCluster, folder, isLocal: false }, { name, path, ports, ...tls });
    const resolvedRemotes = hasParts(args)
      ? resolveRemotes({ args, folder, isLocal: false }, { path, ...remotes })
      : undefined;
    return {
      name: name as Name,
      mode,
      path,
      ports,
      host,
      bindAddress,
      monitoringAddress,
      ...settings,
      ...tls,
      ...remotes,
      resolvedTls,
      resolvedRemotes,
    };
  });
}

/** Checks the servers of a configuration, and what they have in common. @param connecting the servers with remotes */
export function configuredServersDiagnostics(
  name: string,
  args: AuthConfigurationArgs,
  servers: readonly ConfiguredServer[],
  connecting: readonly ServerWithResolved[],
): pulumi.Output<readonly Diagnostic[]>[] {
  const { clusterName, jetstream, trustedProxies, storeFolder, tlsFolder } = args;
  // Without servers, what accounts need of them is not known.
  const isChecked = (argument: unknown) => servers.length > 0 || argument !== undefined;
  return [
    clusterName === undefined
      ? pulumi.output(servers.length === 0 ? [] : clusterNameDiagnostics(name))
      : pulumi.output(clusterName).apply(clusterNameArgDiagnostics),
    ...(isChecked(jetstream) ? jetstreamArgsDiagnostics(args) : []),
    ...(isChecked(trustedProxies) ? proxyArgsDiagnostics(args) : []),
    ...routesArgsDiagnostics(args),
    ...settingsArgsDiagnostics(args, servers),
    ...protocolsArgsDiagnostics(args, servers),
    ...remotesDiagnostics(args, connecting, servers.length > 0),
    ...Object.entries({ storeFolder, tlsFolder }).flatMap(([path, folder]) =>
      folder === undefined ? [] : [pulumi.output(folder).apply((known) => folderDiagnostics(path, known))],
    ),
    pulumi
      .output(servers.map(({ path, ports, host }) => ({ host, ports: portsByName(path, ports) })))
      .apply(portsByHostDiagnostics),
    ...servers.flatMap(({ path, host, bindAddress, monitoringAddress }) => [
      pulumi.output(host).apply((known) => hostDiagnostics(keyPath(path, "host"), known)),
      pulumi.output(bindAddress).apply((known) => addressDiagnostics(keyPath(path, "bindAddress"), known)),
      pulumi.output(monitoringAddress).apply((known) => addressDiagnostics(keyPath(path, "monitoringAddress"), known)),
    ]),
  ];
}

/** Servers on the same host need ports of their own. */
function portsByHostDiagnostics(
  servers: readonly { readonly host: string; readonly ports: Readonly<Record<string, number>> }[],
): Diagnostic[] {
  const hosts = [...new Set(servers.map(({ host }) => host))];
  return hosts.flatMap((host) =>
    portsDiagnostics(
      Object.assign(
        {},
        ...servers.filter((server) => server.host === host).map(({ ports }) => ports),
      ) as object as Record<string, number>,
    ),
  );
}

/** Checks a folder on the machines of the servers: an absolute path on Linux or Windows, whichever they run on. */
export function folderDiagnostics(path: string, folder: unknown): Diagnostic[] {
  const isAbsolute = typeof folder === "string" && (posix.isAbsolute(folder) || win32.isAbsolute(folder));
  return diagnose({
    code: "NA4094",
    path,
    value: folder,
    problem: isAbsolute && folder.isWellFormed() ? undefined : "is not an absolute path",
    remedy: "Use an absolute path on the machines of the servers, such as `/var/lib/nats`.",
  });
}

/** Renders the files of all servers. */
export function renderServerFiles<Name extends string>(
  name: string,
  args: AuthConfigurationArgs,
  servers: readonly ConfiguredServer<Name>[],
): PerServer<ServerFiles, Name> {
  const clusterName = textOf(args.clusterName ?? name);
  const render = configRenderer(args, false);
  const protocols = normalizeProtocols(args, servers);
  const password = routePassword(args, clusterName);
  const peers = pulumi.output(
    servers.map((server) => ({
      name: server.name,
      host: server.host,
      clusterPort: server.ports.clusterPort,
      ...(server.resolvedTls?.has.routes === true ? { tls: true } : {}),
    })),
  );
  return perServer(servers, (server): ServerFiles => {
    const placed = listenerSettings(args, server, servers.length);
    const plain = createListener(clusterName, server, placed, { settings: effectiveSettings(args, server), protocols });
    const { resolvedTls, resolvedRemotes } = server;
    const listener = withConnections(plain, resolvedTls, resolvedRemotes?.blocks);
    const config = render(server, listener);
    const routes = pulumi.secret(
      pulumi.all([peers, password]).apply(([all, secret]) => {
        const others = all.filter((peer) => peer.name !== server.name);
        return renderRoutesConfig(
          others.map(({ host, clusterPort, tls }) => omitUndefined<Peer>({ host: urlHost(host), clusterPort, tls })),
          secret,
        );
      }),
    );
    const digest = pulumi
      .all([config, routes, pulumi.output(resolvedRemotes?.files)])
      .apply(([main, secret, included]) => digestOfFiles({ [MAIN_FILE]: main, [ROUTES_FILE]: secret, ...included }));
    return {
      config,
      routes,
      // It depends on the password of the routes, which cannot be derived from it. That of a user of a hub could be guessed.
      digest: resolvedRemotes?.hasPassword === true ? digest : pulumi.unsecret(digest),
      serverName: clusterName.apply((cluster) => serverName(cluster, server.name)),
      tls: resolvedTls?.files ?? pulumi.output<Record<string, string>>({}),
      remotes: resolvedRemotes?.files ?? pulumi.output<Record<string, string>>({}),
      clientUrl: pulumi.interpolate`${resolvedTls?.has.clients === true ? "tls" : "nats"}://${pulumi.output(server.host).apply(urlHost)}:${server.ports.clientPort}`,
    };
  });
}

/** Derives the password of the routes from a secret of the operator, so that it needs no resource of its own. */
export function routePassword(args: AuthConfigurationArgs, clusterName: pulumi.Output<string>): pulumi.Output<string> {
  const version = routesVersion(args);
  return pulumi
    .all([args.operator.checkSigner, clusterName, version])
    .apply(([seed, cluster, known = ""]) => derivePassword(seed, `pulumi-nats-auth: routes of ${cluster}, ${known}`));
}

function listenerSettings(
  args: AuthConfigurationArgs,
  { bindAddress, monitoringAddress }: ConfiguredServer,
  count: number,
): ListenerSettings {
  const { jetstream, storeFolder = STORE_FOLDER } = args;
  return omitUndefined<ListenerSettings>({
    address: bindAddress,
    monitoringAddress,
    files: jetstream === undefined ? undefined : { store: storeFolder },
    jetstream: jetstream === undefined ? undefined : normalizeStorage(jetstream),
    isAlone: jetstream !== undefined && count === 1 ? true : undefined,
    trustedProxies: sortProxyKeys(args),
  });
}

/** Finds the ports that others than the same machine reach without TLS. @param connecting the servers with remotes */
export function configuredPlaintextPorts(
  { jetstream }: AuthConfigurationArgs,
  servers: readonly ConfiguredServer[],
  connecting: readonly ServerWithResolved[],
): pulumi.Output<readonly PlaintextPort[]> {
  const isAlone = jetstream !== undefined && servers.length === 1;
  const ports = findPlaintextPorts(
    servers.map(({ bindAddress, monitoringAddress, ...server }) => ({
      ...server,
      addresses: { bindAddress, clusterAddress: bindAddress, monitoringAddress },
      opensRoutes: !isAlone,
    })),
  );
  return pulumi.all([ports, findPlaintextRemotes(connecting)]).apply((lists) => lists.flat());
}

/** Adds the hosts by which clients and the other servers reach each server: its certificates must be valid for them. */
export function reachedConfigured(servers: readonly ConfiguredServer[]): readonly TlsServer[] {
  return servers.map(({ name, path, ports, host, resolvedTls }) => ({
    name,
    path,
    ports,
    resolved: resolvedTls,
    hosts: pulumi.output(host).apply((known) => ({ clients: [known], routes: servers.length > 1 ? [known] : [] })),
  }));
}
