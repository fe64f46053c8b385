import { diagnose, joinPath, type Diagnostic } from "../../diagnostics/diagnostic";
import { getOwn, omitUndefined } from "../form/order";
import {
  authorityDiagnostics,
  certificateDiagnostics,
  endingDiagnostics,
  issuerDiagnostics,
  type Authorities,
  type CertificateUse,
  type Purpose,
} from "../tls/certificate";
import { HYBRID_CURVES, type TlsOptions } from "../tls/options";
import { certificatesIn, publicKeyId } from "../tls/pem";
import type { Remote } from "./remotes";
import { formatSince, hasSince, type Since } from "./server-version";
import { TLS_LISTENERS, type CertificateSource, type ListenerTls, type ReachedServer, type TlsListener } from "./tls";

/**
 * Checks the TLS settings of all servers, as far as they are known. Certificates that servers share have the same problems.
 *
 * @param now seconds since 1970
 */
export function tlsDiagnostics(servers: readonly ReachedServer[], now: number): Diagnostic[] {
  const others = (server: ReachedServer) => servers.filter((other) => other !== server);
  return [
    ...servers.flatMap((server) => serverDiagnostics(server, now)),
    ...servers.flatMap((server) => others(server).flatMap((other) => routeDiagnostics(server, other, now))),
  ];
}

function serverDiagnostics(server: ReachedServer, now: number): Diagnostic[] {
  const { tls, hosts, trusted } = server;
  return [
    ...TLS_LISTENERS.flatMap((kind) => {
      const listener = tls[kind];
      // A single server has no routes.
      const isUsed = kind !== "routes" || hosts === undefined || hosts.routes.length > 0;
      return listener === undefined || !isUsed ? [] : listenerDiagnostics(kind, listener, server, now);
    }),
    ...trusted.flatMap((source) => authoritiesDiagnostics(source, now)),
  ];
}

function listenerDiagnostics(
  kind: TlsListener,
  listener: ListenerTls,
  server: ReachedServer,
  now: number,
): Diagnostic[] {
  const { path, certificate, key, ca } = listener;
  return [
    ...missingDiagnostics(kind, listener),
    ...(key?.diagnostics ?? []),
    ...(ca === undefined ? [] : authoritiesDiagnostics(ca, now)),
    ...(certificate?.diagnostics ?? []),
    ...(certificate?.text === undefined
      ? []
      : [
          ...certificateDiagnostics(
            omitUndefined<CertificateUse>({
              path: certificate.path,
              keyPath: key?.path ?? path,
              certificates: certificate.text,
              publicKey: key?.publicKey,
              purposes: purposesOf(kind),
              hosts: hostsOf(kind, listener, server),
              isForServers: kind === "routes" || kind === "leafNodes" ? true : undefined,
            }),
            now,
          ),
          ...issuedDiagnostics(certificate, issuersOf(kind, listener, server), purposesOf(kind), now),
          ...suitesDiagnostics(listener, certificate.text),
        ]),
  ];
}

/** Checks that a cipher suite matches the key of a certificate. */
function suitesDiagnostics({ path, paths, options }: ListenerTls, certificates: string): Diagnostic[] {
  const [leaf] = certificatesIn(certificates);
  const kind = leaf?.publicKey.asymmetricKeyType === "rsa" ? "RSA" : "ECDSA";
  const isUsable = options.minVersion === "1.3" || options.cipherSuites?.some((suite) => suite.includes(`_${kind}_`));
  return diagnose({
    code: "NA1810",
    path: paths?.cipherSuites ?? `${path}.cipherSuites`,
    problem:
      isUsable === false
        ? `contains no suite for the ${kind} key of \`${path}.certificate\`, so TLS 1.2 fails`
        : undefined,
    remedy: 'Add one, or set `minVersion: "1.3"` instead.',
  });
}

