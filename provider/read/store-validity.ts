import type { Code } from "../diagnostics/codes";
import { keyPath, prefixPaths, type Diagnostic } from "../diagnostics/diagnostic";
import type { Access } from "../model/access/access";
import { networksDiagnostics } from "../model/access/networks";
import type { Permissions } from "../model/access/permissions";
import type { Account } from "../model/account/account";
import { limitUseDiagnostics } from "../model/account/limit-use";
import type { AccountLimits } from "../model/account/limits";
import { TRACE_TERM } from "../model/account/trace";
import { infoDiagnostics } from "../model/form/info";
import { omitUndefined } from "../model/form/order";
import { exportsDiagnostics } from "../model/shares/export-checks";
import { importsDiagnostics } from "../model/shares/import-checks";
import type { Import } from "../model/shares/imports";
import { MAPPINGS_TERM } from "../model/subjects/mappings";
import { hasWildcard } from "../model/subjects/subjects";
import type { ReadAccount } from "./claims/account";
import { activationMismatch } from "./store-activations";
import { permissionEntries } from "./store-templates";

/** What makes a JWT invalid for servers: the path of a claim, and its problem. */
type Invalidity = Pick<Diagnostic, "path" | "problem">;

/** Returns why servers reject an account as a whole (JWT library, `Account.Validate`), if they do. */
export function accountInvalidity({ account, to }: Pick<ReadAccount, "account" | "to">): string | undefined {
  return format([
    ...activationInvalidities(account),
    ...limitUseDiagnostics({
      imports: [],
      exports: [],
      ...account,
      users: {},
      roles: {},
      limits: toEnforced(account.limits),
    }),
    ...subjectInvalidities(accountSubjects(account)),
    ...prefixPaths("imports", importInvalidities(account, to)),
    ...termInvalidities(account),
  ]);
}

/** Returns why servers reject the JWT of a user because of its own access (JWT library, `User.Validate`), if they do. */
export function accessInvalidity({ permissions = {}, sourceNetworks = [] }: Access): string | undefined {
  return format([
    ...permissionInvalidities("permissions", permissions),
    ...(sourceNetworks.length === 0 ? [] : prefixPaths("sourceNetworks", networksDiagnostics(sourceNetworks))),
  ]);
}

function format([found]: readonly Invalidity[]): string | undefined {
  return found === undefined ? undefined : `is invalid for servers: \`${found.path}\` ${found.problem}`;
}

function activationInvalidities({ imports = [], publicKey }: Account): Invalidity[] {
  return imports.flatMap((entry, index) => {
    const problem = entry.account === "" ? "names no account" : activationMismatch(entry, publicKey);
    return problem === undefined ? [] : [{ path: `imports[${index}]`, problem }];
  });
}

/** Returns the limits that servers enforce: `wildcards` only for an account whose exports are limited. */
export function toEnforced({ wildcardExports, ...limits }: AccountLimits = {}): AccountLimits {
  const isLimited = limits.exports !== undefined;
  return omitUndefined<AccountLimits>({ ...limits, wildcardExports: isLimited ? wildcardExports : undefined });
}

/**
 * Problems for which servers reject an account, by the term in which a check of programs finds them. Programs reject more,
 * which servers accept: their own checks report it, instead of leaving out an account that is in use.
 */
const REJECTED: Readonly<Record<"imports" | "exports" | "mappings" | "trace" | "info", readonly Code[]>> = {
  imports: ["NA1101", "NA1501", "NA1511", "NA1513", "NA1515"],
  exports: ["NA1006", "NA1008", "NA1009", "NA1501", "NA1504", "NA1507"],
  mappings: ["NA1008", "NA1108"],
  trace: ["NA1008", "NA1610"],
  info: ["NA1009"],
};

function rejected(term: keyof typeof REJECTED, found: readonly Diagnostic[]): Diagnostic[] {
  return found.filter(({ code }) => REJECTED[term].includes(code));
}

