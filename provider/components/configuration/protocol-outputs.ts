import * as pulumi from "@pulumi/pulumi";
import { PROTOCOL_PORT, type Protocol } from "../../model/cluster/protocols";
import { perServer, type PerServer } from "../../model/cluster/servers";
import { urlHost } from "./addresses";
import type { DeclaredServer } from "./declared-server";
import type { ResolvedTls } from "./tls";

/** URLs of the servers that have a port for a protocol; undefined for the others. */
type Urls<Name extends string> = PerServer<pulumi.Output<string> | undefined, Name>;

/** URLs for leaf nodes, WebSocket and MQTT. */
export interface ProtocolUrls<Name extends string = string> {
  readonly leafNodeUrls: Urls<Name>;
  readonly websocketUrls: Urls<Name>;
  readonly mqttUrls: Urls<Name>;
}

const SCHEMES: Readonly<Record<Protocol, string>> = { leafNodes: "nats-leaf", websocket: "ws", mqtt: "mqtt" };
const TLS_SCHEMES: Readonly<Record<Protocol, string>> = { leafNodes: "tls", websocket: "wss", mqtt: "mqtts" };

/** Returns the URLs of servers. @param hostOf the host by which clients reach a server */
export function protocolUrls<
  Server extends Pick<DeclaredServer, "name" | "ports"> & { readonly resolvedTls: ResolvedTls | undefined },
>(servers: readonly Server[], hostOf: (server: Server) => pulumi.Input<string>): ProtocolUrls<Server["name"]> {
  const urlsOf = (protocol: Protocol): Urls<Server["name"]> =>
    perServer(servers, (server) => {
      const { [PROTOCOL_PORT[protocol]]: port } = server.ports;
      const { resolvedTls } = server;
      const schemes = resolvedTls?.has[protocol] === true ? TLS_SCHEMES : SCHEMES;
      const host = pulumi
        .all([hostOf(server), pulumi.output(resolvedTls?.names[protocol])])
        .apply(([known, name]) => (name === undefined ? known : urlHost(name)));
      return port === undefined ? undefined : pulumi.interpolate`${schemes[protocol]}://${host}:${port}`;
    });
  return { leafNodeUrls: urlsOf("leafNodes"), websocketUrls: urlsOf("websocket"), mqttUrls: urlsOf("mqtt") };
}

/** Returns the URLs by the name of their output, without outputs that no server has. */
export function declaredUrls(urls: ProtocolUrls): pulumi.Inputs {
  const declared = Object.entries(urls).filter(([, byServer]: [string, Urls<string>]) =>
    Object.values(byServer).some((url) => url !== undefined),
  );
  return Object.fromEntries<unknown>(declared);
}
