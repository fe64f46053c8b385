import { diagnose, displayList, type Diagnostic } from "../../diagnostics/diagnostic";
import { omitUndefined } from "../form/order";
import { canBe, certificateDiagnostics, type CertificateUse } from "../tls/certificate";
import { isSignedBy } from "../tls/chain";
import { CLASSICAL_CURVES } from "../tls/options";
import { certificatesIn } from "../tls/pem";
import { TLS_LISTENERS, type CertificateSource, type KeySource, type ListenerTls, type ReachedServer } from "./tls";
import { pinDiagnostics, readable } from "./tls-checks";

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
          ? "is not valid as a client certificate, which `verify` requires, and the verification has no other one"
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
  return canBe("client", certificates, ca?.text);
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
          : "is not signed by an authority that Node.js trusts, so the verification would refuse to connect",
      remedy:
        "Set `tls.verification.ca` to the certificate of the authority, or append the certificates of intermediate authorities to `certificate`.",
    });
  });
}

/** Checks that the verification has a key exchange in common with servers: Node.js 20 has only the classical ones. */
export function sharedCurvesDiagnostics(servers: readonly ReachedServer[]): Diagnostic[] {
  return servers.flatMap(({ tls: { clients: { path, paths, options } = { path: "", paths: {}, options: {} } } }) =>
    diagnose({
      code: "NA1810",
      path: paths?.curves ?? `${path}.curves`,
      problem:
        options.curves === undefined || options.curves.some((curve) => CLASSICAL_CURVES.includes(curve))
          ? undefined
          : "contains no key exchange that the verification supports",
      remedy: `Add one of ${displayList(CLASSICAL_CURVES)}, or set \`verification: "disabled"\`.`,
    }),
  );
}
