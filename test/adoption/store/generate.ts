import fc from "fast-check";
import { hasWildcard } from "../../../provider/model/subjects/subjects";
import { exported, FREE_USER, mappings } from "../../support/arbitraries";
import { disjoint, drawnImport, NAMES, seldom, takenBy, type DrawnImport, type Offer } from "../generate";
import {
  ACTIVATIONS,
  type AccountDraft,
  type ExportDraft,
  type ImportDraft,
  type OperatorDraft,
  type RevokedAt,
  type StoreDraft,
  type UserDraft,
  type Validity,
} from "./draft";
import { accessClaims, FREE_CLAIMS, jetstreamLimits, SCOPED, template } from "./generate-access";
import { accountKey, keysOf, label } from "./tokens";

/** An account, generated before the exports of other accounts are known. */
interface DrawnAccount {
  readonly own: Omit<AccountDraft, "users" | "exports" | "imports" | "signingKeys">;
  readonly plainKey: boolean;
  readonly templates: readonly (Record<string, unknown> | null)[];
  readonly users: readonly DrawnUser[];
  readonly exports: readonly ExportDraft[];
  readonly imports: readonly DrawnPrivateImport[];
}

/** A user, generated before the signing keys of its account are known. */
interface DrawnUser {
  readonly claims: Record<string, unknown>;
  readonly signer: "account" | "stranger" | number;
  /** Whether a user with a role has claims of its own, too, which servers refuse. */
  readonly ownBesideRole: boolean;
  readonly validity: Validity;
  readonly stored: boolean;
}

/** An import, and its activation. */
interface DrawnPrivateImport extends DrawnImport {
  readonly activation: ImportDraft["activation"];
}

const validity = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Validity>("always") },
  { weight: 2, arbitrary: fc.constantFrom<Validity[]>("for a day", "ended", "not yet") },
);
const revokedAt = fc.constantFrom<RevokedAt[]>("before", "after", "future");

const operator: fc.Arbitrary<OperatorDraft> = fc.record({
  signingKeys: fc.nat(2),
  strict: fc.boolean(),
  signedBy: fc.constantFrom("identity", "signing key"),
  validity: fc.oneof(
    { weight: 20, arbitrary: fc.constant<Validity>("always") },
    { weight: 1, arbitrary: fc.constantFrom<Validity[]>("for a day", "ended", "not yet") },
  ),
});

const user: fc.Arbitrary<DrawnUser> = fc.record({
  claims: accessClaims,
  signer: fc.oneof(
    { weight: 3, arbitrary: fc.constant("account" as const) },
    { weight: 5, arbitrary: fc.nat(3) },
    { weight: 1, arbitrary: fc.constant("stranger" as const) },
  ),
  ownBesideRole: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  validity,
  stored: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
});

const exportDraft: fc.Arbitrary<ExportDraft> = fc
  .tuple(exported, fc.boolean(), seldom(fc.dictionary(fc.constantFrom("*", ...NAMES), revokedAt, { maxKeys: 2 })))
  .map(([model, isPrivate, revocations]): ExportDraft => {
    const { responseType, latency, accountTokenPosition, responseThreshold } = model;
    const types = { singleton: "Singleton", stream: "Stream", chunked: "Chunked" };
    return {
      subject: model.subject,
      type: model.type,
      claims: {
        ...(isPrivate ? { token_req: true } : {}),
        ...(responseType === undefined ? {} : { response_type: types[responseType] }),
        ...(latency === undefined ? {} : { service_latency: latency }),
        ...(responseThreshold === undefined ? {} : { response_threshold: 3_600e9 }),
        ...(accountTokenPosition === undefined ? {} : { account_token_position: accountTokenPosition }),
      },
      revocations: isPrivate ? (revocations ?? {}) : {},
    };
  });

const importDraft: fc.Arbitrary<DrawnPrivateImport> = fc
  .tuple(
    drawnImport,
    fc.oneof(
      { weight: 4, arbitrary: fc.constant<ImportDraft["activation"]>("valid") },
      { weight: 5, arbitrary: fc.constantFrom(...ACTIVATIONS) },
    ),
  )
  .map(([drawn, activation]) => ({ ...drawn, activation }));

