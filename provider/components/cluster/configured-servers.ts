import * as pulumi from "@pulumi/pulumi";
import { startupListener } from "../../config/listener";
import { omitUndefined } from "../../model/form/order";
import { pathInContainer } from "../../servers/docker/layout";
import { CONFIG_FOLDER, fileInPod } from "../../servers/kubernetes/layout";
import type { ClusterArgs } from "./cluster-args";
import { configRenderer, createListener, outlineRenderer, startupSettings } from "../configuration/model";
import { listenerSettings } from "./cluster-settings";
import { serverAddresses } from "./hosts";
import { normalizeProtocols } from "../configuration/protocols";
import { effectiveSettings } from "../configuration/server-settings";
import { verifiedServer, type DeclaredServer } from "../configuration/declared-server";
import { resolveRemotes } from "../configuration/remotes";
import { withConnections } from "../configuration/connections";
import { resolveTls } from "../configuration/tls";
import { serverVersion } from "./server-version";
import { runsImage, targetOf } from "./host-targets";

/** Adds its configuration to each server, and what of it takes effect only when the server starts. */
export function configureServers<Server extends DeclaredServer>(
  args: ClusterArgs,
  servers: readonly Server[],
  clusterName: pulumi.Output<string>,
) {
  // A verification logs in to a server in operator mode, if there is one, which needs no user of its own.
  const render = configRenderer(args, args.verification !== "disabled" && verifiedServer(servers)?.mode === "static");
  const outline = outlineRenderer(args);
  const protocols = normalizeProtocols(args, servers);
  const version = serverVersion(args);
  return servers.map((server) => {
    const own = effectiveSettings(args, server);
    const isLocal = !runsImage(args, server.host);
    const folder = filePrefix(args, server);
    const resolvedTls = resolveTls({ tls: args.tls, folder, isLocal }, server);
    const placed = listenerSettings(args, servers, server);
    const plain = createListener(clusterName, server, placed, { settings: own, protocols });
    const prefix = server.pod?.name.apply((name) => fileInPod(name, "")) ?? "";
    const resolvedRemotes = resolveRemotes({ args, folder, prefix, isLocal, version }, server);
    // Certificates are not among them: while they are unknown, a preview must not show that the server is replaced.
    const startup = pulumi
      .all([plain, pulumi.output(resolvedTls?.startup), pulumi.output(resolvedRemotes?.startup)])
      .apply(([known, tls, remotes]) => ({ ...startupListener(known), ...omitUndefined({ tls, remotes }) }));
    return {
      ...server,
      config: render(server, withConnections(plain, resolvedTls, resolvedRemotes?.blocks)),
      outline: outline(server, withConnections(plain, resolvedTls, resolvedRemotes?.outline)),
      startupSettings: startupSettings(args, server.mode, startup),
      addresses: serverAddresses(args, server),
      resolvedTls,
      resolvedRemotes,
    };
  });
}

/** Returns what precedes the names of files that the package writes, in the configuration of a server. */
function filePrefix(args: ClusterArgs, { host, pod }: DeclaredServer): pulumi.Input<string> {
  switch (targetOf(args, host).kind) {
    case "docker":
      return pathInContainer("");
    case "process":
      return "";
    case "kubernetes":
      return pulumi.interpolate`${CONFIG_FOLDER}/${pod?.name.apply((name) => fileInPod(name, "")) ?? ""}`;
  }
}
