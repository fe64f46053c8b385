import * as pulumi from "@pulumi/pulumi";
import { startupListener, type Listener } from "../../config/listener";
import { pathInContainer } from "../../servers/docker/layout";
import type { ClusterArgs } from "./cluster-args";
import { configRenderer, createListener, outlineRenderer, startupSettings } from "../configuration/model";
import { listenerSettings } from "./cluster-settings";
import { serverAddresses } from "./hosts";
import { normalizeProtocols } from "../configuration/protocols";
import { effectiveSettings } from "../configuration/server-settings";
import { verifiedServer, type DeclaredServer } from "../configuration/declared-server";
import { resolveTls } from "../configuration/tls";
import { processTarget } from "./target";

/** Adds its configuration to each server, and what of it takes effect only when the server starts. */
export function configureServers<Server extends DeclaredServer>(
  args: ClusterArgs,
  servers: readonly Server[],
  clusterName: pulumi.Output<string>,
) {
  const settings = listenerSettings(args, servers);
  // A verification logs in to a server in operator mode, if there is one, which needs no user of its own.
  const render = configRenderer(args, args.verification !== "disabled" && verifiedServer(servers)?.mode === "static");
  const outline = outlineRenderer(args);
  const isLocal = processTarget(args.target) !== undefined;
  const folder = isLocal ? "" : pathInContainer("");
  const protocols = normalizeProtocols(args, servers);
  return servers.map((server) => {
    const own = effectiveSettings(args, server);
    const resolvedTls = resolveTls({ tls: args.tls, folder, isLocal }, server);
    const plain = createListener(clusterName, server, settings, { settings: own, protocols });
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
