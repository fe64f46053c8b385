import * as pulumi from "@pulumi/pulumi";
import { diagnose, prefixPaths, type Diagnostic } from "../../diagnostics/diagnostic";
import { hasShape, stringShape } from "../../model/form/shape";
import { EXPORTS, isShareType, type Export } from "../../model/shares/exports";
import { findMatchingExports, grantDiagnostics } from "../../model/shares/grants";
import type { DeclaredImport } from "../../model/shares/imports";
import type { AccountSettings, ImportArgs } from "./account-args";
import type { Token } from "./account-activations";
import { allowedAccountsOf, sourceOf } from "./account-source";

/** Finds problems with the references of other accounts that an account refers to. */
export function sourceDiagnostics(args: AccountSettings): pulumi.Output<readonly Diagnostic[]>[] {
  const { imports = [] } = args;
  const all = [
    ...imports.map(({ account }, index) => [`imports[${index}].account`, account] as const),
    ...allowedAccountsOf(args).map((account, index) => [`authorization.allowedAccounts[${index}]`, account] as const),
  ];
  return all.flatMap(([path, account]) => {
    const { diagnostics } = sourceOf(account);
    return diagnostics === undefined ? [] : [diagnostics.apply((found) => prefixPaths(path, found))];
  });
}

/**
 * Finds imports that the exporting accounts do not permit, as far as the program knows these accounts. For an account without
 * an operator: otherwise, the cluster reports them.
 */
export function unpermittedDiagnostics(
  name: string,
  { imports = [] }: AccountSettings,
): pulumi.Output<readonly Diagnostic[]>[] {
  return imports.flatMap((entry, index) => {
    const found = checkImport(entry, (declared, exports) => grantDiagnostics(name, declared, exports));
    return found === undefined ? [] : [found.apply((all) => prefixPaths(`imports[${index}]`, all))];
  });
}

/**
 * Finds imports of private exports without an activation, which only the stack of the exporting account can sign. For an
 * account without an operator.
 *
 * @param tokens activation of each import
 */
export function unsignedDiagnostics(
  { imports = [] }: AccountSettings,
  tokens: readonly Token[],
): pulumi.Output<readonly Diagnostic[]>[] {
  return imports.flatMap((entry, index) => {
    const found = sourceOf(entry.account).issued && checkImport(entry, privateDiagnostics);
    return found === undefined
      ? []
      : [
          pulumi
            .all([found, tokens[index]])
            .apply(([all, token]) => (token === undefined ? prefixPaths(`imports[${index}]`, all) : [])),
        ];
  });
}

function privateDiagnostics(entry: DeclaredImport, exports: readonly Export[]): Diagnostic[] {
  const isPrivate = findMatchingExports(entry, exports)[0]?.importers !== undefined;
  const problem = "requires an activation, which the exporting account has not signed for the key of this account";
  return diagnose({
    code: "NA4110",
    value: entry.subject,
    problem: isPrivate ? problem : undefined,
    remedy:
      "Add the reference of this account to the `importers` of the export, and run `pulumi up` in the stack of the exporting account.",
  });
}

/**
 * Checks an import against the exports of its account; undefined if the program does not know these. Malformed imports are
 * reported elsewhere.
 */
function checkImport(
  entry: ImportArgs,
  check: (declared: DeclaredImport, exports: readonly Export[]) => readonly Diagnostic[],
): pulumi.Output<readonly Diagnostic[]> | undefined {
  const { declaration, accountName } = sourceOf(entry.account);
  return (
    declaration &&
    pulumi
      .all([declaration, accountName, entry.subject, entry.type])
      .apply(([{ exports = [] }, account, subject, type]) =>
        account === "" || !hasShape(stringShape, subject) || !isShareType(type) || !hasShape(EXPORTS, exports)
          ? []
          : check({ account, subject, type }, exports),
      )
  );
}
