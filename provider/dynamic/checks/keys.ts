import { diagnose, type Diagnostic } from "../../diagnostics/diagnostic";
import { publicKeyDiagnostics } from "../../nkeys/key-checks";
import { KIND_LETTER, type PublicKind } from "../../nkeys/key-kinds";
import { ifKnown } from "../life-cycle/unknown";

/** Checks a public key that a program provides, unless it is not known yet. */
export function knownKeyDiagnostics(path: string, kind: PublicKind, publicKey: string | undefined): Diagnostic[] {
  return publicKeyDiagnostics(path, kind, ifKnown(publicKey));
}

/** Checks the kind of a key. */
export function kindDiagnostics(kind: string): Diagnostic[] {
  const kinds = Object.keys(KIND_LETTER);
  return diagnose({
    code: "NA5030",
    path: "kind",
    value: kind,
    problem: kinds.includes(kind) ? undefined : "is not a known kind of key",
    remedy: `Use one of: ${kinds.join(", ")}.`,
  });
}
