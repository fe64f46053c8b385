import type { Diagnostic } from "../model/form/diagnostics";
import { defined } from "../model/form/order";
import { Notes } from "./notes";
import { checkedToken } from "./token";
import { Unreadable } from "./unreadable";

/** What an operator's JWT says. */
export interface ReadOperator {
  readonly name?: string;
  /** The operator's public key (`O…`). */
  readonly publicKey: string;
  /** Public keys (`O…`) that sign accounts in the operator's place. */
  readonly signingKeys: readonly string[];
  /** The public key (`A…`) of the system account. */
  readonly systemAccount?: string;
  /** True when identity keys sign no accounts and no users, but their signing keys alone. */
  readonly strict: boolean;
  /** Until when the JWT holds, in seconds since 1970. */
  readonly expires?: number;
  /** Where tools find the accounts' JWTs. */
  readonly accountServerUrl?: string;
  /** Where clients connect to. */
  readonly serviceUrls: readonly string[];
  /** The oldest version that servers may have. */
  readonly serverVersion?: string;
  readonly tags: readonly string[];
  /** What stands in the JWT besides. */
  readonly leftOut: readonly Diagnostic[];
}

/**
 * Reads an operator's JWT, of version 1 or 2.
 *
 * @param what what messages call it
 * @throws Unreadable when it is none, or was not signed by the operator
 */
export function readOperator(jwt: string, what: string): ReadOperator {
  const notes = new Notes();
  const { kind, name, subject, issuer, expires, says } = checkedToken(jwt, what, notes);
  if (kind !== "operator" || issuer !== subject) {
    throw new Unreadable(what, "it is not the JWT of an operator, signed by the operator itself");
  }
  const read = {
    name,
    publicKey: subject,
    signingKeys: says.texts("signing_keys"),
    systemAccount: says.text("system_account"),
    strict: says.flag("strict_signing_key_usage") ?? false,
    expires,
    accountServerUrl: says.text("account_server_url"),
    serviceUrls: says.texts("operator_service_urls"),
    serverVersion: says.text("assert_server_version"),
    tags: says.texts("tags"),
  };
  says.leaveOutRest("is no claim of an operator that is known here", "Keep the JWT as it is: servers go by it.");
  notes.check(what);
  return defined<ReadOperator>({ ...read, leftOut: notes.leftOut });
}
