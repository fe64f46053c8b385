import { MAIN_FILE, type ConfigFiles } from "../../provider/servers/server";
import { renderRoutesConfig } from "../../provider/config/routes";
import { newCluster, newServer, removeCluster } from "./local-server";
import type { ProcessServer } from "../../provider/servers/process/process";

/** The address that foreign servers listen on. */
export const HOST = "127.0.0.1";
/** The file with a rendered text that a foreign configuration includes. */
export const INCLUDED = "authorization.conf";

/** Where a foreign server listens, and what its configuration contains besides the accounts. */
export interface ForeignServer {
  readonly clientPort: number;
  readonly clusterPort: number;
  /** Ports for routes of the other servers. */
  readonly peers: readonly number[];
  /** @default {@link PASSWORD} */
  readonly password?: string;
  /** More settings. */
  readonly more?: string;
}

const PASSWORD = "0123456789abcdef";

/** Returns a configuration that somebody else wrote, with the place where it needs the accounts. */
export function writtenByHand(
  name: string,
  { clientPort, clusterPort, peers, password, more = "" }: ForeignServer,
): string {
  const routes = peers.map((port) => ({ host: HOST, clusterPort: port }));
  return `
# Written by somebody else.
server_name: their-${name}
listen: "${HOST}:${clientPort}"
max_payload: 64KB
include "./${INCLUDED}"
cluster {
  name: theirs
  listen: "${HOST}:${clusterPort}"
  no_advertise: true
  ${renderRoutesConfig(routes, password ?? PASSWORD)}
}
${more}
max_connections: 100
`;
}

/** Plain nats-servers that run with configurations of their own. */
export class ForeignServers {
  readonly #cluster = newCluster();
  readonly #servers = new Map<string, ProcessServer>();

  /** Starts a server, or starts it again with other files. */
  async start(name: string, files: ConfigFiles): Promise<void> {
    const present = this.#servers.get(name);
    if (present !== undefined) {
      await present.stop();
    }
    const { server } = await newServer(this.#cluster, name);
    this.#servers.set(name, server);
    await server.put(files);
    await server.start();
  }

  /** Starts a server whose configuration includes a rendered text. */
  async include(name: string, listener: ForeignServer, text: string): Promise<void> {
    await this.start(name, { [MAIN_FILE]: writtenByHand(name, listener), [INCLUDED]: text });
  }

  async stop(name: string): Promise<void> {
    await this.#servers.get(name)?.stop();
  }

  /** Returns whether the process of a server runs. */
  async condition(name: string): Promise<string | undefined> {
    return (await this.#servers.get(name)?.state())?.process;
  }

  remove(): void {
    removeCluster(this.#cluster);
  }
}
