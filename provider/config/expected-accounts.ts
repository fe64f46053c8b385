import type { SubjectPermissions } from "../model/access/permissions";
import { resolveResponses } from "../model/access/responses";
import { normalizeAccount, type Account } from "../model/account/account";
import { getEffectiveUsers } from "../model/account/effective-users";
import type { Model } from "../model/cluster/cluster";
import { omitUndefined, sortUnique } from "../model/form/order";
import type { Export, ResponseType } from "../model/shares/exports";
import { resolveImportSubject, type Import } from "../model/shares/imports";
import type { Mappings } from "../model/subjects/mappings";
import { indexAccountNames } from "./account-names";

/**
 * What a server reports about an account that it has loaded, as far as servers of both modes report it. Lists are lines of
 * text in one form, so that what differs can be named.
 */
export interface ExpectedAccount {
  readonly name: string;
  readonly exports: readonly string[];
  readonly imports: readonly string[];
  readonly mappings: readonly string[];
  readonly jetstream: boolean;
  /** Users who can log in to a server in static mode with their seeds. */
  readonly users: readonly ExpectedUser[];
}

/** What a server reports to a user about itself. */
export interface ExpectedUser {
  readonly name: string;
  readonly publicKey: string;
  /** @default everything is permitted */
  readonly permissions?: ReportedPermissions;
}

/** Permissions as a server reports them (`$SYS.REQ.USER.INFO`). */
export interface ReportedPermissions {
  readonly publish?: SubjectPermissions;
  readonly subscribe?: SubjectPermissions;
  readonly responses?: { readonly max: number; readonly ttl: number };
}

/** Returns what servers report about the accounts of a model, by public key. */
export function expectAccounts(model: Model): Record<string, ExpectedAccount> {
  const { keyOf } = indexAccountNames(model);
  return Object.fromEntries(
    model.accounts.map(normalizeAccount).map((account): [string, ExpectedAccount] => {
      const { name, publicKey, exports = [], imports = [], mappings = {}, jetstream } = account;
      return [
        publicKey,
        {
          name,
          exports: sortUnique(exports.map((entry) => exportLine(entry, publicKey, keyOf))),
          imports: sortUnique(imports.map((entry) => importLine(entry, publicKey))),
          mappings: mappingLines(mappings),
          jetstream: jetstream !== undefined,
          users: expectUsers(account),
        },
      ];
    }),
  );
}

/** The names of response types as servers report them. */
const REPORTED_TYPES: Readonly<Record<ResponseType, string>> = {
  singleton: "Singleton",
  stream: "Streamed",
  chunked: "Chunked",
};

function exportLine(entry: Export, exporter: string, keyOf: (name: string) => string | undefined): string {
  const { type, subject, responseType = "singleton", latency, importers } = entry;
  const keys = importers?.flatMap((name) => keyOf(name) ?? []);
  return formatExport({
    type,
    subject,
    ...(type === "service" ? { response_type: REPORTED_TYPES[responseType] } : {}),
    ...(latency === undefined ? {} : { service_latency: { results: latency.results } }),
    // A server takes an empty list for everyone: the configuration contains the exporter instead.
    ...(keys === undefined ? {} : { approved_accounts: keys.length === 0 ? [exporter] : keys }),
  });
}

/** An export as a server reports it. */
export interface ReportedExport {
  readonly type: string;
  readonly subject: string;
  readonly response_type?: string;
  readonly service_latency?: { readonly results?: string };
  readonly approved_accounts?: readonly string[];
}

/** Formats an export as a line. */
export function formatExport(entry: ReportedExport): string {
  const { type, subject, response_type: responses, service_latency: latency, approved_accounts: importers } = entry;
  return [
    `${type} ${JSON.stringify(subject)}`,
    ...(responses === undefined || responses === "Singleton" ? [] : [`with ${responses} responses`]),
    ...(latency?.results === undefined ? [] : [`with latency on ${JSON.stringify(latency.results)}`]),
    ...(importers === undefined ? [] : [`for ${sortUnique(importers).join(", ")}`]),
  ].join(" ");
}

function importLine(entry: Import, importer: string): string {
  const { type, account, localSubject, share = false } = entry;
  const subject = resolveImportSubject(entry, importer);
  return formatImport({ type, account, subject, local_subject: localSubject ?? subject, share });
}

/** An import as a server reports it. */
export interface ReportedImport {
  readonly type: string;
  readonly account: string;
  readonly subject: string;
  readonly local_subject?: string;
  readonly share?: boolean;
}

/** Formats an import as a line. Servers report references such as `$1` as wildcards. */
export function formatImport({
  type,
  account,
  subject,
  local_subject: local = subject,
  share,
}: ReportedImport): string {
  const localSubject = local.replace(/\$\d+(?=\.|$)/g, "*");
  return [
    `${type} ${JSON.stringify(subject)} of ${account}`,
    ...(localSubject === subject ? [] : [`as ${JSON.stringify(localSubject)}`]),
    ...(share === true && type === "service" ? ["with share"] : []),
  ].join(" ");
}

/** Formats mappings as lines, one for each destination. Servers add the source as a destination for the remaining messages. */
export function mappingLines(mappings: Mappings): string[] {
  return sortUnique(
    Object.entries(mappings).flatMap(([source, destinations]) =>
      destinations
        .filter(({ subject }) => subject !== source && subject !== withReferences(source))
        .map(({ subject, cluster = "" }) =>
          [
            `${JSON.stringify(source)} to ${JSON.stringify(subject)}`,
            ...(cluster === "" ? [] : [`in cluster ${cluster}`]),
          ].join(" "),
        ),
    ),
  );
}

function withReferences(source: string): string {
  let count = 0;
  return source
    .split(".")
    .map((token) => (token === "*" ? `$${(count += 1)}` : token))
    .join(".");
}

/** The connection type of a client that connects to a client port. */
const STANDARD = "STANDARD";

/** An authorization service decides about the users of its account, and users with a proxy cannot log in directly. */
function expectUsers(account: Account): ExpectedUser[] {
  return account.authorization === undefined
    ? getEffectiveUsers(account)
        .filter(({ previous, access: { connectionTypes = [STANDARD], proxyRequired } }) => {
          return previous !== true && proxyRequired !== true && connectionTypes.includes(STANDARD);
        })
        .map(({ name, publicKey, access: { permissions = account.defaultPermissions } }) =>
          omitUndefined<ExpectedUser>({
            name,
            publicKey,
            permissions:
              permissions &&
              omitUndefined<ReportedPermissions>({
                publish: permissions.publish,
                subscribe: permissions.subscribe,
                responses: permissions.responses && reportedResponses(permissions.responses),
              }),
          }),
        )
    : [];
}

function reportedResponses(responses: Parameters<typeof resolveResponses>[0]): ReportedPermissions["responses"] {
  const { max, nanoseconds } = resolveResponses(responses);
  return { max, ttl: nanoseconds };
}

/** Formats permissions as lines: what differs can be named. Lists in any order are the same permissions. */
export function permissionLines({ publish, subscribe, responses }: ReportedPermissions = {}): string[] {
  const lines = (action: string, { allow = [], deny = [] }: SubjectPermissions = {}) => [
    ...allow.map((subject) => `${action} allow ${JSON.stringify(subject)}`),
    ...deny.map((subject) => `${action} deny ${JSON.stringify(subject)}`),
  ];
  return sortUnique([
    ...lines("publish", publish),
    ...lines("subscribe", subscribe),
    ...(responses === undefined ? [] : [`responses ${responses.max} within ${responses.ttl} ns`]),
  ]);
}
