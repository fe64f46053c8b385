import { diagnose, keyPath, type Diagnostic } from "../../diagnostics/diagnostic";
import { hasWildcard } from "../subjects/subjects";
import type { AccountDeclaration } from "./account";

/** The limits of an account, and the properties that they limit. */
export type Limited = Pick<AccountDeclaration, "limits" | "exports" | "imports" | "users" | "roles">;

const CODE = "NA1604";
const REMEDY = "Change the declaration or the limit.";

/**
 * Finds where a well-formed account exceeds its own limits (JWT library, `Account.Validate`). The operator server
 * rejects such an account; static configuration has no such limits.
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
  // An invalid limit is a problem of the limit.
  const isExceeded = limit !== undefined && Number.isInteger(limit) && limit >= 0 && count > limit;
  const problem = isExceeded ? `contains ${count}, but \`limits.${path}\` allows ${limit}` : undefined;
  return diagnose({ code: CODE, path, problem, remedy: REMEDY });
}

function wildcardDiagnostics({ subject }: { readonly subject: string }, index: number): Diagnostic[] {
  const problem = hasWildcard(subject) ? "must not contain a wildcard: `limits.wildcardExports` is false" : undefined;
  return diagnose({ code: CODE, path: `exports[${index}].subject`, value: subject, problem, remedy: REMEDY });
}

function bearerDiagnostics(
  path: "users" | "roles",
  holders: Readonly<Record<string, { readonly bearer?: boolean }>> = {},
): Diagnostic[] {
  return Object.entries(holders).flatMap(([name, { bearer }]) => {
    const problem = bearer === true ? "must not be true: `limits.disallowBearer` is set" : undefined;
    return diagnose({ code: CODE, path: `${keyPath(path, name)}.bearer`, problem, remedy: REMEDY });
  });
}
