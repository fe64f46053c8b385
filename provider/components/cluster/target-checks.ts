import * as pulumi from "@pulumi/pulumi";
import { diagnose, keyPath, prefixPaths, type Diagnostic } from "../../diagnostics/diagnostic";
import { packagesDiagnostics } from "../../kubernetes/access-checks";
import type { DeclaredServer } from "../configuration/declared-server";
import { addressesDiagnostics, portAddresses, type Addresses } from "./addresses";
import type { ClusterArgs } from "./cluster-args";
import { limitsArgsDiagnostics } from "./cluster-settings";
import { enginesDiagnostics, type ServerEngine } from "./docker-engine";
import { hostTargets, reachesPods, runsOnlyOn, targetOf } from "./host-targets";
import { addressArgs, findHost, hostsDiagnostics } from "./hosts";
import { missingPackages } from "./kubernetes-sdk";
import { filesDiagnostics, podsDiagnostics } from "./pod-checks";
import { processDiagnostics } from "./process-checks";
import { routeAddressesDiagnostics } from "./route-addresses";
import type { UnplacedServer } from "./server-places";

/** Finds packages that the resources of a cluster need, and that are not installed. */
export function installationDiagnostics(args: ClusterArgs): Diagnostic[] {
  return usesPods(args) ? packagesDiagnostics("target.kubernetes", missingPackages()) : [];
}

function usesPods(args: ClusterArgs): boolean {
  return hostTargets(args).some(({ target }) => target.kind === "kubernetes");
}

/** Checks what depends on where the servers run. @param provider the docker provider of the cluster */
export function targetDiagnostics(
  args: ClusterArgs,
  servers: readonly UnplacedServer[],
  clusterName: pulumi.Output<string>,
  provider: pulumi.ProviderResource | undefined,
): pulumi.Output<readonly Diagnostic[]>[] {
  const targets = [...new Map(hostTargets(args).map((one) => [one.path, one])).values()];
  return [
    ...(runsOnlyOn(args, "kubernetes") ? [] : addressesDiagnostics(args)),
    ...hostsDiagnostics(args, servers, provider),
    ...routeAddressesDiagnostics(args, servers),
    ...(usesPods(args)
      ? [pulumi.output([...filesDiagnostics(args), ...encryptedRoutesDiagnostics(args, servers)])]
      : []),
    ...targets.flatMap(({ path, host, isShared, target: { kind, settings } }) => {
      switch (kind) {
        case "docker":
          return onHost(isShared ? undefined : host, limitsArgsDiagnostics({ ...args, target: { docker: settings } }));
        case "process":
          return onHost(host, processDiagnostics(settings, addressesOn(args, host)), isShared);
        case "kubernetes": {
          const own = hostTargets(args).flatMap((one) => (one.path === path ? [one.host] : []));
          const inPods = servers.filter((server) => own.includes(server.host));
          return podsDiagnostics(`${path}.kubernetes`, settings, args, inPods, clusterName);
        }
      }
    }),
    ...enginesDiagnostics(dockerEngines(args, servers, provider)),
  ];
}

/**
 * Adds the path of a host to problems with its arguments.
 *
 * @param host undefined in a cluster without hosts
 * @param isShared whether the target is an argument of the cluster
 */
function onHost(
  host: string | undefined,
  found: readonly pulumi.Output<readonly Diagnostic[]>[],
  isShared = false,
): pulumi.Output<readonly Diagnostic[]>[] {
  const withHost = (diagnostic: Diagnostic): Diagnostic[] =>
    host === undefined || (isShared && diagnostic.path.startsWith("target"))
      ? [diagnostic]
      : prefixPaths(keyPath("hosts", host), [diagnostic]);
  return found.map((one) => one.apply((diagnostics) => diagnostics.flatMap(withHost)));
}

/** Returns the addresses of ports of processes. @param host undefined in a cluster without hosts */
function addressesOn(args: ClusterArgs, host: string | undefined): Addresses {
  return portAddresses(addressArgs(args, host === undefined ? undefined : findHost(args, host)));
}

/** Finds routes without TLS between pods and servers outside of their Kubernetes cluster: nothing accepts them. */
export function encryptedRoutesDiagnostics(
  args: Pick<ClusterArgs, "hosts" | "target">,
  servers: readonly Pick<UnplacedServer, "resolvedTls">[],
): Diagnostic[] {
  const isPlain = servers.some(({ resolvedTls }) => resolvedTls?.has.routes !== true);
  return diagnose({
    code: "NA2212",
    path: "tls.routes",
    problem:
      reachesPods(args) && isPlain
        ? "is not encrypted, although routes lead to pods from outside of their Kubernetes cluster"
        : undefined,
    remedy: "Set `tls` of the cluster, with a certificate that is valid for the addresses of all hosts and pods.",
  });
}

/** Returns the Docker Engines that the servers run on. @param provider the docker provider of the cluster */
export function dockerEngines(
  args: ClusterArgs,
  servers: readonly DeclaredServer[],
  provider: pulumi.ProviderResource | undefined,
): readonly ServerEngine[] {
  const inContainers = servers.filter(({ host }) => targetOf(args, host).kind === "docker");
  const engines = inContainers.map(({ host }): ServerEngine => {
    const own = findHost(args, host)?.provider;
    return own === undefined ? { provider, host: undefined } : { provider: own, host };
  });
  return engines.filter((one, index) => engines.findIndex((other) => other.provider === one.provider) === index);
}
