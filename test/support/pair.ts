import type { Listener } from "../../provider/config/listener";
import { ROUTES_FILE } from "../../provider/config/listener";
import { renderOperatorConfig } from "../../provider/config/operator";
import type { ServerStorage } from "../../provider/model/cluster/server-storage";
import { renderRoutesConfig } from "../../provider/config/routes";
import { renderStaticConfig } from "../../provider/config/static";
import { STORE } from "../../provider/servers/process/layout";
import { MAIN_FILE, type ConfigFiles, type Server } from "../../provider/servers/server";
import { newCluster, newServer, removeCluster } from "./local-server";
import { pairBlocks, pairFiles, pairTls } from "./pair-tls";
import { modeOf, SIDES, type Side } from "./sides";
import { freePorts } from "./stack-ports";
import type { World } from "./world";

/** The password of routes in tests. */
export const ROUTE_PASSWORD = "5d41402abc4b2a76b9719d911017c592";

const LOOPBACK = "127.0.0.1";
const ATTEMPTS = 3;

/** Where each server listens. The first letter of its name is that of its mode. */
export type Listeners<Name extends string = Side> = Readonly<Record<Name, Listener>>;

/** Running servers in one cluster. */
export interface Cluster<Name extends string = string> {
  readonly listeners: Listeners<Name>;
  readonly servers: Readonly<Record<Name, Server>>;
  /** The folder that all run in. */
  readonly cluster: string;
  /** Stops all, and takes their files away. */
  stop(): void;
}

/** Two running servers, one of each mode. */
export type Pair = Cluster<Side>;

/** The port of a server for clients. */
export function portOf({ listeners }: Pick<Cluster, "listeners">, server: string): number {
  const listener = listeners[server];
  if (listener === undefined) {
    throw new Error(`there is no server ${server}; servers are ${Object.keys(listeners).join(", ")}`);
  }
  return listener.clientPort;
}

/** The address of a server for clients. */
export function urlOf(cluster: Pick<Cluster, "listeners">, server: string): string {
  return `nats://${LOOPBACK}:${portOf(cluster, server)}`;
}

/** The link between servers. */
export interface Link {
  /**
   * Whether routes join them.
   *
   * @default true
   */
  readonly linked?: boolean;
  /**
   * What opens a route.
   *
   * @default {@link ROUTE_PASSWORD}
   */
  readonly password?: string;
  /**
   * JetStream of all.
   *
   * @default none
   */
  readonly jetstream?: ServerStorage;
  /**
   * The proxies that all trust.
   *
   * @default none
   */
  readonly trustedProxies?: readonly string[];
}

/** The configuration files of one server, as the components put them into its container. */
export function filesOf<Name extends string>(
  name: NoInfer<Name>,
  { model, tokens }: World,
  listeners: Listeners<Name>,
  { linked = true, password = ROUTE_PASSWORD }: Link = {},
): ConfigFiles {
  const listener = listeners[name];
  const tls = pairTls();
  const scheme = tls === undefined ? {} : { tls: true };
  const config =
    modeOf(name) === "static" ? renderStaticConfig(model, listener) : renderOperatorConfig(model, tokens, listener);
  const peers = Object.entries<Listener>(listeners)
    .filter(([peer]) => peer !== name)
    .map(([, { clusterPort }]) => ({ host: LOOPBACK, clusterPort, ...scheme }));
  return {
    [MAIN_FILE]: config.text,
    [ROUTES_FILE]: linked ? renderRoutesConfig(peers, password) : "",
    ...(tls === undefined ? {} : pairFiles(tls)),
  };
}

/** Starts both servers of a world. */
export function startPair(world: World, link: Link = {}): Promise<Pair> {
  return startCluster(world, SIDES, link);
}

/** Starts servers of a world. Tries again when another process has taken a port in the meantime. */
export async function startCluster<Name extends string>(
  world: World,
  names: readonly Name[],
  link: Link = {},
): Promise<Cluster<Name>> {
  for (let attempt = 1; ; attempt += 1) {
    const cluster = await newServers(await listenersOf(names, "nats", link));
    try {
      await Promise.all(names.map((name) => cluster.servers[name].put(filesOf(name, world, cluster.listeners, link))));
      await Promise.all(names.map((name) => cluster.servers[name].start()));
      return cluster;
    } catch (error) {
      cluster.stop();
      if (attempt === ATTEMPTS || !String(error).includes("address already in use")) {
        throw error;
      }
    }
  }
}

/** Runs something with both servers of a world, which are stopped whatever happens. */
export function withPair<T>(world: World, use: (pair: Pair) => Promise<T>, link: Link = {}): Promise<T> {
  return withCluster(world, SIDES, use, link);
}

/** Runs something with servers of a world, which are stopped whatever happens. */
export async function withCluster<Name extends string, T>(
  world: World,
  names: readonly Name[],
  use: (cluster: Cluster<Name>) => Promise<T>,
  link: Link = {},
): Promise<T> {
  const cluster = await startCluster(world, names, link);
  try {
    return await use(cluster);
  } finally {
    cluster.stop();
  }
}

/** Two servers that are not started yet. */
export function newPair(listeners: Listeners): Promise<Pair> {
  return newServers(listeners);
}

/** Servers that are not started yet. */
async function newServers<Name extends string>(listeners: Listeners<Name>): Promise<Cluster<Name>> {
  const cluster = newCluster();
  const places = Object.keys(listeners).map(async (name) => [name, (await newServer(cluster, name)).server] as const);
  const servers: Record<string, Server> = Object.fromEntries(await Promise.all(places));
  return {
    listeners,
    cluster,
    servers: servers as Record<Name, Server>,
    stop() {
      removeCluster(cluster);
    },
  };
}

/** Listeners of two servers on free ports. */
export function freeListeners(clusterName = "nats", link: Link = {}): Promise<Listeners> {
  return listenersOf(SIDES, clusterName, link);
}

/** Listeners on free ports. */
async function listenersOf<Name extends string>(
  names: readonly Name[],
  clusterName: string,
  { jetstream, trustedProxies }: Link,
): Promise<Listeners<Name>> {
  const ports = await freePorts(2 * names.length);
  const storage = jetstream === undefined ? {} : { jetstream, files: { store: STORE } };
  const tls = pairTls();
  const encrypted = tls === undefined ? {} : { tls: pairBlocks(tls) };
  const shared = { clusterName, ...encrypted, ...storage, ...(trustedProxies === undefined ? {} : { trustedProxies }) };
  const listeners = names.map((name, index): [Name, Listener] => {
    const [clientPort = 0, clusterPort = 0] = ports.slice(2 * index);
    return [name, { serverName: `${clusterName}-${name}`, clientPort, clusterPort, ...shared }];
  });
  return Object.fromEntries(listeners) as Record<Name, Listener>;
}
