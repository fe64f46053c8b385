import type { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { diagnose, displayList, type Diagnostic } from "../../diagnostics/diagnostic";
import { withoutBrackets } from "../form/hosts";
import { type Accepts, findBlocking, isAuthority, isSignedBy } from "./chain";
import { certificatesIn, keyProblem, publicKeyId } from "./pem";

/** What the owner of a certificate proves with it: as the server of a connection, or as its client. */
export type Purpose = "server" | "client";

const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
const ANY_PURPOSE = "2.5.29.37.0";
const PURPOSES: Readonly<Record<Purpose, { readonly oid: string; readonly title: string }>> = {
  server: { oid: SERVER_AUTH, title: "serverAuth" },
  client: { oid: CLIENT_AUTH, title: "clientAuth" },
};

/** What a certificate is used for. */
export interface CertificateUse {
  /** The path of the certificate in the program. */
  readonly path: string;
  /** The path of the private key. */
  readonly keyPath: string;
  /** The certificate, followed by those of the authorities between it and `ca`, as {@link readCertificates} returned them. */
  readonly certificates: string;
  /** The public key of the private key; undefined if it is not known. */
  readonly publicKey?: string;
  readonly purposes: readonly Purpose[];
  /** Host names and IP addresses by which others reach the server. */
  readonly hosts: readonly string[];
  /** True if only other servers connect: they compare names as Go does. @default as all clients do */
  readonly isForServers?: boolean;
}

/** Checks that a certificate can be used. @param now seconds since 1970 */
export function certificateDiagnostics(use: CertificateUse, now: number): Diagnostic[] {
  const { path, keyPath, publicKey, hosts, isForServers = false } = use;
  const chain = certificatesIn(use.certificates);
  const [leaf] = chain;
  if (leaf === undefined) {
    return [];
  }
  const value = describeCertificate(leaf);
  const missing = hosts.filter((host) => !isFor(leaf, host, isForServers));
  const weak = keyProblem(leaf.publicKey);
  const [, ...others] = chain;
  const lacking = new Map(
    [leaf, ...others].map((certificate) => [
      certificate,
      use.purposes.filter((purpose) =>
        certificate === leaf
          ? !hasPurpose(leaf, purpose)
          : hasPurpose(leaf, purpose) && findBlocking(chain, (one) => hasPurpose(one, purpose)).includes(certificate),
      ),
    ]),
  );
  return [
    ...[leaf, ...findBlocking(chain, (one) => isValid(one, now))].flatMap((one) => validityDiagnostics(path, one, now)),
    ...diagnose({
      code: "NA1802",
      path,
      value,
      problem: weak === undefined ? undefined : `has a key that ${weak}`,
      remedy: "Create a certificate with another key.",
    }),
    ...chain.flatMap((certificate) => signatureDiagnostics(path, certificate)),
    ...diagnose({
      code: "NA1803",
      path: keyPath,
      problem:
        publicKey === undefined || publicKey === publicKeyId(leaf.publicKey)
          ? undefined
          : `does not belong to the certificate ${value}`,
      remedy: "Use the private key with which the certificate was requested.",
    }),
    ...diagnose({
      code: "NA1805",
      path,
      value,
      problem:
        missing.length === 0
          ? undefined
          : `is not valid for ${displayList(missing)}, by which others reach the server; it is valid for ${displayList(namesOf(leaf))}`,
      remedy:
        "Add it to the subject alternative names. The common name is ignored. For clients that use another name, set `tls.serverName`.",
    }),
    ...[...lacking].flatMap(([certificate, purposes]) => purposeDiagnostics(path, certificate, purposes)),
  ];
}

/** Names a certificate that lacks purposes. Those of authorities restrict the certificates that they sign. */
function purposeDiagnostics(path: string, certificate: X509Certificate, lacking: readonly Purpose[]): Diagnostic[] {
  const titles = lacking.map((purpose) => PURPOSES[purpose].title);
  return diagnose({
    code: "NA1808",
    path,
    value: describeCertificate(certificate),
    problem: titles.length === 0 ? undefined : `lacks the purpose ${titles.join(" and ")} (extended key usage)`,
    remedy: isAuthority(certificate)
      ? "Have the certificate signed by an authority with this purpose, or without a restriction. Servers need both purposes for routes."
      : "Create a certificate with this purpose. Servers need both for routes, because each connects to the others.",
  });
}

/** Object identifiers of signatures with SHA-1 or MD5, as DER: of RSA and of ECDSA. */
const INSECURE_SIGNATURES = ["06092a864886f70d010104", "06092a864886f70d010105", "06072a8648ce3d0401"].map((oid) =>
  Buffer.from(oid, "hex"),
);

function signatureDiagnostics(path: string, certificate: X509Certificate): Diagnostic[] {
  // Nobody checks how an authority has signed its own certificate.
  const isInsecure =
    !certificate.checkIssued(certificate) &&
    INSECURE_SIGNATURES.some((signature) => certificate.raw.includes(signature));
  return diagnose({
    code: "NA1802",
    path,
    value: describeCertificate(certificate),
    problem: isInsecure ? "is signed with SHA-1 or MD5, which clients and servers refuse" : undefined,
    remedy: "Have the authority sign it with SHA-256.",
  });
}

/** Certificates of authorities, and the path of the argument with them. */
export interface Authorities {
  readonly path: string;
  readonly text: string;
}

/**
 * Checks that one of the authorities has signed a certificate, and may have signed it for its purposes.
 *
 * @param use what the certificate is used for
 * @param now seconds since 1970
 */
export function issuerDiagnostics(
  { path, certificates, purposes }: Pick<CertificateUse, "path" | "certificates" | "purposes">,
  authorities: readonly Authorities[],
  now: number,
): Diagnostic[] {
  const chain = certificatesIn(certificates);
  const [leaf] = chain;
  const all = authorities.flatMap((one) =>
    certificatesIn(one.text).map((authority) => ({ path: one.path, authority })),
  );
  const known = all.map(({ authority }) => authority);
  const isSigned = isSignedBy(chain, known);
  const names = [...new Set(authorities.map((one) => `\`${one.path}\``))];
  if (leaf === undefined) {
    return [];
  }
  // What the certificates after the first one lack is reported for them.
  const accepted = (accepts: Accepts) =>
    isSignedBy(
      chain.filter((one) => one === leaf || accepts(one)),
      known,
      accepts,
    );
  const isPast = (accepts: Accepts) => findBlocking(chain, accepts).length === 0 && isSigned && !accepted(accepts);
  const used = all.filter(({ authority }) => isSignedBy(chain, [authority]));
  const isNow: Accepts = (one) => isValid(one, now);
  return [
    ...(isPast(isNow) ? used.flatMap((one) => validityDiagnostics(one.path, one.authority, now)) : []),
    ...used.flatMap((one) => {
      const lacking = purposes.filter(
        (purpose) =>
          hasPurpose(leaf, purpose) &&
          !hasPurpose(one.authority, purpose) &&
          isPast((certificate) => hasPurpose(certificate, purpose)),
      );
      return purposeDiagnostics(one.path, one.authority, lacking);
    }),
    ...diagnose({
      code: "NA1804",
      path,
      value: describeCertificate(leaf),
      problem: isSigned ? undefined : `is not signed by an authority in ${names.join(" or ")}`,
      remedy:
        "Use the certificate of the authority that signed it, or append the certificates of intermediate authorities.",
    }),
  ];
}

/**
 * Checks the certificates of authorities. Some of them may have ended, or not be valid yet, while an authority is replaced.
 *
 * @param now seconds since 1970
 */
export function authorityDiagnostics(path: string, ca: string, now: number): Diagnostic[] {
  const all = certificatesIn(ca);
  const isUsable = all.some((certificate) => isValid(certificate, now));
  return all.flatMap((certificate) => [
    ...(isUsable ? [] : validityDiagnostics(path, certificate, now)),
    ...diagnose({
      code: "NA1808",
      path,
      value: describeCertificate(certificate),
      problem: isAuthority(certificate) ? undefined : "is not the certificate of an authority (basicConstraints)",
      remedy: "Use the certificate of the authority itself, rather than one that it has signed.",
    }),
  ]);
}

function validityDiagnostics(path: string, certificate: X509Certificate, now: number): Diagnostic[] {
  const { from, until } = validityOf(certificate);
  const problem =
    until <= now ? `ended on ${toDate(until)}` : from > now ? `is not valid before ${toDate(from)}` : undefined;
  const value = describeCertificate(certificate);
  return diagnose({
    code: "NA1806",
    path,
    value,
    problem,
    remedy: "Renew the certificate. Check the clock of this machine.",
  });
}

/** Days before the end of a certificate from which previews name it; for a shorter life, its last third. */
const WARNING_DAYS = 30;
const WARNING_PART = 1 / 3;
const DAY = 86_400;

/** Finds certificates that end soon, and authorities that have ended beside others. They are warnings. @param now seconds since 1970 */
export function endingDiagnostics(path: string, text: string, now: number): Diagnostic[] {
  const needed = findNeeded(text, (certificate) => isValid(certificate, now));
  return certificatesIn(text).flatMap((certificate) => {
    const { from, until } = validityOf(certificate);
    const days = Math.floor((until - now) / DAY);
    const isNear = until - now < Math.min(WARNING_DAYS * DAY, (until - from) * WARNING_PART);
    const value = describeCertificate(certificate);
    const isUnused = until <= now && !needed.some((one) => one.fingerprint256 === certificate.fingerprint256);
    return [
      ...diagnose({
        code: "NA1807",
        path,
        value,
        problem:
          until > now && isNear ? `ends on ${toDate(until)}, in ${days === 1 ? "1 day" : `${days} days`}` : undefined,
        remedy: "Renew the certificate. The servers reload it; no client is disconnected.",
      }),
      ...diagnose({
        code: "NA1819",
        path,
        value,
        problem: isUnused ? `ended on ${toDate(until)}` : undefined,
        remedy: "Remove it. Certificates that it has signed are no longer valid.",
      }),
    ];
  });
}

/** Returns the certificates of a text that have ended and are needed, described. @param now seconds since 1970 */
export function findEnded(text: string, now: number): string[] {
  return findNeeded(text, (certificate) => validityOf(certificate).until > now).map(
    (certificate) => `${describeCertificate(certificate)} ended on ${toDate(validityOf(certificate).until)}`,
  );
}

/** Returns the certificates of a text that are not accepted, if no others take their place. It contains authorities, or begins with another one. */
function findNeeded(text: string, accepts: Accepts): readonly X509Certificate[] {
  const all = certificatesIn(text);
  const [first] = all;
  if (first === undefined || isAuthority(first)) {
    return all.some(accepts) ? [] : all;
  }
  return [...(accepts(first) ? [] : [first]), ...findBlocking(all, accepts)];
}

/** Describes a certificate on one line. It is public. */
export function outlineOf(certificate: X509Certificate): string {
  const { until } = validityOf(certificate);
  const names = displayList(namesOf(certificate));
  return `${describeCertificate(certificate)}${names === "" ? "" : ` for ${names}`}, ends ${toDate(until)}, SHA-256 ${fingerprintOf(certificate)}`;
}

/** The subject of a certificate on one line, or its serial number. */
function describeCertificate({ subject, serialNumber }: X509Certificate): string {
  // The types do not show that a certificate without a subject has none.
  const parts = ((subject as string | undefined) ?? "").split("\n").filter((part) => part !== "");
  return parts.length === 0 ? `serial number ${serialNumber}` : parts.map(printable).join(", ");
}

function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, "");
}

