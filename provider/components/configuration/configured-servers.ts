import { isIP } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import { digestOfFiles } from "../../config/config-digest";
import { ROUTES_FILE } from "../../config/listener";
import { renderRoutesConfig } from "../../config/routes";
import { diagnose, keyPath, type Diagnostic } from "../../diagnostics/diagnostic";
import { perServer, type PerServer } from "../../model/cluster/servers";
import { clusterNameDiagnostics } from "../../model/cluster/cluster";
import { portsDiagnostics } from "../../model/cluster/ports";
import { omitUndefined, sortEntries } from "../../model/form/order";
import { hasShape, isRecord } from "../../model/form/shape";
import { derivePassword } from "../../nkeys/keys";
import { MAIN_FILE } from "../../servers/server";
import { addressDiagnostics, urlHost } from "../cluster/addresses";
import { textOf } from "../cluster/cluster-args";
import {
  clusterNameArgDiagnostics,
  configRenderer,
  createListener,
  serverName,
  type ListenerSettings,
} from "../cluster/cluster-model";
import { portsByName, type DeclaredServer } from "../cluster/cluster-servers";
import {
  jetstreamArgsDiagnostics,
  normalizeStorage,
  proxyArgsDiagnostics,
  routesArgsDiagnostics,
  routesVersion,
  sortProxyKeys,
} from "../cluster/cluster-settings";
import { effectiveSettings, settingsArgsDiagnostics } from "../cluster/server-settings";
import { CONFIGURED_SERVER, type AuthConfigurationArgs, type ConfiguredServerArgs } from "./auth-configuration-args";

/** A server that something else deploys, with defaults applied. */
export interface ConfiguredServer<Name extends string = string> extends Omit<DeclaredServer<Name>, "host"> {
  readonly host: pulumi.Input<string>;
  readonly bindAddress: pulumi.Input<string>;
  readonly monitoringAddress: pulumi.Input<string>;
}

/** Whole files of a server. */
export interface ServerFiles {
  readonly config: pulumi.Output<string>;
  readonly routes: pulumi.Output<string>;
  readonly digest: pulumi.Output<string>;
  readonly serverName: pulumi.Output<string>;
  readonly clientUrl: pulumi.Output<string>;
}

const CLIENT_PORT = 4_222;
const CLUSTER_PORT = 6_222;
const ANY_ADDRESS = "0.0.0.0";
const LOOPBACK = "127.0.0.1";
/** Where the image and the Helm chart of nats-server store streams. */
const STORE_FOLDER = "/data";

/** Returns the servers of a configuration in a stable order. Leaves out malformed ones. */
export function configuredServers<Name extends string>({
  servers,
}: AuthConfigurationArgs<Name>): readonly ConfiguredServer<Name>[] {
  const wellFormed = sortEntries<ConfiguredServerArgs>(isRecord(servers) ? servers : {}).filter(([, args]) =>
    hasShape(CONFIGURED_SERVER, args),
  );
  return wellFormed.map(([name, args]): ConfiguredServer<Name> => {
    const { mode, host, clientPort = CLIENT_PORT, clusterPort = CLUSTER_PORT, monitoringPort } = args;
    const { bindAddress = ANY_ADDRESS, monitoringAddress = LOOPBACK } = args;
    const ports = { clientPort, clusterPort, monitoringPort };
    const settings = args.settings === undefined ? {} : { settings: args.settings };
    const path = keyPath("servers", name);
    return { name: name as Name, mode, path, ports, host, bindAddress, monitoringAddress, ...settings };
  });
}

/** Checks the servers of a configuration, and what they have in common. */
export function configuredServersDiagnostics(
  name: string,
  args: AuthConfigurationArgs,
  servers: readonly ConfiguredServer[],
): pulumi.Output<readonly Diagnostic[]>[] {
  if (servers.length === 0) {
    return [];
  }
  return [
    args.clusterName === undefined
      ? pulumi.output(clusterNameDiagnostics(name))
      : pulumi.output(args.clusterName).apply(clusterNameArgDiagnostics),
    ...jetstreamArgsDiagnostics(args),
    ...proxyArgsDiagnostics(args),
    ...routesArgsDiagnostics(args),
    ...settingsArgsDiagnostics(args, servers),
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

const HOST_NAME = /^[A-Za-z0-9](?:[\w.-]{0,252}[A-Za-z0-9])?$/;

/** Checks the host of a server. */
export function hostDiagnostics(path: string, host: unknown): Diagnostic[] {
  const isValid = typeof host === "string" && (isIP(host) !== 0 || HOST_NAME.test(host));
  return diagnose({
    code: "NA4093",
    path,
    value: host,
    problem: isValid ? undefined : "is not a valid host name or IP address",
    remedy: "Use a host without port and scheme, such as `n1.example.org`.",
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
  const password = routePassword(args, clusterName);
  const peers = pulumi.output(
    servers.map((server) => ({ name: server.name, host: server.host, clusterPort: server.ports.clusterPort })),
  );
  return perServer(servers, (server): ServerFiles => {
    const placed = listenerSettings(args, server, servers.length);
    const config = render(server, createListener(clusterName, server, placed, effectiveSettings(args, server)));
    const routes = pulumi.secret(
      pulumi.all([peers, password]).apply(([all, secret]) => {
        const others = all.filter((peer) => peer.name !== server.name);
        return renderRoutesConfig(
          others.map(({ host, clusterPort }) => ({ host: urlHost(host), clusterPort })),
          secret,
        );
      }),
    );
    const digest = pulumi
      .all([config, routes])
      .apply(([main, secret]) => digestOfFiles({ [MAIN_FILE]: main, [ROUTES_FILE]: secret }));
    return {
      config,
      routes,
      // It depends on the password, which cannot be derived from it.
      digest: pulumi.unsecret(digest),
      serverName: clusterName.apply((cluster) => serverName(cluster, server.name)),
      clientUrl: pulumi.interpolate`nats://${pulumi.output(server.host).apply(urlHost)}:${server.ports.clientPort}`,
    };
  });
}

/** Derives the password of the routes from a secret of the operator, so that it needs no resource of its own. */
function routePassword(args: AuthConfigurationArgs, clusterName: pulumi.Output<string>): pulumi.Output<string> {
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
