import type { Diagnostic } from "../../diagnostics/diagnostic";
import type { ShareType } from "../../model/shares/exports";
import { omitUndefined } from "../../model/form/order";
import { Notes } from "../notes";
import { unexpectedKind, verifyToken } from "../token";
import { readType } from "./shares";

/** The content of an activation JWT, which permits an account to import a private export. */
export interface ReadActivation {
  /** The version of the JWT schema. */
  readonly version: 1 | 2;
  /** The public key (`A…`) of the exporting account. */
  readonly exporter: string;
  /** The exporting account as the JWT names it; undefined when the key that signed is the account's own. */
  readonly issuerAccount?: string;
  /** The public key (`A…`) of the importing account. */
  readonly importer: string;
  /** The subject that can be imported; it can contain wildcards. */
  readonly subject: string;
  /** The kind of the export. */
  readonly type: ShareType;
  /** The public key (`A…`) that signed: the exporting account's own, or one of its signing keys. */
  readonly issuer: string;
  /** When the JWT was signed, in Unix seconds. */
  readonly issuedAt: number;
  /** When the JWT becomes valid, in Unix seconds. */
  readonly notBefore?: number;
  /** When the JWT expires, in Unix seconds. */
  readonly expires?: number;
  /** Claims without a place in the model. */
  readonly leftOut: readonly Diagnostic[];
}

/**
 * Reads an activation JWT of version 1 or 2.
 *
 * @param origin where the JWT comes from, for messages
 * @throws Unreadable when it is not an activation JWT, or its signature is invalid
 */
export function readActivation(jwt: string, origin: string): ReadActivation {
  const notes = new Notes();
  const token = verifyToken(jwt, origin, notes);
  const { kind, version, subject: importer, issuer, issuedAt, notBefore, expires, claims } = token;
  if (kind !== "activation") {
    throw unexpectedKind(origin, kind, "activation");
  }
  const issuerAccount = claims.text("issuer_account");
  const read = {
    version,
    exporter: issuerAccount ?? issuer,
    issuerAccount,
    importer,
    subject: claims.text("subject") ?? "",
    type: readType(claims, "kind"),
    issuer,
    issuedAt,
    notBefore,
    expires,
  };
  claims.leaveOutUnknown();
  notes.check(origin);
  return omitUndefined<ReadActivation>({ ...read, leftOut: notes.leftOut });
}