/** Digits of a fingerprint that identify a certificate for people. */
const FINGERPRINT_DIGITS = 16;

function fingerprintOf({ fingerprint256 }: X509Certificate): string {
  return fingerprint256.replaceAll(":", "").slice(0, FINGERPRINT_DIGITS).toLowerCase();
}

/** The DNS names and IP addresses that a certificate is valid for. */
export function namesOf({ subjectAltName = "" }: X509Certificate): string[] {
  return subjectAltName.split(", ").flatMap((entry) => /^(?:DNS|IP Address):(.+)$/.exec(entry)?.[1] ?? []);
}

/**
 * Returns whether a certificate is valid for a host. Like Go, it does not read the common name. OpenSSL requires two labels after a
 * wildcard, Go requires one; neither all clients nor Go accept a wildcard that is only a part of a label.
 */
function isFor(certificate: X509Certificate, host: string, isForServers: boolean): boolean {
  const name = withoutBrackets(host);
  if (isIP(name) !== 0) {
    return certificate.checkIP(name) !== undefined;
  }
  return isForServers
    ? namesOf(certificate).some((pattern) => matchesName(pattern, name))
    : certificate.checkHost(name, { subject: "never", partialWildcards: false }) !== undefined;
}

/** Compares names as Go does. */
function matchesName(pattern: string, name: string): boolean {
  const [first, ...others] = pattern.toLowerCase().split(".");
  const [own, ...rest] = name.toLowerCase().replace(/\.$/, "").split(".");
  return (first === "*" || first === own) && others.join(".") === rest.join(".");
}

