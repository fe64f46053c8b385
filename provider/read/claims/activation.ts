import type { Diagnostic } from "../../model/form/diagnostics";
import type { ShareType } from "../../model/shares/exports";
import { defined } from "../../model/form/order";
import { Notes } from "../notes";
import { checkedToken } from "../token";
import { Unreadable } from "../unreadable";
import { readType } from "./shares";

/** What an activation says: that an account may import something of another one. */
export interface ReadActivation {
  /** The version of its schema. */
  readonly version: 1 | 2;
  /** The public key (`A…`) of the account that exports. */
  readonly exporter: string;
  /** The public key (`A…`) of the account that may import. */
  readonly importer: string;
  /** The subject that may be imported, and everything inside it. */
  readonly subject: string;
  /** The kind of the export. */
  readonly type: ShareType;
  /** The public key (`A…`) that signed: the exporting account's own, or one of its signing keys. */
  readonly issuer: string;
  /** When it was signed, in seconds since 1970. */
  readonly issuedAt: number;
  /** From when it holds, in seconds since 1970. */
  readonly notBefore?: number;
  /** Until when it holds, in seconds since 1970. */
  readonly expires?: number;
  /** What stands in the JWT besides. */
  readonly leftOut: readonly Diagnostic[];
}

/**
 * Reads an activation's JWT, of version 1 or 2.
 *
 * @param what what messages call it
 * @throws Unreadable when it is none, or was not signed by the key that it names
 */
export function readActivation(jwt: string, what: string): ReadActivation {
  const notes = new Notes();
  const {
    kind,
    version,
    subject: importer,
    issuer,
    issuedAt,
    notBefore,
    expires,
    says,
  } = checkedToken(jwt, what, notes);
  if (kind !== "activation") {
    throw new Unreadable(what, "it is not the JWT of an activation");
  }
  const read = {
    version,
    exporter: says.text("issuer_account") ?? issuer,
    importer,
    subject: says.text("subject") ?? "",
    type: readType(says, "kind"),
    issuer,
    issuedAt,
    notBefore,
    expires,
  };
  says.leaveOutUnknown();
  notes.check(what);
  return defined<ReadActivation>({ ...read, leftOut: notes.leftOut });
}
