import type { ProtocolPorts, ProtocolSettings } from "../model/cluster/protocols";
import type { ServerSettings } from "../model/cluster/server-settings";
import type { ServerStorage } from "../model/cluster/server-storage";
import { emptyToUndefined, omitUndefined } from "../model/form/order";
import { block, comment, element, line, list, setting, settings, type Lines } from "./lines";
import { protocolSections, startupProtocols } from "./protocols";
import type { RemoteBlocks } from "./remotes";
import { serverSettingsLines, startupOnly } from "./server-settings";
import { tlsLines, type TlsBlocks } from "./tls";

/** The settings of a server that have nothing to do with accounts: names, ports, files, JetStream. */
export interface Listener extends ProtocolPorts {
  /** Server name (`server_name`). */
  readonly serverName: string;
  /** Cluster name. Servers reject routes from servers with another cluster name. */
  readonly clusterName: string;
  /** Client port. */
  readonly clientPort: number;
  /** Port for routes from other servers. */
  readonly clusterPort: number;
  /**
   * HTTP monitoring port. The endpoint is unauthenticated.
   *
   * @default no monitoring
   */
  readonly monitoringPort?: number;
  /**
   * IP address to listen on for clients.
   *
   * @default all addresses of its container, of which the engine publishes ports
   */
  readonly address?: string;
  /**
   * IP address to listen on for routes.
   *
   * @default the address for clients
   */
  readonly clusterAddress?: string;
  /**
   * IP address to listen on for monitoring.
   *
   * @default the address for clients
   */
  readonly monitoringAddress?: string;
  /**
   * Files that the server writes.
   *
   * @default a log on stderr, which the container engine keeps
   */
  readonly files?: ServerFiles;
  /**
   * JetStream, and how much it may store.
   *
   * @default no JetStream
   */
  readonly jetstream?: ServerStorage;
  /**
   * True for the only server of a cluster with JetStream: it runs JetStream alone, because a member of a cluster would wait for
   * others.
   *
   * @default false: it accepts routes
   */
  readonly isAlone?: boolean;
  /**
   * Public keys of trusted proxies. Changing them restarts the server: nats-server 2.15.2 crashes when a reload adds the
   * first one.
   *
   * @default none
   */
  readonly trustedProxies?: readonly string[];
  /**
   * Limits, timeouts and other settings, valid and normalized.
   *
   * @default those of nats-server
   */
  readonly settings?: ServerSettings;
  /**
   * Settings of the protocols that have a port, valid and normalized.
   *
   * @default those of nats-server
   */
  readonly protocols?: ProtocolSettings;
  /**
   * Certificates and settings of TLS, without problems.
   *
   * @default no TLS
   */
  readonly tls?: TlsBlocks;
  /**
   * Hubs to which it connects as a leaf node.
   *
   * @default none
   */
  readonly remotes?: RemoteBlocks;
  /**
   * Name of the file that holds the secret part of the configuration, next to it.
   *
   * @default routes.conf
   */
  readonly routesFile?: string;
  /**
   * Address and port by which other servers reach it, if they differ for servers in other networks.
   *
   * @default they get the address on which it listens, or from which its routes come
   */
  readonly advertise?: string;
}

/** The files of a server. Paths are absolute, or relative to the folder that it is started in. */
export interface ServerFiles {
  /**
   * Log file. The server rotates it.
   *
   * @default stderr, which a container engine keeps
   */
  readonly log?: string;
  /** Folder for stored streams. */
  readonly store: string;
}

/**
 * Leaves out what has no effect: addresses that equal the one for clients, and address and path of monitoring without a port. A
 * server is restarted when its listener changes.
 */
export function normalizeListener({
  clusterAddress,
  monitoringAddress,
  settings: known,
  ...listener
}: Listener): Listener {
  const { address, monitoringPort } = listener;
  const monitoringBasePath = monitoringPort === undefined ? undefined : known?.monitoringBasePath;
  const used = emptyToUndefined(omitUndefined<ServerSettings>({ ...known, monitoringBasePath }));
  return {
    ...listener,
    ...(used === undefined ? {} : { settings: used }),
    ...(clusterAddress === undefined || clusterAddress === address ? {} : { clusterAddress }),
    ...(monitoringAddress === undefined || monitoringAddress === address || monitoringPort === undefined
      ? {}
      : { monitoringAddress }),
  };
}

