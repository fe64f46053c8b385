import { isIP } from "node:net";
import { keyPath, type Diagnostic } from "../../diagnostics/diagnostic";
import { emptyToUndefined, omitUndefined } from "../form/order";
import type { TlsOptions } from "../tls/options";
import { isLoopback } from "./loopback";
import { PROTOCOL_NAMES, type Protocol } from "./protocols";

/**
 * What a server accepts connections on, with TLS settings of its own. Monitoring uses the certificate for clients: nats-server
 * has no other setting for it.
 */
export const TLS_LISTENERS = ["clients", "routes", ...PROTOCOL_NAMES] as const;

/** A kind of connections with TLS settings of its own. */
export type TlsListener = (typeof TLS_LISTENERS)[number];

/** Everything that a server accepts connections on. */
export type ListenerKind = TlsListener | "monitoring";

/**
 * Certificates that a server gets as text, or reads from a file on its machine. For checks, also those that a preview does not know:
 * they have neither.
 */
export interface CertificateSource {
  /** The path of the argument. */
  readonly path: string;
  /** The certificates; undefined if they are in a file that cannot be read here. */
  readonly text?: string;
  /** The file on the machine of the server; undefined if the package writes one. */
  readonly file?: string;
  /** Why it cannot be read. */
  readonly diagnostics: readonly Diagnostic[];
}

/** A private key, without the key itself. For checks, also one that a preview does not know. */
export interface KeySource {
  readonly path: string;
  readonly publicKey?: string;
  readonly file?: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** TLS of a listener. */
export interface ListenerTls {
  /** The path of the argument that a missing certificate would be in. */
  readonly path: string;
  readonly certificate?: CertificateSource;
  readonly key?: KeySource;
  readonly ca?: CertificateSource;
  readonly options: TlsOptions;
  /** The path of each option that the program sets. */
  readonly paths?: Readonly<Partial<Record<keyof TlsOptions, string>>>;
  /** What the program sets for this listener alone. */
  readonly own?: Readonly<Partial<Record<"certificate" | "ca", boolean>>>;
  /** The name by which its clients reach it. @default the host of the server */
  readonly serverName?: string;
}

/** TLS of a server. */
export interface ServerTls extends Partial<Readonly<Record<TlsListener, ListenerTls>>> {
  /** Whether monitoring uses TLS. */
  readonly monitoring: boolean;
}

/** The hosts by which clients of all protocols, and the other servers, reach a server. */
export type ReachingHosts = Readonly<Record<"clients" | "routes", readonly string[]>>;

/** How others reach a server with TLS. */
export interface ReachedServer {
  readonly name: string;
  readonly tls: ServerTls;
  /** Hosts by which clients of all protocols, and the other servers, reach it; undefined while they are not known. */
  readonly hosts?: ReachingHosts;
  /** Certificates of the authorities that clients trust; none if the program names none. */
  readonly trusted: readonly CertificateSource[];
}

/** A port of a server, and whether connections to it are encrypted. */
export interface OpenPort {
  readonly server: string;
  readonly kind: ListenerKind;
  readonly address: string;
  readonly port: number;
  /** `partly`: connections without TLS are accepted, too. */
  readonly tls: "always" | "partly" | "never";
}

/** A port that others than the same machine reach, and that accepts connections without TLS. */
export interface PlaintextPort {
  /** The name by which a program accepts it. */
  readonly name: string;
  readonly address: string;
  readonly consequence: string;
}

/** The beginning of the names of ports in the parity report. No account has this name there. */
export const SERVERS = "(servers)";

const READABLE = "anyone on the network in between can read and change all messages";
const CONSEQUENCES: Readonly<Record<ListenerKind, string>> = {
  clients: `${READABLE}, and can log in with the JWTs of users with \`bearer\``,
  routes: `${READABLE} between the servers, and read the password of the routes`,
  monitoring:
    "anyone on the network in between can read the connections, accounts and settings that the endpoint shows",
  leafNodes: READABLE,
  websocket: `${READABLE}, and can log in with the JWTs of users with \`bearer\``,
  mqtt: `${READABLE}, and can log in with the JWTs of these clients`,
};

/** Finds the ports that others reach without TLS. */
export function plaintextPorts(ports: readonly OpenPort[]): PlaintextPort[] {
  return ports
    .filter(({ address, tls }) => tls !== "always" && isIP(address) !== 0 && !isLoopback(address))
    .map(({ server, kind, address, port, tls }) => ({
      name: `${keyPath(SERVERS, server)}.${kind}`,
      address: isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`,
      consequence: `${tls === "partly" ? "accepts connections without TLS" : "has no TLS"}: ${CONSEQUENCES[kind]}`,
    }));
}

/**
 * Returns what a server reads only when it starts; undefined if there is nothing.
 *
 * @param hasMonitoring whether a monitoring port of the server uses TLS
 */
export function startupTls(
  options: Partial<Readonly<Record<TlsListener, TlsOptions>>>,
  hasMonitoring: boolean,
): object | undefined {
  const startup = {
    ...(options.clients?.allowPlaintext === true ? { allowPlaintext: true } : {}),
    ...(hasMonitoring ? { monitoring: true } : {}),
    ...omitUndefined(Object.fromEntries(PROTOCOL_NAMES.map((name) => [name, startupOptions(name, options[name])]))),
  };
  return emptyToUndefined(startup);
}

/** Leaf nodes, WebSocket and MQTT begin and end to use TLS when a server starts. */
function startupOptions(protocol: Protocol, options: TlsOptions | undefined): object | undefined {
  if (options === undefined) {
    return undefined;
  }
  const { timeout, pinnedCertificates } = appliedOptions(protocol, options);
  return omitUndefined<object>({ timeout, pinnedCertificates });
}

/** Returns the options of a listener that nats-server applies: WebSocket has a time of its own for the handshake (`handshake_timeout`). */
export function appliedOptions(kind: TlsListener, options: TlsOptions): TlsOptions {
  return kind === "websocket" ? omitUndefined<TlsOptions>({ ...options, timeout: undefined }) : options;
}

/** How a verification connects to servers with TLS. */
export interface CheckTls {
  /** Certificates of the authorities that have signed those of the servers. @default those of Node.js */
  readonly ca?: string;
  /** Certificate of the client, and its private key. @default none */
  readonly cert?: string;
  readonly key?: string;
  /** The name that the certificates of the servers are for. @default the host of each URL */
  readonly serverName?: string;
  /** True if the handshake must precede the first protocol message. */
  readonly isFirst?: boolean;
  /** `ca` of the last update: servers that are not changed yet have certificates of these authorities. */
  readonly formerCa?: string;
}
