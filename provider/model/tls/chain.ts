import type { X509Certificate } from "node:crypto";

/** Whether a certificate can be a part of a chain. */
export type Accepts = (certificate: X509Certificate) => boolean;

function isIssuer(issuer: X509Certificate, certificate: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

/** True for the certificate of an authority. */
export function isAuthority(certificate: X509Certificate): boolean {
  return certificate.ca || certificate.checkIssued(certificate);
}

/**
 * True if a chain of certificates leads to one of the authorities.
 *
 * @param accepts whether the chain may contain a certificate after the first one, or end at an authority
 */
export function isSignedBy(
  [leaf, ...others]: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
  accepts: Accepts = () => true,
): boolean {
  return leaf !== undefined && reaches(leaf, others.filter(accepts), authorities.filter(accepts));
}

function reaches(
  certificate: X509Certificate,
  others: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
): boolean {
  return (
    authorities.some(
      (authority) => authority.fingerprint256 === certificate.fingerprint256 || isIssuer(authority, certificate),
    ) || others.some((issuer) => isIssuer(issuer, certificate) && reaches(issuer, without(others, issuer), authorities))
  );
}

/**
 * Returns the issuers of the first certificate among the others that are not accepted, if no chain leads past them; otherwise none. The
 * others may contain issuers that are not needed, such as one that has ended beside its renewed certificate.
 */
export function findBlocking(
  [leaf, ...others]: readonly X509Certificate[],
  accepts: Accepts,
): readonly X509Certificate[] {
  return leaf === undefined || isLinked(leaf, others, accepts)
    ? []
    : issuersOf(leaf, others).filter((issuer) => !accepts(issuer));
}

/** True if accepted certificates lead as far as all of them do. */
function isLinked(certificate: X509Certificate, others: readonly X509Certificate[], accepts: Accepts): boolean {
  const issuers = others.filter((other) => isIssuer(other, certificate));
  return (
    issuers.length === 0 ||
    issuers.some((issuer) => accepts(issuer) && isLinked(issuer, without(others, issuer), accepts))
  );
}

/** Returns the issuers of a certificate, and theirs. */
function issuersOf(certificate: X509Certificate, others: readonly X509Certificate[]): readonly X509Certificate[] {
  const issuers = others.filter((other) => isIssuer(other, certificate));
  return [...new Set(issuers.flatMap((issuer) => [issuer, ...issuersOf(issuer, without(others, issuer))]))];
}

function without(certificates: readonly X509Certificate[], one: X509Certificate): readonly X509Certificate[] {
  return certificates.filter((other) => other !== one);
}
