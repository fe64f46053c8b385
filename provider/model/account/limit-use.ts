import type { AccountDeclaration } from "./account";
import { keyPath, shown, type Diagnostic } from "../form/diagnostics";
import { hasWildcard } from "../subjects/subjects";

/** What an account says, and what it may say at most. */
export type Limited = Pick<AccountDeclaration, "limits" | "exports" | "imports" | "users" | "roles">;

/** The remedy for everything that goes past a limit. */
const REMEDY = "Take it out, or raise the limit.";

/**
 * Where an account says more than its own limits allow (JWT library, `Account.Validate`): the static server has no word
 * for these limits, and the operator server refuses an account that goes past them. Everything is well-formed.
 */
export function limitUseDiagnostics({ limits = {}, exports = [], imports = [], users, roles }: Limited): Diagnostic[] {
  return [
    ...countDiagnostics("exports", exports.length, limits.exports),
    ...countDiagnostics("imports", imports.length, limits.imports),
    ...(limits.wildcardExports === false ? exports.flatMap(wildcardDiagnostics) : []),
    ...(limits.disallowBearer === true
      ? [...bearerDiagnostics("users", users), ...bearerDiagnostics("roles", roles)]
      : []),
  ];
}

function countDiagnostics(path: "exports" | "imports", count: number, limit: number | undefined): Diagnostic[] {
  // A limit that is none is said where it stands.
  if (limit === undefined || !Number.isInteger(limit) || limit < 0 || count <= limit) {
    return [];
  }
  return [{ path, problem: `has ${count} elements, and \`limits.${path}\` allows ${limit}`, remedy: REMEDY }];
}

function wildcardDiagnostics({ subject }: { readonly subject: string }, index: number): Diagnostic[] {
  const problem = "has a wildcard, and `limits.wildcardExports` allows none";
  return hasWildcard(subject)
    ? [{ path: `exports[${index}].subject`, value: shown(subject), problem, remedy: REMEDY }]
    : [];
}

function bearerDiagnostics(
  path: "users" | "roles",
  holders: Readonly<Record<string, { readonly bearer?: boolean }>> = {},
): Diagnostic[] {
  const problem = "lets somebody log in with a JWT alone, and `limits.disallowBearer` does not";
  return Object.entries(holders).flatMap(([name, { bearer }]) =>
    bearer === true ? [{ path: `${keyPath(path, name)}.bearer`, problem, remedy: REMEDY }] : [],
  );
}
