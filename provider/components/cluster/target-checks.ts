import type * as pulumi from "@pulumi/pulumi";
import type { Diagnostic } from "../../diagnostics/diagnostic";
import type { DeclaredServer } from "../configuration/declared-server";
import { addressesDiagnostics, portAddresses } from "./addresses";
import type { ClusterArgs } from "./cluster-args";
import { limitsArgsDiagnostics } from "./cluster-settings";
import { engineDiagnostics } from "./docker-engine";
import { findHost, hostsDiagnostics } from "./hosts";
import { missingPackages } from "./kubernetes-sdk";
import { packagesDiagnostics, podsDiagnostics } from "./pod-checks";
import { processDiagnostics } from "./process-checks";
import { resolveTarget } from "./target";

/** Finds packages that the resources of a cluster need, and that are not installed. */
export function installationDiagnostics({ target }: ClusterArgs): Diagnostic[] {
  switch (resolveTarget(target).kind) {
    case "docker":
    case "process":
      return [];
    case "kubernetes":
      return packagesDiagnostics(missingPackages());
  }
}

/** Checks what depends on where the servers run. @param provider the docker provider of the cluster */
export function targetDiagnostics(
  args: ClusterArgs,
  servers: readonly DeclaredServer[],
  clusterName: pulumi.Output<string>,
  provider: pulumi.ProviderResource | undefined,
): pulumi.Output<readonly Diagnostic[]>[] {
  const { kind, settings } = resolveTarget(args.target);
  switch (kind) {
    case "docker":
      return [
        ...addressesDiagnostics(args),
        ...limitsArgsDiagnostics(args),
        ...dockerProviders(args, servers, provider).flatMap((provider) => engineDiagnostics(provider)),
        ...hostsDiagnostics(args, servers, provider),
      ];
    case "process":
      return [...addressesDiagnostics(args), ...processDiagnostics(settings, portAddresses(args))];
    case "kubernetes":
      return podsDiagnostics(settings, args, servers, clusterName);
  }
}

/** Returns the docker provider of each host, or that of the cluster. */
export function dockerProviders(
  args: ClusterArgs,
  servers: readonly DeclaredServer[],
  provider: pulumi.ProviderResource | undefined,
): (pulumi.ProviderResource | undefined)[] {
  return [...new Set(servers.map((server) => findHost(args, server.host)?.provider ?? provider))];
}
