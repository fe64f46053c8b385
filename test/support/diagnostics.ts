import type { Diagnostic } from "../../provider/diagnostics/diagnostic";

/** Code and path of each diagnostic, such as "NA1101 exports[0].subject". */
export function codesAndPaths(found: readonly Diagnostic[]): string[] {
  return found.map(({ code, path }) => `${code} ${path}`);
}
