import * as pulumi from "@pulumi/pulumi";
import { isWellFormed } from "../../model/account/account-checks";
import type { Diagnostic } from "../../model/form/diagnostics";
import { fits, optional } from "../../model/form/shape";
import { PARITY, parityDiagnostics, parityWarning } from "../../parity/findings";
import { parityReport, type ParityReport, type ParitySettings } from "../../parity/report";
import type { MixedAuthClusterArgs } from "./cluster-args";
import { accountsOf } from "./cluster-model";

/** The parity of a cluster, and what is wrong with it. */
export interface ClusterParity {
  readonly report: pulumi.Output<ParityReport>;
  readonly findings: pulumi.Output<readonly Diagnostic[]>;
}

/**
 * Compares what the two sides of a cluster can say. An account of another shape than it should have is told by itself,
 * and left out here.
 */
export function parityOf(args: MixedAuthClusterArgs): ClusterParity {
  const settings: ParitySettings = fits(optional(PARITY), args.parity) ? (args.parity ?? {}) : {};
  const declared = pulumi.all(accountsOf(args).map(({ declaration }) => declaration));
  const { operatorName: name, systemAccount } = args.operator;
  const operator = args.operator.info.apply((info) => ({ ...info, name, systemAccount: systemAccount.accountName }));
  const report = pulumi
    .all([operator, declared])
    .apply(([known, all]) => parityReport({ operator: known, accounts: all.filter(isWellFormed) }, settings));
  const findings = pulumi
    .all([declared, report])
    .apply(([accounts, known]) => (accounts.every(isWellFormed) ? parityDiagnostics(known, settings) : []));
  return { report, findings };
}

/** Warns of losses of security where the program says that they are no errors. */
export function warnOfLosses({ report }: ClusterParity, cluster: pulumi.Resource): void {
  report.apply(async (known) => {
    const warning = parityWarning(known);
    await (warning === undefined ? undefined : pulumi.log.warn(warning, cluster));
  });
}
