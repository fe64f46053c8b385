import type { ServerStorage } from "../model/cluster/server-storage";
import { block, comment, inline, list, setting, settings, type Lines } from "./syntax";

/** Where a server listens, and under which names it is known. */
export interface Listener {
  /** The name that the server gives itself. */
  readonly serverName: string;
  /** The cluster's name: routes between servers that do not say the same one are refused. */
  readonly clusterName: string;
  readonly clientPort: number;
  readonly clusterPort: number;
  /** @default no monitoring */
  readonly monitoringPort?: number;
  /**
   * The IP address on which it listens.
   *
   * @default all: what the world can reach is decided by the ports that its container publishes
   */
  readonly address?: string;
  /**
   * What it keeps in files.
   *
   * @default a log on stderr, which its container keeps
   */
  readonly files?: ServerFiles;
  /**
   * JetStream, and how much it may store.
   *
   * @default no JetStream
   */
  readonly jetstream?: ServerStorage;
  /**
   * The public keys of proxies through which clients may come. A server is restarted for them: nats-server 2.15.2 crashes
   * when the first one comes by a reload.
   *
   * @default none
   */
  readonly trustedProxies?: readonly string[];
}

/** The files of a server, by absolute paths or from the folder that it is started in. */
export interface ServerFiles {
  /**
   * Its log, which it renames when it has become long.
   *
   * @default stderr, which a container keeps
   */
  readonly log?: string;
  /** The folder for what streams store. */
  readonly store: string;
}

/** The file beside the configuration that holds what is secret in it: see {@link routesConfig}. */
export const ROUTES_FILE = "routes.conf";

/** All addresses. */
const ANY_ADDRESS = "0.0.0.0";

/** Bytes of a log until another one is begun, and how many there are: as much as a container keeps. */
const LOG_SIZE = 10_000_000;
const LOG_COUNT = 3;

/** The first lines of a configuration. */
export function header(side: string, operator: string): Lines {
  return [
    comment(`${side} side of operator ${JSON.stringify(operator)}.`),
    comment("Rendered by pulumi-nats-auth: change the program, not this file."),
  ];
}

/** The settings of a server that have nothing to do with who may do what. */
export function listenerSections(listener: Listener): Lines[] {
  const { serverName, clusterName, clientPort, clusterPort, monitoringPort, address: host = ANY_ADDRESS } = listener;
  return [
    settings({
      server_name: serverName,
      host,
      port: clientPort,
      http: monitoringPort === undefined ? undefined : `${inUrl(host)}:${monitoringPort}`,
    }),
    [...fileSettings(listener.files), ...storageSettings(listener.jetstream)],
    block("cluster", [
      ...settings({ name: clusterName, host, port: clusterPort }),
      comment("A client that can log in to one server only must not be sent to the other one."),
      ...settings({ no_advertise: true }),
      comment("Who may open a route, and where the other server is."),
      `include ${JSON.stringify(`./${ROUTES_FILE}`)}`,
    ]),
    block(
      "proxies",
      list(
        "trusted",
        (listener.trustedProxies ?? []).map((key) => inline([setting("key", key)])),
      ),
    ),
  ];
}

function fileSettings(files: ServerFiles | undefined): Lines {
  const log = files?.log;
  return [
    ...(log === undefined ? [] : settings({ log_file: log, logfile_size_limit: LOG_SIZE, logfile_max_num: LOG_COUNT })),
    ...settings({ store_dir: files?.store }),
  ];
}

/** Sizes are in bytes: that is their normal form. */
function storageSettings(storage: ServerStorage | undefined): Lines {
  if (storage === undefined) {
    return [];
  }
  const limits = settings({ max_memory_store: storage.memoryStorage, max_file_store: storage.fileStorage });
  return limits.length === 0 ? settings({ jetstream: true }) : block("jetstream", limits);
}

/** An IP address as a part of a URL. */
function inUrl(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}

/** A line that says a port; a text in a configuration never begins one. */
const PORT = /^(?: *port: |http: ".*:)(\d+)"?$/gm;

/** The ports on which the server of a configuration listens, as this package renders it. */
export function portsIn(config: string): number[] {
  return [...config.matchAll(PORT)].map(([, port]) => Number(port));
}
