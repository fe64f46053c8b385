import { block, file, setting, settings, texts } from "./syntax";

/** The user name under which servers open routes to each other. */
const ROUTE_USER = "route";

/** Seconds in which a server that opens a route must have said who it is. */
const AUTHORIZATION_TIMEOUT = 5;

/** The other server of a cluster, as this one reaches it. */
export interface Peer {
  readonly host: string;
  readonly clusterPort: number;
}

/**
 * The part of a server's `cluster` block that is secret: who may open a route, and the route to the other server.
 *
 * @param password the cluster's password, of characters that need no escape in a URL
 */
export function routesConfig(peer: Peer, password: string): string {
  return file([
    block("authorization", settings({ user: ROUTE_USER, password, timeout: AUTHORIZATION_TIMEOUT })),
    texts("routes", [`nats://${ROUTE_USER}:${password}@${peer.host}:${peer.clusterPort}`]),
  ]);
}

/** Connections that a route consists of: one more than servers make when nothing is said. */
const OTHER_POOL_SIZE = 4;
const POOL_SETTING = `\n${setting("pool_size", OTHER_POOL_SIZE)}\n`;

/**
 * The same routes, of another number of connections: a server that is told so makes them anew, and both servers tell each
 * other again which subjects their clients subscribe to. A route whose address is written otherwise would do it, too, but
 * the server writes the address, with its password, to its log.
 *
 * @param routes what {@link routesConfig} returned
 */
export function routesMadeAnew(routes: string): string {
  return `${routes}${POOL_SETTING}`;
}

/** True for what {@link routesMadeAnew} returned. */
export function areRoutesMadeAnew(routes: string): boolean {
  return routes.endsWith(POOL_SETTING);
}
