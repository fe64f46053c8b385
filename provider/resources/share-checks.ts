import { keyPath, under, type Diagnostic } from "../model/form/diagnostics";
import { EXPORTS } from "../model/shares/exports";
import { importsDiagnostics } from "../model/shares/import-checks";
import { KEYED_IMPORTS, type Import } from "../model/shares/imports";
import { defined } from "../model/form/order";
import { REVOCATIONS, revokedKeys } from "../model/keys/revocations";
import { fits, isRecord, optional, shaped } from "../model/form/shape";
import type { KeyKind } from "../nkeys/kinds";
import type { Account } from "../model/account/account";
import { activationDiagnostics } from "./activation-checks";
import { isUnknown, known } from "./dynamic";
import { publicKeyDiagnostics } from "./nkey";

/** What is wrong with imports by keys, and with the activations in them, as far as they are known. */
export function importedDiagnostics({ publicKey, imports }: Account): Diagnostic[] {
  return shaped("imports", optional(KEYED_IMPORTS), known(distinguished(imports)), (entries = []) => [
    ...importsDiagnostics(publicKey, entries),
    ...entries.flatMap((declared, index) => {
      const entry = imports?.[index] ?? declared;
      return under(`[${index}]`, [
        ...publicKeyDiagnostics("account", "account", entry.account),
        ...activationDiagnostics(entry, publicKey),
      ]);
    }),
  ]);
}

/** The imports, each from an account of its own where it is not known from which one, and without unknown tokens. */
export function distinguished(imports: readonly Import[] | undefined): readonly Import[] | undefined {
  const of = (entry: Import, index: number): Import =>
    isRecord(entry)
      ? defined<Import>({
          ...entry,
          account: isUnknown(entry.account) ? `(unknown ${index})` : entry.account,
          token: isUnknown(entry.token) ? undefined : entry.token,
        })
      : entry;
  return Array.isArray(imports) ? imports.map(of) : imports;
}

/** What only its checksum tells of a key in revocations: a typing error would revoke nothing. */
export function revokedKeyDiagnostics({ exports, revocations }: Account): Diagnostic[] {
  const entries = known(exports) ?? [];
  const ofExports = fits(EXPORTS, entries) ? entries : [];
  const own = known(revocations) ?? {};
  return [
    ...ofExports.flatMap((entry, index) =>
      keysOfNobody(`exports[${index}].revocations`, "account", revokedKeys(entry.revocations ?? {}, "A")),
    ),
    ...keysOfNobody("revocations", "user", fits(REVOCATIONS, own) ? revokedKeys(own, "U") : []),
  ];
}

function keysOfNobody(path: string, kind: KeyKind, keys: readonly string[]): Diagnostic[] {
  return keys.flatMap((key) => publicKeyDiagnostics(keyPath(path, key), kind, key));
}