function hasPurpose({ keyUsage }: X509Certificate, purpose: Purpose): boolean {
  // The property contains the extended key usage, and is missing where the certificate has none.
  const allowed = keyUsage as readonly string[] | undefined;
  return allowed === undefined || [PURPOSES[purpose].oid, ANY_PURPOSE].some((oid) => allowed.includes(oid));
}

/**
 * True if a certificate has a purpose, and those that have signed it do not restrict it to another one.
 *
 * @param authorities those that must have signed it; none if they are not known
 */
export function canBe(purpose: Purpose, text: string, authorities = ""): boolean {
  const chain = certificatesIn(text);
  const known = certificatesIn(authorities);
  const accepts: Accepts = (certificate) => hasPurpose(certificate, purpose);
  const [leaf] = chain;
  return (
    leaf !== undefined &&
    accepts(leaf) &&
    findBlocking(chain, accepts).length === 0 &&
    (known.length === 0 || isSignedBy(chain, known, accepts))
  );
}

function isValid(certificate: X509Certificate, now: number): boolean {
  const { from, until } = validityOf(certificate);
  return from <= now && now < until;
}

/** The first and the last moment of a certificate, in seconds since 1970. */
function validityOf({ validFrom, validTo }: X509Certificate): { readonly from: number; readonly until: number } {
  return { from: Date.parse(validFrom) / 1000, until: Date.parse(validTo) / 1000 };
}

function toDate(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, "2026-01-01".length);
}
