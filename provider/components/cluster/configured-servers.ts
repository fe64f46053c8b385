import * as pulumi from "@pulumi/pulumi";
import { startupListener, type Listener } from "../../config/listener";
import { pathInContainer } from "../../servers/docker/layout";
import { CONFIG_FOLDER, fileInPod } from "../../servers/kubernetes/layout";
import type { ClusterArgs } from "./cluster-args";
import { configRenderer, createListener, outlineRenderer, startupSettings } from "../configuration/model";
import { listenerSettings } from "./cluster-settings";
import { serverAddresses } from "./hosts";
import { normalizeProtocols } from "../configuration/protocols";
import { effectiveSettings } from "../configuration/server-settings";
import { verifiedServer, type DeclaredServer } from "../configuration/declared-server";
import { resolveTls } from "../configuration/tls";
import { resolveTarget } from "./target";

/** Adds its configuration to each server, and what of it takes effect only when the server starts. */
export function configureServers<Server extends DeclaredServer>(
  args: ClusterArgs,
  servers: readonly Server[],
  clusterName: pulumi.Output<string>,
) {
  // A verification logs in to a server in operator mode, if there is one, which needs no user of its own.
  const render = configRenderer(args, args.verification !== "disabled" && verifiedServer(servers)?.mode === "static");
  const outline = outlineRenderer(args);
  const isLocal = resolveTarget(args.target).kind === "process";
  const protocols = normalizeProtocols(args, servers);
  return servers.map((server) => {
    const own = effectiveSettings(args, server);
    const resolvedTls = resolveTls({ tls: args.tls, folder: filePrefix(args, server), isLocal }, server);
    const placed = listenerSettings(args, servers, server);
    const plain = createListener(clusterName, server, placed, { settings: own, protocols });
    const listener =
      resolvedTls === undefined
        ? plain
        : pulumi.all([plain, resolvedTls.blocks]).apply(([known, tls]): Listener => ({ ...known, tls }));
    // Certificates are not among them: while they are unknown, a preview must not show that the server is replaced.
    const startup = pulumi
      .all([plain, pulumi.output(resolvedTls?.startup)])
      .apply(([known, tls]) => ({ ...startupListener(known), ...(tls === undefined ? {} : { tls }) }));
    return {
      ...server,
      config: render(server, listener),
      outline: outline(server, listener),
      startupSettings: startupSettings(args, server.mode, startup),
      addresses: serverAddresses(args, server),
      resolvedTls,
    };
  });
}

/** Returns what precedes the names of files that the package writes, in the configuration of a server. */
function filePrefix({ target }: ClusterArgs, { pod }: DeclaredServer): pulumi.Input<string> {
  switch (resolveTarget(target).kind) {
    case "docker":
      return pathInContainer("");
    case "process":
      return "";
    case "kubernetes":
      return pulumi.interpolate`${CONFIG_FOLDER}/${pod?.name.apply((name) => fileInPod(name, "")) ?? ""}`;
  }
}
