import * as pulumi from "@pulumi/pulumi";
import type { AccountDeclaration } from "../../model/account/account";
import { accountDiagnostics, isWellFormed } from "../../model/account/account-checks";
import { keyPath, prefixPaths, type Diagnostic } from "../../diagnostics/diagnostic";
import { hasShape, optional } from "../../model/form/shape";
import type { PlaintextPort } from "../../model/cluster/tls";
import { PARITY, parityDiagnostics, parityWarnings, withoutInvalid } from "../../parity/findings";
import { parityReport, type ParityReport, type ParitySettings } from "../../parity/report";
import type { ConfigurationArgs } from "./configuration-args";
import { declarationsOf } from "./model";

/** The parity report of a cluster, and the diagnostics and warnings about its security gaps. */
export interface ClusterParity {
  readonly report: pulumi.Output<ParityReport>;
  readonly diagnostics: pulumi.Output<readonly Diagnostic[]>;
  readonly warnings: pulumi.Output<readonly string[]>;
}

/** What a comparison of the modes depends on besides the claims. */
export interface ComparedServers {
  /** The version of nats-server; undefined if it is not known. */
  readonly version?: pulumi.Output<string | undefined>;
  /** Whether servers of both modes run: otherwise, gaps between the modes do not matter. */
  readonly areMixed?: boolean;
  /** Ports that others than the same machine reach without TLS. */
  readonly ports?: pulumi.Output<readonly PlaintextPort[]>;
}

/** Compares how both modes enforce the claims of a cluster. Malformed accounts report their problems themselves. */
export function compareModes(
  args: ConfigurationArgs,
  { version, areMixed = true, ports }: ComparedServers = {},
): ClusterParity {
  const settings: ParitySettings = hasShape(optional(PARITY), args.parity) ? (args.parity ?? {}) : {};
  const declarations = declarationsOf(args);
  const { info, operatorName, systemAccount } = args.operator;
  const report = pulumi
    .all([info, operatorName, declarations, pulumi.output(version), pulumi.output(ports)])
    .apply(([claims, name, accounts, known, found = []]) =>
      parityReport(
        {
          operator: { ...claims, name, systemAccount: systemAccount.accountName },
          accounts: accounts.filter(isWellFormed),
          version: known,
          ports: found,
        },
        settings,
      ),
    );
  const invalid = declarations.apply((accounts) => accounts.flatMap(invalidPaths));
  const diagnostics = pulumi
    .all([declarations, report, invalid])
    .apply(([accounts, known, paths]) =>
      accounts.every(isWellFormed) ? parityDiagnostics(known, settings, paths, areMixed) : [],
    );
  const warnings = pulumi
    .all([report, invalid])
    .apply(([known, paths]) => parityWarnings(withoutInvalid(known, paths), areMixed));
  return { report, diagnostics, warnings };
}

/** Returns the paths of an account's invalid values, as a parity report names claims. */
function invalidPaths(account: AccountDeclaration): string[] {
  return prefixPaths(keyPath("", account.name), accountDiagnostics(account)).map(({ path }) => path);
}

/** Logs warnings for security gaps that the program does not treat as errors, and for claims that depend on a version. */
export function warnAboutGaps({ warnings }: ClusterParity, cluster: pulumi.Resource): void {
  warnings.apply(async (known) => {
    for (const warning of known) {
      await pulumi.log.warn(warning, cluster);
    }
  });
}
