import type { ShareType } from "../model/shares/exports";
import { claim, claimsOf, noClaim, type ClaimTable } from "./claim-table";
import { VERSION, type Claims } from "./sign";

/** What an activation JWT contains: it allows one account to import a private export of another. */
export interface ActivationTerms {
  /** Public key (`A…`) of the exporting account. */
  readonly exporter: string;
  /** Public key (`A…`) of the importing account. */
  readonly importer: string;
  /** The subject that may be imported, with every subject it covers. */
  readonly subject: string;
  /** Kind of the export. */
  readonly type: ShareType;
}

/** Renders an activation for the public key that signs it. */
const ACTIVATION: ClaimTable<ActivationTerms, string> = {
  subject: claim("subject"),
  type: claim("kind"),
  exporter: (exporter, _, issuer) => ({ issuer_account: issuer === exporter ? undefined : exporter }),
  // `sub` of the JWT.
  importer: noClaim,
};

/**
 * The claims of an activation.
 *
 * @param issuer public key that signs: the exporting account's own, or one of its signing keys
 */
export function activationClaims(terms: ActivationTerms, issuer: string): Claims {
  const nats = { ...claimsOf(ACTIVATION, terms, issuer), type: "activation", version: VERSION };
  return { name: terms.subject, sub: terms.importer, nats };
}
