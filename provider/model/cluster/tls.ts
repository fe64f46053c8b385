import { isIP } from "node:net";
import { diagnose, displayList, keyPath, type Diagnostic } from "../../diagnostics/diagnostic";
import { INVALID_DURATION, normalizeDuration, parseDuration, type Duration } from "../form/quantities";
import { emptyToUndefined, omitUndefined, sortUnique } from "../form/order";
import {
  anyValue,
  booleanShape,
  checkShape,
  listOf,
  matching,
  objectOf,
  optional,
  stringShape,
  type Shape,
} from "../form/shape";
import {
  authorityDiagnostics,
  canBe,
  certificateDiagnostics,
  endingDiagnostics,
  isSignedBy,
  type Purpose,
} from "../tls/certificate";
import { certificatesIn } from "../tls/pem";
import { isLoopback } from "./loopback";
import type { Protocol } from "./protocols";

/**
 * What a server accepts connections on, with TLS settings of its own. Monitoring uses the certificate for clients: nats-server
 * has no other setting for it.
 */
export const TLS_LISTENERS = ["clients", "routes"] as const;

/** A kind of connections with TLS settings of its own. */
export type TlsListener = (typeof TLS_LISTENERS)[number];

/** Everything that a server accepts connections on. */
export type ListenerKind = TlsListener | "monitoring" | Protocol;

/** TLS settings of a listener, apart from certificates and keys. */
export interface TlsOptions {
  /**
   * Whether clients must have a certificate that an authority in `ca` has signed (`verify`). They log in with their seeds or
   * creds as well. Routes always require certificates. Reloaded; connected clients stay connected.
   *
   * @default false
   */
  readonly verify?: boolean;
  /**
   * Lowest version of TLS (`min_version`). Reloaded.
   *
   * @default "1.2", the lowest that nats-server supports
   */
  readonly minVersion?: "1.2" | "1.3";
  /**
   * Cipher suites of TLS 1.2 by their names in Go (`cipher_suites`), such as `"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"`. The suites of TLS 1.3
   * cannot be chosen. Reloaded.
   *
   * @default all that nats-server considers secure; nats-server 2.15.2 also offers suites with CBC, which this list cannot contain
   */
  readonly cipherSuites?: readonly string[];
  /**
   * Key exchanges (`curve_preferences`), such as `"X25519"`. Reloaded.
   *
   * @default all that nats-server supports, those that resist quantum computers first
   */
  readonly curves?: readonly string[];
  /**
   * Time for the handshake (`timeout`): such as `"5s"`, or a number of seconds. Reloaded.
   *
   * @default 2 seconds
   */
  readonly timeout?: Duration;
  /**
   * Public keys of the certificates that are accepted (`pinned_certs`), in addition to `ca`: each the SHA-256 of its
   * SubjectPublicKeyInfo, in 64 hexadecimal digits. Requires `verify`, except for routes. Reloaded; connections with another certificate
   * are closed.
   *
   * @default every certificate that an authority in `ca` has signed
   */
  readonly pinnedCertificates?: readonly string[];
  /**
   * Whether the handshake precedes the first protocol message (`handshake_first`): `true`, or the time after which a server falls back
   * to sending it first, such as `"300ms"`. Clients must have the same option for `true`. Reloaded.
   *
   * @default false
   */
  readonly handshakeFirst?: boolean | Duration;
  /**
   * Whether clients may also connect without TLS (`allow_non_tls`): for the time in which clients are changed one after
   * the other. This is a security gap, unless the address is a loopback address. A change restarts the servers.
   *
   * @default false
   */
  readonly allowPlaintext?: boolean;
}

/** Certificates that a server gets as text, or reads from a file on its machine. */
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

/** A private key, without the key itself. */
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
}

/** TLS of a server. */
export interface ServerTls extends Partial<Readonly<Record<TlsListener, ListenerTls>>> {
  /** Whether monitoring uses TLS. */
  readonly monitoring: boolean;
}

/** Cipher suites of TLS 1.2 with forward secrecy and authenticated encryption, by their names in nats-server. */
export const CIPHER_SUITES: readonly string[] = ["ECDSA", "RSA"].flatMap((kind) =>
  ["AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "CHACHA20_POLY1305_SHA256"].map(
    (suite) => `TLS_ECDHE_${kind}_WITH_${suite}`,
  ),
);

/** Key exchanges that nats-server 2.15.2 supports (`curvePreferenceMap`). */
export const CURVES: readonly string[] = [
  ...["X25519MLKEM768", "SecP256r1MLKEM768", "SecP384r1MLKEM1024"],
  ...["X25519", "CurveP256", "CurveP384", "CurveP521"],
];

