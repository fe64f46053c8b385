import { block, file, settings, texts } from "./syntax";

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
