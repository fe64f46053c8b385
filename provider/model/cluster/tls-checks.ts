import { diagnose, displayList, type Diagnostic } from "../../diagnostics/diagnostic";
import { omitUndefined } from "../form/order";
import {
  authorityDiagnostics,
  canBe,
  certificateDiagnostics,
  endingDiagnostics,
  isSignedBy,
  issuerDiagnostics,
  type Authorities,
  type CertificateUse,
  type Purpose,
} from "../tls/certificate";
import { certificatesIn, publicKeyId } from "../tls/pem";
import {
  TLS_LISTENERS,
  type CertificateSource,
  type KeySource,
  type ListenerTls,
  type ReachedServer,
  type TlsListener,
} from "./tls";

/**
 * Checks the TLS settings of all servers, as far as they are known. Certificates that servers share have the same problems.
 *
 * @param now seconds since 1970
 */
export function tlsDiagnostics(servers: readonly ReachedServer[], now: number): Diagnostic[] {
  const others = (server: ReachedServer) => servers.filter((other) => other !== server);
  return [
    ...servers.flatMap((server) => serverDiagnostics(server, now)),
    ...servers.flatMap((server) => others(server).flatMap((other) => routeDiagnostics(server, other))),
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
          ...issuedDiagnostics(certificate, issuersOf(kind, listener, server)),
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
function issuedDiagnostics(certificate: CertificateSource, issuers: readonly CertificateSource[]): Diagnostic[] {
  const known = readable(issuers);
  return certificate.text === undefined || known.length === 0 || known.length < issuers.length
    ? []
    : issuerDiagnostics(certificate.path, certificate.text, known);
}

function readable(sources: readonly CertificateSource[]): Authorities[] {
  return sources.flatMap(({ path, text }) => (text === undefined ? [] : [{ path, text }]));
}

/** Checks that another server accepts the certificate with which a server opens and accepts routes. */
function routeDiagnostics({ name, tls }: ReachedServer, { tls: ofOther }: ReachedServer): Diagnostic[] {
  const { routes: { certificate } = {} } = tls;
  const { routes: other } = ofOther;
  return certificate?.text === undefined || other === undefined
    ? []
    : [
        ...issuedDiagnostics(certificate, other.ca === undefined ? [] : [other.ca]),
        ...pinDiagnostics(other, certificate.text, `the certificate for routes of server "${name}"`),
      ];
}

/** Checks that a listener accepts a certificate if it has pins. @param owner what the certificate is, with its article */
function pinDiagnostics({ path, paths, options }: ListenerTls, certificates: string, owner: string): Diagnostic[] {
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
          ? `is missing: ${kind} must have certificates that an authority in it has signed`
          : undefined,
      remedy: "Set it to the certificate of the authority.",
    }),
    ...diagnose({
      code: "NA1809",
      path: paths?.pinnedCertificates ?? `${path}.pinnedCertificates`,
      problem:
        options.pinnedCertificates !== undefined && !isMutual
          ? "requires `verify: true`: clients have no certificates otherwise"
          : undefined,
      remedy: "Set `verify`, or remove the property.",
    }),
  ];
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

/** The certificate with which a verification connects, and its private key. */
export interface VerificationPair {
  /** The path of the argument that contains both. */
  readonly path: string;
  readonly certificate: CertificateSource | undefined;
  readonly key: KeySource | undefined;
}

const NO_CLIENT = 'Set `tls.verification` to a certificate for clients and its key, or `verification: "disabled"`.';

/**
 * Checks that servers accept the certificate with which the verification connects.
 *
 * @param servers those that it connects to
 * @param now seconds since 1970
 */
