import * as pulumi from "@pulumi/pulumi";
import { formatDiagnostic, type Diagnostic } from "../../diagnostics/diagnostic";
import { perServer } from "../../model/cluster/servers";
import { ClusterFolder } from "../../resources/cluster-folder";
import { ServerProcess } from "../../resources/server-process";
import type { Executable } from "../../servers/process/executable";
import { serverFolder } from "../../servers/process/layout";
import { addressOf, type Addresses } from "./addresses";
import { shortDigest, type ProcessPlaces, type ServerPlacesArgs } from "./server-places";
import { findServerExecutable } from "./process-checks";
import { stateFolder, type ProcessTarget } from "./target";
import { afterGate } from "../validation";
import { urlHost } from "../configuration/addresses";
import { portsByName } from "../configuration/declared-server";

/** Arguments of {@link createProcessPlaces}. */
export interface ProcessPlacesArgs extends ServerPlacesArgs {
  readonly target: ProcessTarget;
}

/** Returns the prefix of a server's ports in states. The one of `staticServer` stays as earlier versions named it. */
function storedPrefix(path: string): string {
  return path === "staticServer" ? "static" : path;
}

/** Creates the folders of a cluster whose servers are local processes. */
export function createProcessPlaces(args: ProcessPlacesArgs, child: pulumi.CustomResourceOptions): ProcessPlaces {
  const { name, gate, target, stores } = args;
  const executable = afterGate(gate, findServerExecutable(target)).apply(requireExecutable);
  const label = afterGate(gate, [pulumi.getProject(), pulumi.getStack(), name].join("-").replace(/[^\w.-]/g, "_"));
  const home = stateFolder(target);
  const folder = new ClusterFolder(
    name,
    { label, ...(stores ? { stores } : {}), ...(home === undefined ? {} : { home }) },
    child,
  );
  const servers = args.servers.map((server) => {
    const { addresses } = server;
    const hostName = pulumi.output(addresses.clusterAddress).apply(urlHost);
    const { place } = new ServerProcess(
      `${name}-${server.name}`,
      {
        cluster: folder.path,
        side: server.name,
        binary: executable.path,
        fixed: pulumi.jsonStringify([server.startupSettings, executable.version]).apply(shortDigest),
      },
      child,
    );
    const ports = portsByName(storedPrefix(server.path), server.ports);
    const listening = {
      address: addresses.bindAddress,
      ports,
      addresses: otherAddresses(Object.keys(ports), addresses),
    };
    return { ...server, hostName, process: place, place: { kind: "process" as const, folder: place, ...listening } };
  });
  const processes = perServer(servers, ({ process }) => process);
  return {
    kind: "process",
    processes,
    ids: { processes },
    servers,
    stores: perServer(servers, (server) => folder.path.apply((path) => serverFolder(path, server.name))),
  };
}

/** Returns the addresses of ports that differ from the one of clients; undefined if none does, as in earlier states. */
function otherAddresses(ports: readonly string[], addresses: Addresses): pulumi.Output<Record<string, string>> {
  const found = pulumi
    .all([addresses.bindAddress, pulumi.all(ports.map((port) => addressOf(port, addresses)))])
    .apply(([ofClients, all]) => {
      const others = ports.flatMap((port, index) => {
        const address = all[index];
        return address === undefined || address === ofClients ? [] : [[port, address] as const];
      });
      return others.length === 0 ? undefined : Object.fromEntries(others);
    });
  return found as pulumi.Output<Record<string, string>>;
}

/** Returns the executable; the gate stays closed for a diagnostic. */
function requireExecutable(found: Executable | Diagnostic): Executable {
  if ("problem" in found) {
    throw new Error(formatDiagnostic(found));
  }
  return found;
}
