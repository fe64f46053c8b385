import * as pulumi from "@pulumi/pulumi";
import { clusterNameDiagnostics } from "../../model/cluster/cluster";
import { type Diagnostic } from "../../diagnostics/diagnostic";
import { portsDiagnostics } from "../../model/cluster/ports";
import type { ClusterArgs } from "./cluster-args";
import { declaredServers, portsOfHosts } from "./cluster-servers";
import { textOf } from "../configuration/server-args";
import { authorizationDiagnostics, clusterNameArgDiagnostics } from "../configuration/model";
import { type DeclaredServer } from "../configuration/declared-server";

/** Checks a cluster's name and ports, and its configuration across its accounts. */
export function modelDiagnostics(
  name: string,
  args: ClusterArgs,
  servers: readonly DeclaredServer[] = declaredServers(args, textOf(args.clusterName ?? name)),
): pulumi.Output<readonly Diagnostic[]>[] {
  const { clusterName } = args;
  return [
    clusterName === undefined
      ? pulumi.output(clusterNameDiagnostics(name))
      : pulumi.output(clusterName).apply(clusterNameArgDiagnostics),
    ...authorizationDiagnostics(args, servers),
    ...portsOfHosts(servers).map((ports) => pulumi.output(ports).apply(portsDiagnostics)),
  ];
}