const number = fc.constantFrom(null, 0, 1, 2, 3, -1);
const accountLimits = fc.record(
  {
    conn: number,
    subs: number,
    payload: fc.constantFrom(null, 0, 1, 10, -1),
    data: fc.constantFrom(null, 0, -1),
    leaf: number,
    imports: fc.constantFrom(null, 0, 3, -1),
    exports: fc.constantFrom(null, 0, 3, -1),
    wildcards: fc.constantFrom(null, true),
    disallow_bearer: fc.boolean(),
  },
  { requiredKeys: [] },
);

const mappingClaims = mappings.map((drawn) => ({ mappings: drawn }));

const account: fc.Arbitrary<DrawnAccount> = fc.record({
  own: fc
    .record({
      signedBy: fc.oneof(
        { weight: 8, arbitrary: fc.constant<AccountDraft["signedBy"]>("signing key") },
        {
          weight: 3,
          arbitrary: fc.constantFrom<AccountDraft["signedBy"][]>("identity", "last signing key", "former signing key"),
        },
        { weight: 1, arbitrary: fc.constant<AccountDraft["signedBy"]>("itself") },
      ),
      validity,
      limits: seldom(accountLimits),
      jetstream: seldom(jetstreamLimits, 12),
      mappings: seldom(mappingClaims, 6),
      defaults: seldom(accessClaims, 4),
      revocations: seldom(
        fc.dictionary(fc.constantFrom("*", "first", "second", "third", FREE_USER), revokedAt, { maxKeys: 2 }),
      ),
    })
    .map(({ limits, jetstream, mappings: mapped, defaults, revocations, ...own }) => ({
      ...own,
      limits: { ...limits, ...jetstream },
      claims: {
        ...mapped,
        ...(defaults === undefined ? {} : { default_permissions: onlyPermissions(defaults) }),
      },
      revocations: revocations ?? {},
    })),
  plainKey: fc.boolean(),
  templates: fc.array(fc.oneof(template, fc.constant(null)), { maxLength: 2 }),
  users: fc.array(user, { maxLength: 3 }),
  exports: fc.array(exportDraft, { maxLength: 3 }),
  imports: fc.array(importDraft, { maxLength: 3 }),
});

function onlyPermissions({ pub, sub, resp }: Record<string, unknown>): object {
  return {
    ...(pub === undefined ? {} : { pub }),
    ...(sub === undefined ? {} : { sub }),
    ...(resp === undefined ? {} : { resp }),
  };
}

/** Names of users. */
const USERS = ["first", "second", "third"];

/** Stores of an operator with a few accounts. */
export const stores: fc.Arbitrary<StoreDraft> = fc
  .tuple(
    operator,
    fc.array(account, { minLength: 1, maxLength: 3 }),
    account,
    fc.array(fc.nat(), { maxLength: 3 }),
    fc.boolean(),
  )
  .map(([ofOperator, drawn, system, missing, systemExports]): StoreDraft => {
    const offers = drawn.flatMap(({ exports }, index) =>
      separateExports(exports).map(({ subject: own, type, claims }): Offer => ({
        account: NAMES[index] ?? "",
        subject: own,
        type,
        accountTokenPosition: claims.account_token_position as number | undefined,
      })),
    );
    const accounts = Object.fromEntries(
      drawn.map((own, index): [string, AccountDraft] => [
        NAMES[index] ?? "",
        accountOf(own, NAMES[index] ?? "", offers, ofOperator),
      ]),
    );
    const draft: StoreDraft = {
      operator: ofOperator,
      accounts,
      system: systemOf(accountOf(system, "SYS", [], ofOperator), systemExports),
      withoutSeeds: [],
    };
    return { ...draft, withoutSeeds: withoutSeeds(draft, missing) };
  });

