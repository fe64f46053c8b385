import { diagnose, joinPath, type Diagnostic } from "../diagnostics/diagnostic";
import { checkShape, optional, stringShape } from "../model/form/shape";
import { displayKey } from "../model/keys/key-format";
import { publicKeyProblem, seedProblem } from "./keys";
import type { KeyKind, PublicKind } from "./key-kinds";

/** Checks a seed that a program supplies. Diagnostics never show the seed. */
export function seedDiagnostics(path: string, kind: KeyKind, seed: string | undefined): Diagnostic[] {
  const problem = seed === undefined ? undefined : seedProblem(kind, seed);
  return problem === undefined ? [] : [{ path, value: "(secret)", ...problem }];
}

/** Checks a public key that a program supplies, if it supplies one. */
export function publicKeyDiagnostics(path: string, kind: PublicKind, publicKey: string | undefined): Diagnostic[] {
  return checkShape(path, optional(stringShape), publicKey, (key) => {
    const problem = key === undefined ? undefined : publicKeyProblem(kind, key);
    return problem === undefined ? [] : [{ path: "", value: displayKey(key ?? ""), ...problem }];
  });
}

/** The keys that a program can supply for a user. */
export interface SuppliedUserKeys {
  readonly seed?: string;
  readonly publicKey?: string;
}

/** Checks the keys that a program supplies for a user; `path` is the user's. */
export function userKeyDiagnostics(path: string, { seed, publicKey }: SuppliedUserKeys): Diagnostic[] {
  const hasBoth = seed !== undefined && publicKey !== undefined;
  return [
    ...seedDiagnostics(joinPath(path, "seed"), "user", seed),
    ...publicKeyDiagnostics(joinPath(path, "publicKey"), "user", publicKey),
    ...diagnose({
      code: "NA1306",
      path: joinPath(path, "publicKey"),
      problem: hasBoth ? "cannot be combined with `seed`, which determines the public key" : undefined,
      remedy: "Remove one of the two.",
    }),
  ];
}
