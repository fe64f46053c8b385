import * as pulumi from "@pulumi/pulumi";
import { formatDiagnostics } from "../../diagnostics/diagnostic";
import { monitoredBearerDiagnostics } from "../../model/cluster/listeners";
import type { ClusterArgs } from "./cluster-args";
import { declarationsOf } from "../configuration/model";
import type { DeclaredServer } from "../configuration/declared-server";

/** Warns of credentials that a server in operator mode shows to everyone who reaches its monitoring port. */
export function warnAboutMonitoring(
  name: string,
  args: ClusterArgs,
  servers: readonly DeclaredServer[],
  cluster: pulumi.Resource,
): void {
  const monitored = servers.find(({ mode, ports }) => mode === "operator" && ports.monitoringPort !== undefined);
  if (monitored === undefined) {
    return;
  }
  declarationsOf(args).apply(async (accounts) => {
    const found = monitoredBearerDiagnostics(`${monitored.path}.monitoringPort`, accounts);
    await (found.length === 0
      ? undefined
      : pulumi.log.warn(formatDiagnostics(`cluster ${JSON.stringify(name)}`, found), cluster));
  });
}
