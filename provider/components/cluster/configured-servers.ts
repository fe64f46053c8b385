import * as pulumi from "@pulumi/pulumi";
import { startupListener, type Listener } from "../../config/listener";
import type { ClusterArgs } from "./cluster-args";
import { accountsOf, configRenderer, createListener, outlineRenderer } from "../configuration/model";
import { listenerSettings } from "./cluster-settings";
import { serverAddresses } from "./hosts";
import { normalizeProtocols } from "../configuration/protocols";
import { effectiveSettings } from "../configuration/server-settings";
import { verifiedServer, type DeclaredServer } from "../configuration/declared-server";

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
  const protocols = normalizeProtocols(args);
  return servers.map((server) => {
    const own = effectiveSettings(args, server);
    const listener = createListener(clusterName, server, settings, { settings: own, protocols });
    const startup = startupSettings(args, server, listener);
    return {
      ...server,
      config: render(server, listener),
      outline: outline(server, listener),
      startupSettings: startup,
      addresses: serverAddresses(args, server),
    };
  });
}

/** Returns the settings that a server reads only when it starts: it rejects a reload that changes one of them. */
function startupSettings(
  args: ClusterArgs,
  { mode }: DeclaredServer,
  listener: pulumi.Output<Listener>,
): pulumi.Output<string> {
  const { operator } = args;
  const system = operator.systemAccount.publicKey;
  const startup = listener.apply(startupListener);
  switch (mode) {
    case "static":
      return pulumi.jsonStringify([startup, system, ...accountsOf(args).flatMap(({ callout }) => callout ?? [])]);
    case "operator":
      return pulumi.jsonStringify([startup, system, operator.jwt]);
  }
}