function purposesOf(kind: TlsListener): readonly Purpose[] {
  return kind === "routes" ? ["server", "client"] : ["server"];
}

/** Returns the hosts by which a listener is reached, as far as they are known. */
function hostsOf(kind: TlsListener, { serverName }: ListenerTls, { hosts }: ReachedServer): readonly string[] {
  return serverName === undefined ? (hosts?.[kind === "routes" ? "routes" : "clients"] ?? []) : [serverName];
}

/**
 * Returns the authorities that those who connect trust; none if they are not known. The clients of a protocol with a certificate of
 * its own, such as browsers, may trust others than those of the cluster. With `verify`, its `ca` has signed their certificates.
 */
function issuersOf(kind: TlsListener, listener: ListenerTls, { trusted }: ReachedServer): readonly CertificateSource[] {
  const { ca, own = {}, options } = listener;
  switch (kind) {
    case "routes":
      return [];
    case "clients":
      return trusted;
    default:
      if (own.certificate !== true) {
        return trusted;
      }
      return ca !== undefined && own.ca === true && options.verify !== true ? [ca] : [];
  }
}

/** Checks that a certificate is signed by one of the authorities, if all of them are known. */
function issuedDiagnostics(
  { path, text }: CertificateSource,
  issuers: readonly CertificateSource[],
  purposes: readonly Purpose[],
  now: number,
): Diagnostic[] {
  const known = readable(issuers);
  return text === undefined || known.length === 0 || known.length < issuers.length
    ? []
    : issuerDiagnostics({ path, certificates: text, purposes }, known, now);
}

/** Returns the certificates that are known. */
export function readable(sources: readonly CertificateSource[]): Authorities[] {
  return sources.flatMap(({ path, text }) => (text === undefined ? [] : [{ path, text }]));
}

/** Checks that another server accepts the certificate with which a server opens and accepts routes. */
function routeDiagnostics({ name, tls }: ReachedServer, { tls: ofOther }: ReachedServer, now: number): Diagnostic[] {
  const { routes: { certificate } = {} } = tls;
  const { routes: other } = ofOther;
  return certificate?.text === undefined || other === undefined
    ? []
    : [
        ...issuedDiagnostics(certificate, other.ca === undefined ? [] : [other.ca], purposesOf("routes"), now),
        ...pinDiagnostics(other, certificate.text, `the certificate for routes of server "${name}"`),
      ];
}

/** Checks that a listener accepts a certificate if it has pins. @param owner what the certificate is, with its article */
export function pinDiagnostics(
  { path, paths, options }: ListenerTls,
  certificates: string,
  owner: string,
): Diagnostic[] {
  const { pinnedCertificates } = options;
  const [leaf] = certificatesIn(certificates);
  if (leaf === undefined || pinnedCertificates === undefined) {
    return [];
  }
  const id = publicKeyId(leaf.publicKey);
  return diagnose({
    code: "NA1814",
    path: paths?.pinnedCertificates ?? `${path}.pinnedCertificates`,
    problem: pinnedCertificates.includes(id) ? undefined : `does not contain the public key of ${owner}`,
    remedy: `Add "${id}".`,
  });
}

/** Finds arguments that a listener lacks. */
function missingDiagnostics(kind: TlsListener, listener: ListenerTls): Diagnostic[] {
  const { path, certificate, key, ca, options, paths } = listener;
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
          ? `is missing: an authority in it must sign the certificates of ${kind}`
          : undefined,
      remedy: "Set it to the certificate of the authority.",
    }),
    ...unverifiedPinDiagnostics(path, options, isMutual, paths?.pinnedCertificates),
  ];
}

/** Finds pins of a listener that requires no certificates, and would close all connections. @param isMutual whether it requires them */
export function unverifiedPinDiagnostics(
  path: string,
  { pinnedCertificates }: TlsOptions,
  isMutual: boolean,
  pinPath = joinPath(path, "pinnedCertificates"),
): Diagnostic[] {
  return diagnose({
    code: "NA1809",
    path: pinPath,
    problem:
      pinnedCertificates !== undefined && !isMutual
        ? "requires `verify: true`: clients have no certificates otherwise"
        : undefined,
    remedy: "Set `verify`, or remove the property.",
  });
}

