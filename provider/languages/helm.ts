import * as pulumi from "@pulumi/pulumi";
import type { AuthConfiguration } from "../components/configuration/auth-configuration";
import { helmValues, type CheckedHelmValues, type HelmValuesArgs } from "../components/configuration/helm-values";
import { InvalidArgumentsError } from "../components/validation";
import { prefixPaths, type Diagnostic } from "../diagnostics/diagnostic";
import { MODES } from "../model/cluster/servers";
import { isRecord } from "../model/form/shape";

/** Values for the Helm chart, by the mode of the servers of the release. */
export type HelmValuesByMode = Readonly<Record<string, CheckedHelmValues>>;

/** Returns the values for each of the releases; without releases, for each mode. */
export function createHelmValues(
  name: string,
  configuration: AuthConfiguration,
  declared: HelmValuesArgs,
): HelmValuesByMode {
  const { gate, parts } = configuration;
  const source = { resource: configuration, name, gate, args: parts?.args };
  const { releases }: HelmValuesArgs = isRecord(declared) ? declared : {};
  const given = MODES.filter((mode) => isRecord(releases) && releases[mode] !== undefined);
  return Object.fromEntries(
    (given.length === 0 ? MODES : given).map((mode) => [mode, helmValues(source, mode, declared)]),
  );
}

/** Finds the problems of values, without those of their configuration. */
export async function findHelmProblems(
  values: HelmValuesByMode,
  configuration: AuthConfiguration,
): Promise<Diagnostic[]> {
  const [ofConfiguration, ...results] = await Promise.allSettled([
    configuration.gate,
    ...Object.values(values).map(({ gate }) => gate),
  ]);
  const reasons = results.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
  const found = reasons.flatMap((reason) => {
    const isInherited = ofConfiguration.status === "rejected" && reason === ofConfiguration.reason;
    if (!isInherited && !(reason instanceof InvalidArgumentsError)) {
      throw reason;
    }
    return isInherited ? [] : (reason as InvalidArgumentsError).diagnostics;
  });
  // Most of them concern all modes.
  const distinct = new Map(found.map((diagnostic) => [JSON.stringify(diagnostic), diagnostic]));
  return prefixPaths("helmValues", [...distinct.values()]);
}

/** Returns values as an output: one secret, because a map of secrets would arrive without its members. */
export function helmOutput(values: HelmValuesByMode): pulumi.Output<Readonly<Record<string, unknown>>> {
  const plain: Readonly<Record<string, unknown>> = Object.fromEntries(
    Object.entries(values).map(([mode, one]) => [mode, one.values]),
  );
  return pulumi.secret(pulumi.output(plain)) as pulumi.Output<unknown> as pulumi.Output<typeof plain>;
}