export function clientDiagnostics(
  { path, certificate, key }: VerificationPair,
  servers: readonly ReachedServer[],
  now: number,
): Diagnostic[] {
  const listeners = servers.flatMap(({ tls: { clients } }) => (clients?.options.verify === true ? [clients] : []));
  if (listeners.length === 0) {
    return [];
  }
  const isUnreadable = (source: CertificateSource | KeySource | undefined, known: string | undefined) =>
    source === undefined || (source.file !== undefined && known === undefined && source.diagnostics.length === 0);
  const text = certificate?.text;
  const isIncomplete = (certificate === undefined) !== (key === undefined);
  const isMissing = isUnreadable(certificate, text) || isUnreadable(key, key?.publicKey);
  const isRefused = text !== undefined && !listeners.every((listener) => acceptsClient(listener, text));
  // The certificate of the servers is checked with them.
  const isShared = servers.some(({ tls }) => TLS_LISTENERS.some((kind) => tls[kind]?.path === path));
  return [
    ...diagnose({
      code: "NA1809",
      path: `${path}.${key === undefined ? "key" : "certificate"}`,
      problem: isIncomplete ? "is missing" : undefined,
      remedy: "Set `certificate` and `key` together.",
    }),
    ...diagnose({
      code: "NA1813",
      path: `${path}.certificate`,
      problem:
        !isIncomplete && (isMissing || isRefused)
          ? "is not accepted by the servers as that of a client, which `verify` requires, and the verification has no other one"
          : undefined,
      remedy: NO_CLIENT,
    }),
    ...(isShared ? [] : pairDiagnostics({ path, certificate, key }, now)),
    ...listeners.flatMap((listener) =>
      text === undefined
        ? []
        : pinDiagnostics(listener, text, `\`${path}.certificate\`, with which the verification connects`),
    ),
  ];
}

function pairDiagnostics({ path, certificate, key }: VerificationPair, now: number): Diagnostic[] {
  const text = certificate?.text;
  return [
    ...(certificate?.diagnostics ?? []),
    ...(key?.diagnostics ?? []),
    ...(text === undefined
      ? []
      : certificateDiagnostics(
          omitUndefined<CertificateUse>({
            path: `${path}.certificate`,
            keyPath: `${path}.key`,
            certificates: text,
            publicKey: key?.publicKey,
            purposes: [],
            hosts: [],
          }),
          now,
        )),
  ];
}

function acceptsClient({ ca }: ListenerTls, certificates: string): boolean {
  return (
    canBe("client", certificates) &&
    (ca?.text === undefined || isSignedBy(certificatesIn(certificates), certificatesIn(ca.text)))
  );
}

/**
 * Checks that the verification trusts the certificates of servers for clients.
 *
 * @param servers those that it connects to
 * @param defaults the authorities that Node.js trusts; undefined if they are not known
 */
export function authorityOfServersDiagnostics(
  servers: readonly ReachedServer[],
  defaults: () => string | undefined,
): Diagnostic[] {
  return servers.flatMap(({ tls: { clients: { certificate } = {} }, trusted }) => {
    const isUnreadable = ({ file, text, diagnostics }: CertificateSource) =>
      file !== undefined && text === undefined && diagnostics.length === 0;
    const unreadable = trusted.filter(isUnreadable);
    if (certificate === undefined || (trusted.length > 0 && unreadable.length === 0)) {
      return [];
    }
    const known = readable(trusted).map(({ text }) => text);
    const authorities = known.length > 0 ? known.join("") : defaults();
    const isTrusted =
      certificate.text === undefined
        ? !isUnreadable(certificate) || unreadable.length === 0
        : authorities === undefined || isSignedBy(certificatesIn(certificate.text), certificatesIn(authorities));
    const files = unreadable.map(({ path }) => `\`${path}\``);
    return diagnose({
      code: "NA1815",
      path: certificate.path,
      problem: isTrusted
        ? undefined
        : files.length > 0
          ? `is not trusted by the verification, which cannot read the authority in ${files.join(" and ")} from this machine`
          : "is not signed by an authority that Node.js trusts, so that the verification would refuse to connect",
      remedy:
        "Set `tls.verification.ca` to the certificate of the authority, or append the certificates of intermediate authorities to `certificate`.",
    });
  });
}

/** The key exchanges that all clients have, in contrast to those that resist quantum computers. */
const CLASSICAL: readonly string[] = ["X25519", "CurveP256", "CurveP384", "CurveP521"];

/** Checks that the verification has a key exchange in common with servers: Node.js 20 has only the classical ones. */
export function sharedCurvesDiagnostics(servers: readonly ReachedServer[]): Diagnostic[] {
  return servers.flatMap(({ tls: { clients: { path, paths, options } = { path: "", paths: {}, options: {} } } }) =>
    diagnose({
      code: "NA1810",
      path: paths?.curves ?? `${path}.curves`,
      problem:
        options.curves === undefined || options.curves.some((curve) => CLASSICAL.includes(curve))
          ? undefined
          : "contains no key exchange that the verification supports",
      remedy: `Add one of ${displayList(CLASSICAL)}, or set \`verification: "disabled"\`.`,
    }),
  );
}
