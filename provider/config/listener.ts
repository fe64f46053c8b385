import { block, comment, settings, type Lines } from "./syntax";

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
}

/** The file beside the configuration that holds what is secret in it: see {@link routesConfig}. */
export const ROUTES_FILE = "routes.conf";

/** All addresses: what the world can reach is decided by the ports that the container publishes. */
const ANY_HOST = "0.0.0.0";

/** The first lines of a configuration. */
export function header(side: string, operator: string): Lines {
  return [
    comment(`${side} side of operator ${JSON.stringify(operator)}.`),
    comment("Rendered by pulumi-nats-auth: change the program, not this file."),
  ];
}

/** The settings of a server that have nothing to do with who may do what. */
export function listenerSections(listener: Listener): Lines[] {
  const { serverName, clusterName, clientPort, clusterPort, monitoringPort } = listener;
  return [
    settings({
      server_name: serverName,
      host: ANY_HOST,
      port: clientPort,
      http: monitoringPort === undefined ? undefined : `${ANY_HOST}:${monitoringPort}`,
    }),
    block("cluster", [
      ...settings({ name: clusterName, host: ANY_HOST, port: clusterPort }),
      comment("A client that can log in to one server only must not be sent to the other one."),
      ...settings({ no_advertise: true }),
      comment("Who may open a route, and where the other server is."),
      `include ${JSON.stringify(`./${ROUTES_FILE}`)}`,
    ]),
  ];
}
