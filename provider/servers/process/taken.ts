import { dirname } from "node:path";
import { portsIn } from "../../config/listener";
import { shown, type Diagnostic } from "../../model/form/diagnostics";
import type { Place, ProcessPlace } from "../places";
import { MAIN_FILE } from "../server";
import { getFiles } from "./files";
import { bindProblem } from "./ports";
import { runningServers } from "./table";

/**
 * What keeps the processes of a cluster from listening where they are to. Ports on which the cluster listens already are
 * not looked at.
 *
 * @param before where its servers run, as far as that is known
 * @param wanted where they are to run
 */
export async function takenPorts(before: readonly Place[], wanted: readonly Place[]): Promise<Diagnostic[]> {
  // Which ports containers have is not known here.
  if (before.some(({ kind }) => kind === "docker")) {
    return [];
  }
  const own = before.filter(isProcess);
  const places = wanted.filter(isProcess);
  // An update that was killed may have started servers on ports of which no state knows.
  const running = await portsOfRunning(new Set([...own, ...places].map(clusterOf)));
  const known = new Set([...own.flatMap(({ ports }) => Object.values(ports)), ...running]);
  const found = places.flatMap(({ address, ports }) =>
    Object.entries(ports)
      .filter(([, port]) => !known.has(port))
      .map(([path, port]) => portDiagnostics(path, address, port)),
  );
  return (await Promise.all(found)).flat();
}

function isProcess(place: Place): place is ProcessPlace {
  return place.kind === "process";
}

function clusterOf({ folder }: Pick<ProcessPlace, "folder">): string {
  return dirname(dirname(folder));
}

/** The ports of the servers that run in the folders of some clusters, by what lies in their places. */
async function portsOfRunning(clusters: ReadonlySet<string>): Promise<number[]> {
  const places = runningServers().filter(({ place }) => clusters.has(clusterOf({ folder: place })));
  const files = await Promise.all(places.map(({ place }) => getFiles(place)));
  return files.flatMap((found) => portsIn(found?.[MAIN_FILE] ?? ""));
}

async function portDiagnostics(path: string, address: string, port: number): Promise<Diagnostic[]> {
  const problem = await bindProblem(address, port);
  const remedy = "Free it, or give the server another port.";
  return problem === undefined ? [] : [{ path, value: shown(port), problem: `${problem} (${address})`, remedy }];
}