/** A listener without what it reloads, and without certificates and remotes, which have startup settings of their own. */
export type StartupListener = Omit<Listener, "tls" | "remotes" | "advertise">;

/** Returns the part of a listener that a server reads only when it starts: it rejects a reload that changes it. */
export function startupListener({
  settings: known,
  protocols,
  advertise: _reloaded,
  ...listener
}: StartupListener & Pick<Listener, "advertise">): StartupListener {
  return omitUndefined<StartupListener>({
    ...listener,
    settings: known === undefined ? undefined : startupOnly(known),
    protocols: protocols === undefined ? undefined : startupProtocols(protocols),
  });
}

/** Name of the file that holds the secret part of a configuration, next to it: see {@link routesConfig}. */
export const ROUTES_FILE = "routes.conf";

const ANY_ADDRESS = "0.0.0.0";

/** Size in bytes at which the log rotates, and number of files: the same as for the log of a container. */
const LOG_SIZE = 10_000_000;
const LOG_COUNT = 3;

/** The comment at the top of a configuration. */
export function header(side: string, operator: string): Lines {
  return [
    comment(`${side} side of operator ${JSON.stringify(operator)}.`),
    comment("Rendered by pulumi-nats-auth: change the program, not this file."),
  ];
}

/** The sections of a configuration that have nothing to do with accounts. */
export function listenerSections(listener: Listener): Lines[] {
  const { serverName, clientPort, monitoringPort, address: host = ANY_ADDRESS } = listener;
  const { monitoringAddress = host, tls = {} } = listener;
  const monitoring = monitoringPort === undefined ? undefined : `${inUrl(monitoringAddress)}:${monitoringPort}`;
  return [
    settings({
      server_name: serverName,
      host,
      port: clientPort,
      [tls.monitoring === true ? "https" : "http"]: monitoring,
      http_base_path: listener.settings?.monitoringBasePath,
      allow_non_tls: tls.clients?.allowPlaintext,
    }),
    tlsLines(tls.clients),
    [...fileSettings(listener.files), ...storageSettings(listener.jetstream)],
    listener.settings === undefined ? [] : serverSettingsLines(listener.settings),
    listener.isAlone === true ? [] : clusterBlock(listener),
    ...protocolSections(host, listener, { settings: listener.protocols, tls, remotes: listener.remotes }),
    block(
      "proxies",
      list(
        "trusted",
        (listener.trustedProxies ?? []).flatMap((key) => element([setting("key", key)], "one line")),
      ),
    ),
  ];
}

function clusterBlock({
  clusterName,
  clusterPort,
  address = ANY_ADDRESS,
  clusterAddress = address,
  tls,
  routesFile = ROUTES_FILE,
  advertise,
}: Listener): Lines {
  return block("cluster", [
    ...settings({ name: clusterName, host: clusterAddress, port: clusterPort, advertise }),
    ...tlsLines(tls?.routes),
    comment("A client that can log in to one server only must not be sent to the other one."),
    ...settings({ no_advertise: true }),
    comment("Who may open a route, and where the other server is."),
    line(`include ${JSON.stringify(`./${routesFile}`)}`),
  ]);
}

function fileSettings(files: ServerFiles | undefined): Lines {
  const log = files?.log;
  return [
    ...(log === undefined ? [] : settings({ log_file: log, logfile_size_limit: LOG_SIZE, logfile_max_num: LOG_COUNT })),
    ...settings({ store_dir: files?.store }),
  ];
}

/** Sizes are normalized: they are numbers of bytes. */
function storageSettings(storage: ServerStorage | undefined): Lines {
  if (storage === undefined) {
    return [];
  }
  const limits = settings({
    max_memory_store: storage.memoryStorage,
    max_file_store: storage.fileStorage,
    domain: storage.domain,
  });
  return limits.length === 0 ? settings({ jetstream: true }) : block("jetstream", limits);
}

/** An IP address in a URL. */
function inUrl(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}
