import type { ShareType } from "../model/shares/exports";
import { defined } from "../model/form/order";
import { VERSION, type Claims } from "./envelope";

/** What an activation's token says: that an account may import something of another one. */
export interface ActivationTerms {
  /** The public key (`A…`) of the account that exports. */
  readonly exporter: string;
  /** The public key (`A…`) of the account that may import. */
  readonly importer: string;
  /** The subject that may be imported, and everything inside it. */
  readonly subject: string;
  /** The kind of the export. */
  readonly type: ShareType;
}

/**
 * The claims of an activation.
 *
 * @param issuer the public key that signs: the exporting account's own, or one of its signing keys
 */
export function activationClaims({ exporter, importer, subject, type }: ActivationTerms, issuer: string): Claims {
  const nats = defined<Record<string, unknown>>({
    subject,
    kind: type,
    issuer_account: issuer === exporter ? undefined : exporter,
    type: "activation",
    version: VERSION,
  });
  return { name: subject, sub: importer, nats };
}