/**
 * The JWT library checks the claims of an import, which the deprecated `to` gives another meaning: it takes `to` of a service
 * for its local subject when it looks for overlaps, and does not check it otherwise.
 */
function importInvalidities(
  { publicKey, imports = [] }: Account,
  to: ReadonlyMap<Import, string> = new Map(),
): Diagnostic[] {
  const checked = imports.map((entry) => toChecked(entry, to.get(entry)));
  const paths = new Map<string, string>(
    imports.flatMap((entry, index) => (to.has(entry) ? [[`[${index}].localSubject`, `[${index}].to`] as const] : [])),
  );
  return rejected("imports", importsDiagnostics(publicKey, checked))
    .filter(({ code, path }) => code === OVERLAP || !paths.has(path))
    .map((found) => ({ ...found, path: paths.get(found.path) ?? found.path }));
}

const OVERLAP: Code = "NA1515";

/** Returns an import with the subjects by which the JWT library checks it. */
function toChecked({ localSubject, ...entry }: Import, to: string | undefined): Import {
  if (to === undefined) {
    return omitUndefined<Import>({ ...entry, localSubject });
  }
  return entry.type === "stream" ? entry : { ...entry, subject: localSubject ?? entry.subject, localSubject: to };
}

function termInvalidities(account: Account): Invalidity[] {
  const { exports = [], mappings, trace, defaultPermissions = {} } = account;
  return [
    ...prefixPaths("exports", rejected("exports", exportsDiagnostics(exports))),
    ...resultsInvalidities(account),
    ...(mappings === undefined
      ? []
      : prefixPaths("mappings", rejected("mappings", MAPPINGS_TERM.diagnostics(mappings)))),
    ...(trace === undefined ? [] : prefixPaths("trace", rejected("trace", TRACE_TERM.diagnostics(trace)))),
    ...permissionInvalidities("defaultPermissions", defaultPermissions),
    ...rejected("info", infoDiagnostics(account)),
  ];
}

/** Servers accept results on the subject of a service, and programs do not. */
function resultsInvalidities({ exports = [] }: Account): Invalidity[] {
  return exports.flatMap(({ latency }, index) =>
    latency !== undefined && hasWildcard(latency.results)
      ? [{ path: `exports[${index}].latency.results`, problem: "must not contain wildcards" }]
      : [],
  );
}

/** A subject, and its path. */
type Entry = readonly [path: string, subject: string];

function accountSubjects({ exports = [], mappings = {}, trace }: Account): Entry[] {
  return [
    ...exports.flatMap(({ subject, latency }, index): Entry[] => [
      [`exports[${index}].subject`, subject],
      ...(latency === undefined ? [] : [[`exports[${index}].latency.results`, latency.results] as const]),
    ]),
    ...Object.entries(mappings).flatMap(([source, destinations]): Entry[] => {
      const path = keyPath("mappings", source);
      return [
        [path, source],
        ...destinations.map(({ subject }, index): Entry => [`${path}[${index}].subject`, subject]),
      ];
    }),
    ...(trace === undefined ? [] : [["trace.destination", trace.destination] as const]),
  ];
}

/** Subjects to subscribe to can be followed by one space and a queue group. */
function permissionInvalidities(path: string, permissions: Permissions): Invalidity[] {
  return subjectInvalidities(
    permissionEntries(permissions).flatMap(({ path: at, direction, subject }) => {
      const [name = "", queue, ...rest] = subject.split(" ");
      const isQueue = direction === "subscribe" && queue !== undefined && rest.length === 0;
      return (isQueue ? [name, queue] : [subject]).map((text): Entry => [`${path}.${at}`, text]);
    }),
  );
}

/** The rules of the JWT library (`Subject.Validate`), which accepts `>` in any place. */
function subjectInvalidities(subjects: readonly Entry[]): Invalidity[] {
  return subjects
    .filter(([, subject]) => subject.includes(" ") || subject.split(".").includes(""))
    .map(([path]) => ({ path, problem: "is not a valid subject" }));
}