const VERSIONS: readonly unknown[] = ["1.2", "1.3"] satisfies TlsOptions["minVersion"][];

/** The shape of these options; their values are checked by {@link optionsDiagnostics}. */
export const TLS_OPTIONS: Readonly<Record<keyof TlsOptions, Shape>> = {
  verify: optional(booleanShape),
  minVersion: optional(matching('"1.2" or "1.3"', "Use one of these values.", (value) => VERSIONS.includes(value))),
  cipherSuites: optional(listOf(stringShape)),
  curves: optional(listOf(stringShape)),
  timeout: anyValue,
  pinnedCertificates: optional(listOf(stringShape)),
  handshakeFirst: anyValue,
  allowPlaintext: optional(booleanShape),
};

const PIN = /^[0-9a-f]{64}$/i;

/** Checks options; paths start at the listener. */
export function optionsDiagnostics(options: TlsOptions): Diagnostic[] {
  return checkShape("", objectOf<TlsOptions>(TLS_OPTIONS), options, (given) => {
    const { cipherSuites = [], curves = [], pinnedCertificates = [], timeout, handshakeFirst, minVersion } = given;
    const duration = typeof handshakeFirst === "boolean" ? undefined : handshakeFirst;
    return [
      ...unknownDiagnostics("cipherSuites", cipherSuites, CIPHER_SUITES),
      ...unknownDiagnostics("curves", curves, CURVES),
      ...diagnose({
        code: "NA1810",
        path: "cipherSuites",
        problem:
          minVersion === "1.3" && given.cipherSuites !== undefined
            ? 'has no effect with `minVersion: "1.3"`: the cipher suites of TLS 1.3 cannot be chosen'
            : undefined,
        remedy: "Remove one of them.",
      }),
      ...(["cipherSuites", "curves", "pinnedCertificates"] as const).flatMap((path) =>
        diagnose({
          code: "NA1810",
          path,
          problem: given[path]?.length === 0 ? "is empty, so that nobody could connect" : undefined,
          remedy: "Remove the property for the default.",
        }),
      ),
      ...pinnedCertificates.flatMap((pin, index) =>
        diagnose({
          code: "NA1810",
          path: `pinnedCertificates[${index}]`,
          value: pin,
          problem: PIN.test(pin) ? undefined : "is not the SHA-256 of a public key in 64 hexadecimal digits",
          remedy:
            "Use the output of `openssl x509 -pubkey -noout | openssl pkey -pubin -outform der | sha256sum` for the certificate.",
        }),
      ),
      ...(["timeout", "handshakeFirst"] as const).flatMap((path) => {
        const value = path === "timeout" ? timeout : duration;
        return diagnose({
          code: "NA1006",
          path,
          value,
          problem: value === undefined || (parseDuration(value) ?? 0) > 0 ? undefined : INVALID_DURATION,
          remedy: 'Use a duration such as "5s".',
        });
      }),
    ];
  });
}

function unknownDiagnostics(path: string, given: readonly string[], known: readonly string[]): Diagnostic[] {
  return given.flatMap((value, index) =>
    diagnose({
      code: "NA1810",
      path: `${path}[${index}]`,
      value,
      problem: known.includes(value) ? undefined : `is not one of ${displayList(known)}`,
      remedy: "Correct the name, or remove the property for the default.",
    }),
  );
}

/** Returns valid options without those that equal the default, so that equal ones compare equal. */
export function normalizeOptions(options: TlsOptions): TlsOptions {
  const { verify, minVersion, cipherSuites, curves, timeout, pinnedCertificates, handshakeFirst, allowPlaintext } =
    options;
  return omitUndefined<TlsOptions>({
    verify: verify === true ? true : undefined,
    minVersion: minVersion === "1.2" ? undefined : minVersion,
    cipherSuites: cipherSuites?.length === 0 ? undefined : cipherSuites,
    curves: curves?.length === 0 ? undefined : curves,
    timeout: timeout === undefined ? undefined : normalizeDuration(timeout),
    pinnedCertificates: pinnedCertificates && sortUnique(pinnedCertificates.map((pin) => pin.toLowerCase())),
    handshakeFirst:
      handshakeFirst === true
        ? true
        : handshakeFirst === false || handshakeFirst === undefined
          ? undefined
          : normalizeDuration(handshakeFirst),
    allowPlaintext: allowPlaintext === true ? true : undefined,
  });
}

/** How others reach a server with TLS. */
export interface ReachedServer {
  readonly name: string;
  readonly tls: ServerTls;
  /** Hosts by which clients, and the other servers, reach it. */
  readonly hosts: Readonly<Record<TlsListener, readonly string[]>>;
  /** Certificates of the authorities that clients trust; undefined if the program names none. */
  readonly trusted?: CertificateSource;
}

