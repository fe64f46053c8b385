import { keyPath, prefixPaths, type Diagnostic } from "../../diagnostics/diagnostic";
import { EXPORTS } from "../../model/shares/exports";
import { importsDiagnostics } from "../../model/shares/import-checks";
import { KEYED_IMPORTS, type Import } from "../../model/shares/imports";
import { omitUndefined } from "../../model/form/order";
import { REVOCATIONS, getRevokedKeys } from "../../model/keys/revocations";
import { hasShape, isRecord, optional, checkShape } from "../../model/form/shape";
import type { KeyKind } from "../../nkeys/key-kinds";
import type { Account } from "../../model/account/account";
import { activationDiagnostics } from "./activation-token";
import { isUnknown, ifKnown } from "../life-cycle/unknown";
import { knownKeyDiagnostics } from "./keys";

/** Checks imports with their keys and activations, as far as they are known. */
export function importedDiagnostics({ publicKey, imports }: Account): Diagnostic[] {
  return checkShape("imports", optional(KEYED_IMPORTS), ifKnown(withDistinctAccounts(imports)), (entries = []) => [
    ...importsDiagnostics(publicKey, entries),
    ...entries.flatMap((declared, index) => {
      const entry = imports?.[index] ?? declared;
      return prefixPaths(`[${index}]`, [
        ...knownKeyDiagnostics("account", "account", entry.account),
        ...activationDiagnostics(entry, publicKey),
      ]);
    }),
  ]);
}

/** Replaces each unknown account of an import by a distinct name, and removes unknown tokens. */
export function withDistinctAccounts(imports: readonly Import[] | undefined): readonly Import[] | undefined {
  const distinct = (entry: Import, index: number): Import =>
    isRecord(entry)
      ? omitUndefined<Import>({
          ...entry,
          account: isUnknown(entry.account) ? `(unknown ${index})` : entry.account,
          token: isUnknown(entry.token) ? undefined : entry.token,
        })
      : entry;
  return Array.isArray(imports) ? imports.map(distinct) : imports;
}

/** Checks the checksums of keys in revocations: a key with a typing error would revoke nothing. */
export function revokedKeyDiagnostics({ exports, revocations }: Account): Diagnostic[] {
  const entries = ifKnown(exports) ?? [];
  const ofExports = hasShape(EXPORTS, entries) ? entries : [];
  const own = ifKnown(revocations) ?? {};
  return [
    ...ofExports.flatMap((entry, index) =>
      keyDiagnostics(`exports[${index}].revocations`, "account", getRevokedKeys(entry.revocations ?? {}, "A")),
    ),
    ...keyDiagnostics("revocations", "user", hasShape(REVOCATIONS, own) ? getRevokedKeys(own, "U") : []),
  ];
}

function keyDiagnostics(path: string, kind: KeyKind, keys: readonly string[]): Diagnostic[] {
  return keys.flatMap((key) => knownKeyDiagnostics(keyPath(path, key), kind, key));
}
