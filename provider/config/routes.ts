import { deployedSection } from "./deployed";
import { block, settings, texts, renderText } from "./lines";
import { setting } from "./syntax";
/** User name of the servers when they open routes to each other. */
const ROUTE_USER = "route";

/** Seconds that a server has to authenticate a route. */
const AUTHORIZATION_TIMEOUT = 5;

/** Another server of a cluster, as a server reaches it. */
export interface Peer {
  readonly host: string;
  readonly clusterPort: number;
  /**
   * Whether its routes are encrypted.
   *
   * @default false
   */
  readonly tls?: boolean;
}

/**
 * Renders the secret part of a server's `cluster` block: route authorization, and the routes to the other servers.
 *
 * @param password the cluster's password, of characters that a URL may contain unescaped
 */
export function renderRoutesConfig(peers: readonly Peer[], password: string): string {
  return renderText([
    block("authorization", settings({ user: ROUTE_USER, password, timeout: AUTHORIZATION_TIMEOUT })),
    texts(
      "routes",
      // nats-server encrypts all routes or none. The scheme differs so that it opens its routes again when that changes.
      peers.map(({ host, clusterPort, tls }) => {
        return `${tls === true ? "tls" : "nats"}://${ROUTE_USER}:${password}@${host}:${clusterPort}`;
      }),
    ),
  ]);
}

/** Setting for the number of connections that a route consists of. */
const POOL_SIZE = "pool_size";
/** One more than the servers' default. */
const OTHER_POOL_SIZE = 4;

/**
 * The same routes with another number of connections: a server that reloads it opens its routes again, and both servers send
 * each other their clients' subscriptions again. Writing the route's URL differently would do so too, but the server logs the
 * URL, with its password.
 *
 * @param routes what {@link renderRoutesConfig} returned
 */
export function withReopenedRoutes(routes: string): string {
  return `${routes}\n${setting(POOL_SIZE, OTHER_POOL_SIZE)}\n`;
}

/** True for what {@link withReopenedRoutes} returned. */
export function hasReopenedRoutes(routes: string): boolean {
  return deployedSection(routes).get(POOL_SIZE) === OTHER_POOL_SIZE;
}
