import type { Diagnostic } from "../../diagnostics/diagnostic";
import { displayKey, hasKeyFormat, isSeedLike } from "./key-format";
import { sortUnique } from "../form/order";
import { listOf, stringShape, type Shape } from "../form/shape";

/** The shape of a list of signing keys. */
export const SIGNING_KEYS: Shape = listOf(stringShape);

/**
 * Returns a problem for each key in a list that does not have the format of an account's public key; paths are relative to
 * the list. The checksums are not verified.
 */
export function signingKeysDiagnostics(keys: readonly string[]): Diagnostic[] {
  return keys.flatMap((key, index) => {
    const problem = formatProblem(key);
    return problem === undefined ? [] : [{ path: `[${index}]`, value: displayKey(key), ...problem }];
  });
}

function formatProblem(key: string): Pick<Diagnostic, "code" | "problem" | "remedy"> | undefined {
  if (hasKeyFormat("A", key)) {
    return undefined;
  }
  const remedy = "Use an account public key, which begins with A.";
  return isSeedLike(key)
    ? { code: "NA1304", problem: "is a seed, but an account public key is required", remedy }
    : {
        code: "NA1302",
        problem: "is not a valid account public key: a key has 56 characters and begins with A",
        remedy,
      };
}

/** Returns the keys sorted and without duplicates; undefined if there are none. */
export function normalizeSigningKeys(keys: readonly string[]): string[] | undefined {
  return keys.length === 0 ? undefined : sortUnique(keys);
}
