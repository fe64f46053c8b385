import { accountDiagnostics } from "../../provider/model/account/account-checks";
import type { AccountDeclaration } from "../../provider/model/account/account";
import { clusterDiagnostics } from "../../provider/model/cluster/cluster";
import type { Diagnostic } from "../../provider/diagnostics/diagnostic";

/** Returns all diagnostics of a model. */
export function diagnosticsOf(accounts: readonly AccountDeclaration[]): Diagnostic[] {
  return [...accounts.flatMap(accountDiagnostics), ...clusterDiagnostics(accounts)];
}
