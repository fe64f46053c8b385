import type { Diagnostic } from "../form/diagnostics";
import { exportsDiagnostics } from "../shares/export-checks";
import { EXPORTS, normalExports, type Export } from "../shares/exports";
import { infoDiagnostics, type Info } from "../form/info";
import { JETSTREAM_TERM, type JetStream } from "./jetstream";
import { LIMITS, type AccountLimits } from "./limits";
import { MAPPINGS_TERM, type Mappings } from "../subjects/mappings";
import { AUTHORIZATION_TERM, type Authorization } from "./authorization";
import { normalPermissions, PERMISSIONS, permissionsDiagnostics, type Permissions } from "../access/permissions";
import { normalRevocations, REVOCATIONS, revocationsDiagnostics, type Revocations } from "../keys/revocations";
import { optional, text, type Shape } from "../form/shape";
import { normalSigningKeys, SIGNING_KEYS, signingKeysDiagnostics } from "../keys/signing-keys";
import { normalTags, TAGS, tagsDiagnostics } from "../form/tags";
import { term, Terms } from "../form/terms";
import { TRACE_TERM, type MessageTrace } from "./trace";

/** What an account says of itself, apart from users and imports. */
export interface AccountTerms extends Info {
  /** What the account lets other accounts use. */
  readonly exports?: readonly Export[];
  /** What the account may use at most. */
  readonly limits?: AccountLimits;
  /**
   * The account's streams, and what they may use at most. `{}` is JetStream without limits.
   *
   * @default no JetStream, on either server
   */
  readonly jetstream?: JetStream;
  /**
   * Subjects that messages are published to instead of others, also by chance: for canaries, A/B tests, partitions. They
   * hold for answers as well: a source that takes in `_R_.>` keeps the answers of the account's services from others.
   *
   * @default none
   */
  readonly mappings?: Mappings;
  /**
   * Where the servers tell what became of messages whose headers ask for it.
   *
   * @default nowhere
   */
  readonly trace?: MessageTrace;
  /**
   * Who decides about clients who log in as a user of the account: a service, instead of the servers.
   *
   * @default the servers
   */
  readonly authorization?: Authorization;
  /**
   * What users may publish and subscribe to who have no permissions, neither of their own nor by a role. Templates have
   * no meaning here. A user may do everything all the same with `permissions: { publish: { allow: [">"] } }`.
   *
   * Both servers keep them (`default_permissions`).
   *
   * @default everything
   */
  readonly defaultPermissions?: Permissions;
  /**
   * Public keys (`A…`) of signing keys that are kept elsewhere, with an authorization service say. A user's JWT that such
   * a key signed says itself what the user may do. They have no meaning on the static server, which knows the users of the
   * program alone.
   *
   * @default none
   */
  readonly signingKeys?: readonly string[];
  /**
   * JWTs of users that do not hold any more, by the user's public key (`U…`), or `"*"` for everyone: those that were issued
   * at the moment or before. Users who leave the program, or a role, are revoked without it: this is for JWTs that were
   * issued elsewhere, or got into wrong hands. A user of the program whose JWT is revoked is left out of the static
   * configuration, too, until it has a new one.
   *
   * @default none
   */
  readonly revocations?: Revocations;
  /**
   * What the templates in permissions find: `"region:eu"` is what `{{account-tag(region)}}` stands for. Lower case. They
   * stand in the account's JWT.
   *
   * @default none
   */
  readonly tags?: readonly string[];
}

/** Everything that an account can say, in the order in which problems are listed. */
const TERMS = new Terms<AccountTerms>({
  exports: term(EXPORTS, exportsDiagnostics, normalExports),
  limits: LIMITS,
  jetstream: JETSTREAM_TERM,
  mappings: MAPPINGS_TERM,
  trace: TRACE_TERM,
  authorization: AUTHORIZATION_TERM,
  defaultPermissions: term(
    PERMISSIONS,
    (are: Permissions) => permissionsDiagnostics(are, "literal"),
    normalPermissions,
  ),
  signingKeys: term(SIGNING_KEYS, signingKeysDiagnostics, normalSigningKeys),
  revocations: term(REVOCATIONS, (are: Revocations) => revocationsDiagnostics(are, "U"), normalRevocations),
  tags: term(TAGS, tagsDiagnostics, normalTags),
  description: term(text, (description: string) => atRoot(infoDiagnostics({ description }))),
  infoUrl: term(text, (infoUrl: string) => atRoot(infoDiagnostics({ infoUrl }))),
});

/** The names of all terms of an account. */
export const ACCOUNT_TERMS = TERMS.names;

/** A value for each of the terms of an account. */
export function eachTerm<T>(of: (name: keyof AccountTerms) => T): Record<keyof AccountTerms, T> {
  return TERMS.each(of);
}

/** The shape of each term. */
export const TERM_SHAPES: Readonly<Record<keyof AccountTerms, Shape>> = eachTerm((name) =>
  optional(TERMS.table[name].shape),
);

/** All that is wrong with the terms of an account, their shapes too. */
export function termsDiagnostics(terms: AccountTerms): Diagnostic[] {
  return TERMS.diagnostics(terms);
}

/**
 * The terms, and nothing else, in their normal form, which is undefined where they say nothing. A term of another shape
 * than it should have stays as it is: nothing is known of it yet.
 */
export function normalTerms(terms: AccountTerms): AccountTerms {
  return TERMS.normal(eachTerm((name) => terms[name]) as AccountTerms);
}

function atRoot(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.map((found) => ({ ...found, path: "" }));
}
