import type * as pulumi from "@pulumi/pulumi";
import type { ServerSettings } from "../../model/cluster/server-settings";
import { MODES, type Mode } from "../../model/cluster/servers";
import type { DeepInput } from "../../resources/dynamic-resource";
import type { ServerRemotes } from "./remotes";
import type { ServerTlsArgs } from "./tls-args";

/** Ports of a server, with defaults applied. */
export interface ServerPorts {
  readonly clientPort: pulumi.Input<number>;
  readonly clusterPort: pulumi.Input<number>;
  readonly monitoringPort: pulumi.Input<number> | undefined;
  readonly leafNodePort: pulumi.Input<number> | undefined;
  readonly websocketPort: pulumi.Input<number> | undefined;
  readonly mqttPort: pulumi.Input<number> | undefined;
}

/** The pod in which a server runs. */
export interface Pod {
  /** Name of the entry of `servers` that it belongs to. */
  readonly entry: string;
  /** Its number among the pods of the entry. */
  readonly ordinal: number;
  /** Its name, which is the `server_name`, too. */
  readonly name: pulumi.Output<string>;
  /** The host by which other pods reach it. */
  readonly host: pulumi.Output<string>;
  /** Address and port by which servers outside of its Kubernetes cluster reach it; undefined if there are none. */
  readonly routeAddress?: pulumi.Output<string>;
}

/** A server as a program declares it, with defaults applied. */
export interface DeclaredServer<Name extends string = string> {
  readonly name: Name;
  readonly mode: Mode;
  /** The path of the argument with its settings. */
  readonly path: string;
  readonly ports: ServerPorts;
  /** The host on which it runs; missing in a cluster without hosts. */
  readonly host?: string;
  /** The pod in which it runs; missing on other platforms. */
  readonly pod?: Pod;
  /** Settings of its own; undefined without any. */
  readonly settings?: DeepInput<ServerSettings>;
  /** Remotes of its own; undefined without any. */
  readonly remotes?: ServerRemotes;
  /** TLS arguments of its own; undefined without any. */
  readonly tls?: ServerTlsArgs;
}

/** Returns whether servers of both modes belong to a cluster. */
export function hasBothModes(servers: readonly Pick<DeclaredServer, "mode">[]): boolean {
  return MODES.every((mode) => servers.some((server) => server.mode === mode));
}

/** Returns the server that verifications connect to: it must accept credentials that are signed for them, if one does. */
export function verifiedServer<Server extends DeclaredServer>(servers: readonly Server[]): Server | undefined {
  return servers.find(({ mode }) => mode === "operator") ?? servers[0];
}

/** Returns the ports of one server, each named `<prefix>.<port>`. */
export function portsByName(prefix: string, ports: ServerPorts): Record<string, pulumi.Input<number>> {
  const entries = Object.entries(ports).flatMap(([name, port]: [string, pulumi.Input<number> | undefined]) =>
    port === undefined ? [] : [[`${prefix}.${name}`, port] as const],
  );
  return Object.fromEntries(entries);
}
