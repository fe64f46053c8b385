import { ROUTES_FILE } from "../../config/listener";
import { renderRoutesConfig, type Peer } from "../../config/routes";
import type { PerServer } from "../../model/cluster/servers";
import { sortEntries } from "../../model/form/order";
import { MAIN_FILE, type ConfigFiles } from "../../servers/server";

/** Where a server runs, and how servers elsewhere reach it. */
export interface Machine {
  readonly name: string;
  readonly address: string;
  readonly clusterPort?: number;
}

/** The configuration of a server of the cluster, and how the others reach it. */
export interface ConfiguredServer extends Peer {
  /** The host name by which the others reach it. */
  readonly host: string;
  /** The port by which the others reach it. */
  readonly clusterPort: number;
  /** The configuration. */
  readonly config: string;
  /**
   * The machine or Kubernetes cluster on which it runs. Servers elsewhere reach it by this address in place of the host name, and by
   * this port, if there is one, in place of its own.
   *
   * @default all servers are on the same machine
   */
  readonly machine?: Machine;
  /**
   * Files with certificates and private keys, by name.
   *
   * @default none: the server has no TLS, or reads files that something else writes
   */
  readonly files?: Readonly<Record<string, string>>;
}

/** Returns the files of a server; undefined for one that the cluster does not have. */
export function filesOf(
  name: string,
  servers: PerServer<ConfiguredServer>,
  routePassword: string,
): ConfigFiles | undefined {
  const { [name]: own } = servers;
  if (own === undefined) {
    return undefined;
  }
  const peers = sortEntries(servers).flatMap(([other, peer]) => (other === name ? [] : [reachedFrom(own, peer)]));
  // Certificates first: a server that starts while the files are written finds those that its configuration names.
  return { ...own.files, [MAIN_FILE]: own.config, [ROUTES_FILE]: renderRoutesConfig(peers, routePassword) };
}

/** Returns how a server reaches another one. */
export function reachedFrom(
  { machine }: Omit<ConfiguredServer, "config">,
  { host, clusterPort, machine: other, tls }: Omit<ConfiguredServer, "config">,
): Peer {
  const isNear = other === undefined || other.name === machine?.name;
  return {
    host: isNear ? host : other.address,
    clusterPort: isNear ? clusterPort : (other.clusterPort ?? clusterPort),
    ...(tls === true ? { tls } : {}),
  };
}