function authoritiesDiagnostics(source: CertificateSource, now: number): Diagnostic[] {
  return [
    ...source.diagnostics,
    ...(source.text === undefined ? [] : authorityDiagnostics(source.path, source.text, now)),
  ];
}

/** Finds certificates of a server that end soon. They are warnings. @param now seconds since 1970 */
export function endingTlsDiagnostics({ tls, trusted }: ReachedServer, now: number): Diagnostic[] {
  const sources = TLS_LISTENERS.flatMap((kind) => [tls[kind]?.certificate, tls[kind]?.ca]);
  return [...sources, ...trusted].flatMap((source) =>
    source?.text === undefined ? [] : endingDiagnostics(source.path, source.text, now),
  );
}

/** Finds options that the version of the servers does not have. @param version of nats-server */
export function versionedTlsDiagnostics(servers: readonly ReachedServer[], version: string): Diagnostic[] {
  return listenersOf(servers).flatMap(({ path, paths, options: { curves = [] } }) =>
    curves.flatMap((curve, index) => {
      const since = getOwn(HYBRID_CURVES, curve);
      return diagnose({
        code: "NA1810",
        path: `${paths?.curves ?? `${path}.curves`}[${index}]`,
        value: curve,
        problem:
          since !== undefined && hasSince(version, since) === false
            ? `is not supported by nats-server ${version}, but by ${formatSince(since, "or")} and newer`
            : undefined,
        remedy: "Remove it, or use a newer version.",
      });
    }),
  );
}

/** The first versions of nats-server that compare the connections of clients with changed pins. */
const PINS_COMPARED: Since = ["2.14.8", "2.15.1"];

/** Finds pins that keep connections open when they are removed. They are warnings. @param version of nats-server */
export function pinWarnings(servers: readonly ReachedServer[], version: string): Diagnostic[] {
  return servers
    .flatMap(({ tls: { clients, mqtt } }) => [clients, mqtt])
    .flatMap((listener) =>
      diagnose({
        code: "NA1816",
        path: listener?.paths?.pinnedCertificates ?? `${listener?.path ?? ""}.pinnedCertificates`,
        problem:
          listener?.options.pinnedCertificates !== undefined && hasSince(version, PINS_COMPARED) === false
            ? `does not close the connections of clients with a removed key: nats-server ${version} checks new connections only`
            : undefined,
        remedy: `Close these connections, or use nats-server ${formatSince(PINS_COMPARED, "or")} or newer.`,
      }),
    );
}

/**
 * Finds pins for leaf nodes of a server that connects to hubs with TLS: nats-server compares the certificates of the hubs with them, too.
 * They are warnings, because the certificate of a hub is not known.
 */
export function hubPinWarnings(listener: ListenerTls | undefined, remotes: readonly Remote[]): Diagnostic[] {
  const encrypted = remotes.filter(({ hasTls }) => hasTls).map(({ path }) => `\`${path}\``);
  return diagnose({
    code: "NA1818",
    path: listener?.paths?.pinnedCertificates ?? `${listener?.path ?? ""}.pinnedCertificates`,
    problem:
      listener?.options.pinnedCertificates === undefined || encrypted.length === 0
        ? undefined
        : `must also contain the public keys of the certificates of ${encrypted.join(" and ")}: nats-server refuses to connect to a hub with another one`,
    remedy: "Add those that are missing.",
  });
}

function listenersOf(servers: readonly ReachedServer[]): ListenerTls[] {
  return servers.flatMap(({ tls }) => TLS_LISTENERS.flatMap((kind) => tls[kind] ?? []));
}