const PURPOSES: Readonly<Record<TlsListener, readonly Purpose[]>> = {
  clients: ["server"],
  routes: ["server", "client"],
};

/** Checks the TLS settings of a server. @param now seconds since 1970 */
export function tlsDiagnostics({ tls, hosts, trusted }: ReachedServer, now: number): Diagnostic[] {
  return [
    ...TLS_LISTENERS.flatMap((kind) => {
      const listener = tls[kind];
      return listener === undefined ? [] : listenerDiagnostics(kind, listener, hosts[kind], trusted, now);
    }),
    ...sourceDiagnostics(trusted, now),
  ];
}

function listenerDiagnostics(
  kind: TlsListener,
  listener: ListenerTls,
  hosts: readonly string[],
  trusted: CertificateSource | undefined,
  now: number,
): Diagnostic[] {
  const { path, certificate, key, ca } = listener;
  const issuer = kind === "routes" ? ca : trusted;
  return [
    ...missingDiagnostics(kind, listener),
    ...(key?.diagnostics ?? []),
    ...sourceDiagnostics(ca, now),
    ...(certificate?.diagnostics ?? []),
    ...(certificate?.text === undefined
      ? []
      : certificateDiagnostics(
          omitUndefined({
            path: certificate.path,
            keyPath: key?.path ?? path,
            certificates: certificate.text,
            publicKey: key?.publicKey,
            purposes: PURPOSES[kind],
            ca: issuer?.text,
            hosts,
          }),
          now,
        )),
  ];
}

/** Finds arguments that a listener lacks. */
function missingDiagnostics(kind: TlsListener, { path, certificate, key, ca, options }: ListenerTls): Diagnostic[] {
  const isMutual = kind === "routes" || options.verify === true;
  const missing = [certificate === undefined ? "certificate" : [], key === undefined ? "key" : []].flat();
  return [
    ...missing.map((name): Diagnostic => ({
      code: "NA1809",
      path: `${path}.${name}`,
      problem: "is missing",
      remedy: 'Set `certificate` and `key` together, or the listener to "disabled".',
    })),
    ...diagnose({
      code: "NA1809",
      path: `${path}.ca`,
      problem:
        isMutual && ca === undefined
          ? `is missing: ${kind} must have certificates that an authority in it has signed`
          : undefined,
      remedy: "Set it to the certificate of the authority.",
    }),
    ...diagnose({
      code: "NA1809",
      path: `${path}.pinnedCertificates`,
      problem:
        options.pinnedCertificates !== undefined && !isMutual
          ? "requires `verify: true`: clients have no certificates otherwise"
          : undefined,
      remedy: "Set `verify`, or remove the property.",
    }),
  ];
}

function sourceDiagnostics(source: CertificateSource | undefined, now: number): Diagnostic[] {
  return source === undefined
    ? []
    : [
        ...source.diagnostics,
        ...(source.text === undefined ? [] : authorityDiagnostics(source.path, source.text, now)),
      ];
}

/** Finds certificates of a server that end soon. They are warnings. @param now seconds since 1970 */
export function endingTlsDiagnostics({ tls, trusted }: ReachedServer, now: number): Diagnostic[] {
  const sources = TLS_LISTENERS.flatMap((kind) => [tls[kind]?.certificate, tls[kind]?.ca]);
  return [...sources, trusted].flatMap((source) =>
    source?.text === undefined ? [] : endingDiagnostics(source.path, source.text, now),
  );
}

/** Returns whether servers accept a certificate of a client. */
export function acceptsClient({ ca, options }: ListenerTls, certificates: string): boolean {
  return (
    options.verify !== true ||
    ca?.text === undefined ||
    (canBe("client", certificates) && isSignedBy(certificatesIn(certificates), certificatesIn(ca.text)))
  );
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
  clients: `${READABLE}, and the JWTs that log in without a seed`,
  routes: `${READABLE} between the servers, and read the password of the routes`,
  monitoring:
    "anyone on the network in between can read the connections, accounts and settings that the endpoint shows",
  leafNodes: READABLE,
  websocket: `${READABLE}, and the JWTs that log in without a seed`,
  mqtt: `${READABLE}, and the JWTs with which all of these clients log in`,
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
export function startupTls({ allowPlaintext }: TlsOptions, hasMonitoring: boolean): object | undefined {
  const startup = {
    ...(allowPlaintext === true ? { allowPlaintext } : {}),
    ...(hasMonitoring ? { monitoring: true } : {}),
  };
  return emptyToUndefined(startup);
}
