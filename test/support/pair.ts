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
import { otherSide, SIDES, type Side } from "./sides";
import { freePorts } from "./stack-ports";
import type { World } from "./world";

/** The password of routes in tests. */
export const ROUTE_PASSWORD = "5d41402abc4b2a76b9719d911017c592";

const LOOPBACK = "127.0.0.1";
const ATTEMPTS = 3;

/** Where each of two servers listens. */
export type Listeners = Readonly<Record<Side, Listener>>;

/** Two running servers, one of each kind, in one cluster. */
export interface Pair {
  readonly listeners: Listeners;
  readonly servers: Readonly<Record<Side, Server>>;
  /** The folder that both run in. */
  readonly cluster: string;
  /** Stops both, and takes their files away. */
  stop(): void;
}

/** The address of a pair's server for clients. */
export function urlOf({ listeners }: Pair, side: Side): string {
  return `nats://${LOOPBACK}:${listeners[side].clientPort}`;
}

/** The link between two servers. */
export interface Link {
  /**
   * Whether a route joins them.
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
   * JetStream of both.
   *
   * @default none
   */
  readonly jetstream?: ServerStorage;
  /**
   * The proxies that both trust.
   *
   * @default none
   */
  readonly trustedProxies?: readonly string[];
}

/** The configuration files of one server, as the components put them into its container. */
export function filesOf(
  side: Side,
  { model, tokens }: World,
  listeners: Listeners,
  { linked = true, password = ROUTE_PASSWORD }: Link = {},
): ConfigFiles {
  const peer = listeners[otherSide(side)];
  const tls = pairTls();
  const scheme = tls === undefined ? {} : { tls: true };
  const config =
    side === "static"
      ? renderStaticConfig(model, listeners.static)
      : renderOperatorConfig(model, tokens, listeners.operator);
  return {
    [MAIN_FILE]: config.text,
    [ROUTES_FILE]: linked
      ? renderRoutesConfig([{ host: LOOPBACK, clusterPort: peer.clusterPort, ...scheme }], password)
      : "",
    ...(tls === undefined ? {} : pairFiles(tls)),
  };
}

/** Starts both servers of a world. Tries again when another process has taken a port in the meantime. */
export async function startPair(world: World, link: Link = {}): Promise<Pair> {
  for (let attempt = 1; ; attempt += 1) {
    const pair = await newPair(await freeListeners("nats", link));
    try {
      await Promise.all(SIDES.map((side) => pair.servers[side].put(filesOf(side, world, pair.listeners, link))));
      await Promise.all(SIDES.map((side) => pair.servers[side].start()));
      return pair;
    } catch (error) {
      pair.stop();
      if (attempt === ATTEMPTS || !String(error).includes("address already in use")) {
        throw error;
      }
    }
  }
}

/** Runs something with both servers of a world, which are stopped whatever happens. */
export async function withPair<T>(world: World, use: (pair: Pair) => Promise<T>, link: Link = {}): Promise<T> {
  const pair = await startPair(world, link);
  try {
    return await use(pair);
  } finally {
    pair.stop();
  }
}

/** Two servers that are not started yet. */
export async function newPair(listeners: Listeners): Promise<Pair> {
  const cluster = newCluster();
  const { server: ofStatic } = await newServer(cluster, "static");
  const { server: ofOperator } = await newServer(cluster, "operator");
  return {
    listeners,
    cluster,
    servers: { static: ofStatic, operator: ofOperator },
    stop() {
      removeCluster(cluster);
    },
  };
}

/** Listeners on four free ports. */
export async function freeListeners(
  clusterName = "nats",
  { jetstream, trustedProxies }: Link = {},
): Promise<Listeners> {
  const [a = 0, b = 0, c = 0, d = 0] = await freePorts(4);
  const storage = jetstream === undefined ? {} : { jetstream, files: { store: STORE } };
  const tls = pairTls();
  const encrypted = tls === undefined ? {} : { tls: pairBlocks(tls) };
  const shared = { clusterName, ...encrypted, ...storage, ...(trustedProxies === undefined ? {} : { trustedProxies }) };
  return {
    static: { serverName: `${clusterName}-static`, clientPort: a, clusterPort: b, ...shared },
    operator: { serverName: `${clusterName}-operator`, clientPort: c, clusterPort: d, ...shared },
  };
}