function accountOf(
  drawn: DrawnAccount,
  name: string,
  offers: readonly Offer[],
  { strict, signingKeys }: OperatorDraft,
): AccountDraft {
  const keys = [...(drawn.plainKey || strict ? [null] : []), ...drawn.templates];
  const users = drawn.users.map((own, index): [string, UserDraft] => [USERS[index] ?? "", userOf(own, keys)]);
  const free: UserDraft = { signedBy: strict ? 0 : "account", validity: "always", claims: FREE_CLAIMS, stored: true };
  return {
    ...drawn.own,
    signedBy: drawn.own.signedBy === "identity" && strict && signingKeys > 0 ? "signing key" : drawn.own.signedBy,
    signingKeys: keys,
    exports: separateExports(drawn.exports),
    imports: separateImports(
      drawn.imports.flatMap((entry) =>
        importOf(
          entry,
          offers.filter(({ account: of }) => of !== name),
          name,
        ),
      ),
    ),
    users: { [FREE_USER]: free, ...Object.fromEntries(users) },
  };
}

/** The system account must be valid, or else no server starts. */
function systemOf(account: AccountDraft, hasExports: boolean): AccountDraft {
  const exports: ExportDraft[] = [
    {
      subject: "$SYS.REQ.ACCOUNT.*.*",
      type: "service",
      claims: { response_type: "Stream", account_token_position: 4 },
      revocations: {},
    },
    { subject: "$SYS.ACCOUNT.*.>", type: "stream", claims: { account_token_position: 3 }, revocations: {} },
  ];
  const { signingKeys, users } = account;
  return {
    ...{ signingKeys, users, signedBy: "signing key", validity: "always", limits: {}, claims: {}, revocations: {} },
    exports: hasExports ? exports : [],
    imports: [],
  };
}

function userOf(
  { claims, signer, ownBesideRole, validity: valid, stored }: DrawnUser,
  keys: readonly unknown[],
): UserDraft {
  const signedBy = typeof signer === "number" ? (keys.length === 0 ? "account" : signer % keys.length) : signer;
  const hasRole = typeof signedBy === "number" && keys[signedBy] !== null;
  return { signedBy, validity: valid, claims: hasRole && !ownBesideRole ? SCOPED(claims) : claims, stored };
}

function importOf(drawn: DrawnPrivateImport, offers: readonly Offer[], importer: string): ImportDraft[] {
  return takenBy(drawn, offers, accountKey(importer)).map(({ offer: { account: of, type }, wanted, local }) => {
    const share = type === "service" && drawn.share ? { share: true } : {};
    const terms = { account: of, type, activation: drawn.activation };
    switch (drawn.naming) {
      case 0:
        return { ...terms, subject: wanted, claims: share };
      case 3:
        // Of a service, `subject` is the local one beside `to`, and both must have the same wildcards.
        return type === "stream"
          ? { ...terms, subject: wanted, claims: { to: drawn.prefix } }
          : { ...terms, subject: hasWildcard(wanted) ? wanted : drawn.prefix, claims: { to: wanted, ...share } };
      default:
        return { ...terms, subject: wanted, claims: { local_subject: local, ...share } };
    }
  });
}

/** Exports of one type that do not overlap, as servers require. */
function separateExports(exports: readonly ExportDraft[]): ExportDraft[] {
  return disjoint(
    exports,
    ({ type }) => type,
    ({ subject: own }) => own,
  );
}

/** Imports of one type whose local subjects do not overlap. */
function separateImports(imports: readonly ImportDraft[]): ImportDraft[] {
  return disjoint(
    imports,
    ({ type }) => type,
    ({ subject: own, claims, type }) =>
      type === "service" && claims.to !== undefined
        ? own
        : ((claims.local_subject ?? own) as string).replaceAll(/\$\d+/g, "*"),
  );
}

/** Labels of missing seeds: any, but the one that can sign accounts. */
function withoutSeeds(draft: StoreDraft, missing: readonly number[]): string[] {
  const { signingKeys } = draft.operator;
  const needed = signingKeys === 0 ? label.operator : label.operatorSigning(signingKeys - 1);
  const labels = keysOf(draft)
    .map(({ label: own }) => own)
    .filter((own) => own !== needed);
  return [...new Set(missing.map((index) => labels[index % labels.length] ?? ""))];
}
