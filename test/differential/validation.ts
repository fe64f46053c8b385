import { accountDiagnostics, type AccountDeclaration } from "../../provider/model/account";
import { clusterDiagnostics } from "../../provider/model/cluster";
import type { Diagnostic } from "../../provider/model/diagnostics";

/** Everything that the validation says of a model. */
export function diagnosticsOf(accounts: readonly AccountDeclaration[]): Diagnostic[] {
  return [...accounts.flatMap(accountDiagnostics), ...clusterDiagnostics(accounts)];
}
