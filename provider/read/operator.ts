import type { Diagnostic } from "../diagnostics/diagnostic";
import { omitUndefined } from "../model/form/order";
import type { OperatorInfo } from "../model/cluster/operator-info";
import { Notes } from "./notes";
import { Unreadable } from "../diagnostics/unreadable";
import { readTerms, type TermReaders } from "./term-readers";
import { unexpectedKind, verifyToken, type VerifiedToken } from "./token";

/** The claims of an operator JWT that are in the model. */
interface OperatorClaims extends OperatorInfo {
  readonly name?: string;
  /** The operator's public key (`O…`). */
  readonly publicKey: string;
  /** Public keys (`O…`) that sign accounts for the operator. */
  readonly signingKeys: readonly string[];
  /** The public key (`A…`) of the system account. */
  readonly systemAccount?: string;
  /** True when servers reject accounts and users signed by identity keys instead of signing keys. */
  readonly strict: boolean;
  /** When the JWT expires, in Unix seconds. */
  readonly expires?: number;
  readonly serviceUrls: readonly string[];
  readonly tags: readonly string[];
}

/** The content of an operator JWT. */
export interface ReadOperator extends OperatorClaims {
  /** Claims without a place in the model. */
  readonly leftOut: readonly Diagnostic[];
}

const OPERATOR: TermReaders<OperatorClaims, VerifiedToken> = {
  name: ({ name }) => name,
  publicKey: ({ subject }) => subject,
  signingKeys: ({ claims }) => claims.texts("signing_keys"),
  systemAccount: ({ claims }) => claims.text("system_account"),
  strict: ({ claims }) => claims.flag("strict_signing_key_usage") ?? false,
  expires: ({ expires }) => expires,
  accountServerUrl: ({ claims }) => claims.text("account_server_url"),
  serviceUrls: ({ claims }) => claims.texts("operator_service_urls"),
  assertServerVersion: ({ claims }) => claims.text("assert_server_version"),
  tags: ({ claims }) => claims.texts("tags"),
};

/** Returns the public keys whose accounts servers accept (`OperatorClaims.DidSign`), signing keys first. */
export function getAccountSigners({
  publicKey,
  signingKeys,
  strict,
}: Pick<OperatorClaims, "publicKey" | "signingKeys" | "strict">): readonly string[] {
  return strict ? signingKeys : [...signingKeys, publicKey];
}

/**
 * Reads an operator JWT of version 1 or 2.
 *
 * @param origin where the JWT comes from, for messages
 * @throws Unreadable when it is not an operator JWT signed by the operator itself, with its own key or a signing key
 */
export function readOperator(jwt: string, origin: string): ReadOperator {
  const notes = new Notes();
  const token = verifyToken(jwt, origin, notes);
  const { kind, subject, issuer, claims } = token;
  if (kind !== "operator") {
    throw unexpectedKind(origin, kind, "operator");
  }
  const operator = readTerms(OPERATOR, token);
  // Strict use of signing keys does not apply to the operator's own JWT.
  if (issuer !== subject && !operator.signingKeys.includes(issuer)) {
    throw new Unreadable(origin, {
      code: "NA3003",
      problem: `is signed by ${issuer}, which is neither the operator's own key nor one of its signing keys`,
      remedy: "Use the JWT that the operator has signed.",
    });
  }
  claims.leaveOutRest({
    code: "NA3021",
    problem: "is not a known claim of an operator",
    remedy: "Keep the JWT unchanged: servers may apply the claim.",
  });
  notes.check(origin);
  return omitUndefined<ReadOperator>({ ...operator, leftOut: notes.leftOut });
}
