import type { Diagnostic } from "../../diagnostics/diagnostic";
import { exportsDiagnostics } from "../shares/export-checks";
import { EXPORTS, normalizeExports, type Export } from "../shares/exports";
import { infoDiagnostics, type Info } from "../form/info";
import { JETSTREAM_TERM, type JetStream } from "./jetstream";
import { LIMITS, type AccountLimits } from "./limits";
import { MAPPINGS_TERM, type Mappings } from "../subjects/mappings";
import { AUTHORIZATION_TERM, type Authorization } from "./authorization";
import { normalizePermissions, PERMISSIONS, permissionsDiagnostics, type Permissions } from "../access/permissions";
import { normalizeRevocations, REVOCATIONS, revocationsDiagnostics, type Revocations } from "../keys/revocations";
import { optional, stringShape, type Shape } from "../form/shape";
import { normalizeSigningKeys, SIGNING_KEYS, signingKeysDiagnostics } from "../keys/signing-keys";
import { normalizeTags, TAGS, tagsDiagnostics } from "../form/tags";
import { term, Terms } from "../form/terms";
import { TRACE_TERM, type MessageTrace } from "./trace";

/** The properties of an account, except for its name, users, roles and imports. */
export interface AccountTerms extends Info {
  /** Streams and services that other accounts can import. */
  readonly exports?: readonly Export[];
  /** Limits of the account. */
  readonly limits?: AccountLimits;
  /**
   * JetStream and its limits. `{}` enables JetStream without limits.
   *
   * @default JetStream is disabled in both modes
   */
  readonly jetstream?: JetStream;
  /**
   * Subject mappings: messages to one subject are published to another, for canary deployments, A/B tests or partitions. They
   * also apply to replies: a mapping of `_R_.>` withholds the replies of the account's services from other accounts.
   *
   * @default none
   */
  readonly mappings?: Mappings;
  /**
   * Where servers publish the traces of messages whose headers request one.
   *
   * @default no traces
   */
  readonly trace?: MessageTrace;
  /**
   * Service that authorizes the clients that log in as a user of the account (auth callout).
   *
   * @default the servers authorize clients
   */
  readonly authorization?: Authorization;
  /**
   * Permissions of users who have neither permissions of their own nor permissions from a role. Templates are not expanded. To allow a user
   * everything nevertheless, use `permissions: { publish: { allow: [">"] } }`.
   *
   * Enforced in both modes (`default_permissions`).
   *
   * @default every subject
   */
  readonly defaultPermissions?: Permissions;
  /**
   * Public keys (`A…`) of signing keys that are held elsewhere, for example by an authorization service. They have no scope:
   * a user JWT signed by such a key contains its own permissions. They have no effect in static mode, where only the
   * users of the program can log in.
   *
   * @default none
   */
  readonly signingKeys?: readonly string[];
  /**
   * Revoked user JWTs: for each public key (`U…`), or `"*"` for every user, the time up to which issued JWTs are revoked.
   * Users who leave the program or a role are revoked automatically; use this for JWTs that were issued elsewhere, or that
   * were disclosed. In static mode, a user of the program whose JWT is revoked is left out until it has a new one. The
   * preview warns of such users; a rotation of their keys or roles signs new JWTs.
   *
   * @default none
   */
  readonly revocations?: Revocations;
  /**
   * Values of the templates in permissions: `"region:eu"` is the value of `{{account-tag(region)}}`. Keys are in lower case. Part of the
   * account's JWT.
   *
   * @default none
   */
  readonly tags?: readonly string[];
}

/** The terms of an account, in the order in which problems are listed. */
const TERMS = new Terms<AccountTerms>({
  exports: term(EXPORTS, exportsDiagnostics, normalizeExports),
  limits: LIMITS,
  jetstream: JETSTREAM_TERM,
  mappings: MAPPINGS_TERM,
  trace: TRACE_TERM,
  authorization: AUTHORIZATION_TERM,
  defaultPermissions: term(
    PERMISSIONS,
    (permissions: Permissions) => permissionsDiagnostics(permissions, "literal"),
    normalizePermissions,
  ),
  signingKeys: term(SIGNING_KEYS, signingKeysDiagnostics, normalizeSigningKeys),
  revocations: term(
    REVOCATIONS,
    (revocations: Revocations) => revocationsDiagnostics(revocations, "U"),
    normalizeRevocations,
  ),
  tags: term(TAGS, tagsDiagnostics, normalizeTags),
  description: term(stringShape, (description: string) => atRoot(infoDiagnostics({ description }))),
  infoUrl: term(stringShape, (infoUrl: string) => atRoot(infoDiagnostics({ infoUrl }))),
});

/** The names of the terms of an account. */
export const ACCOUNT_TERMS = TERMS.names;

/** Returns a value for each term of an account. */
export function eachTerm<T>(of: (name: keyof AccountTerms) => T): Record<keyof AccountTerms, T> {
  return TERMS.each(of);
}

/** The shape of each term. */
export const TERM_SHAPES: Readonly<Record<keyof AccountTerms, Shape>> = eachTerm((name) =>
  optional(TERMS.table[name].shape),
);

/** Finds problems with the terms of an account, their shapes included. */
export function termsDiagnostics(terms: AccountTerms): Diagnostic[] {
  return TERMS.diagnostics(terms);
}

/**
 * Returns the terms, and no other properties, in normal form: undefined where they have no effect. A term of the wrong shape
 * stays unchanged.
 */
export function normalizeTerms(terms: AccountTerms): AccountTerms {
  return TERMS.normalize(eachTerm((name) => terms[name]) as AccountTerms);
}

function atRoot(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.map((found) => ({ ...found, path: "" }));
}
