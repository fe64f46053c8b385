import { dirname } from "node:path";
import { portsIn } from "../../config/deployed";
import { diagnose, type Diagnostic } from "../../diagnostics/diagnostic";
import type { Place, ProcessPlace } from "../place";
import { MAIN_FILE } from "../server";
import { getFiles } from "./files";
import { findBindProblem, type BindProblem } from "./ports";
import { findRunningServers } from "./process-table";

/**
 * Finds the ports on which the processes of a cluster cannot listen. Skips ports on which the cluster already listens.
 *
 * @param before the places of its servers, as far as known
 * @param wanted the places where they are to run
 */
export async function findPortConflicts(before: readonly Place[], wanted: readonly Place[]): Promise<Diagnostic[]> {
  if (before.some(mayUseUnknownPorts)) {
    return [];
  }
  const own = before.filter(isProcess);
  const places = wanted.filter(isProcess);
  const known = new Set(own.flatMap(({ ports }) => Object.values(ports)));
  const others = places.flatMap(({ address, addresses = {}, ports }) =>
    Object.entries(ports)
      .filter(([, port]) => !known.has(port))
      .map(([name, port]) => ({ path: argumentOf(name), address: addresses[name] ?? address, port })),
  );
  if (others.length === 0) {
    return [];
  }
  // A killed update may have started servers on ports that are in no state.
  const running = await readRunningPorts(new Set([...own, ...places].map(clusterOf)));
  const free = others.filter(({ port }) => !running.includes(port));
  return (await Promise.all(free.map(({ path, address, port }) => portDiagnostics(path, address, port)))).flat();
}

/** True for a place that may use ports of this machine that are not known here. */
function mayUseUnknownPorts({ kind }: Place): boolean {
  switch (kind) {
    case "docker":
      return true;
    case "process":
    case "kubernetes":
      return false;
  }
}

function isProcess(place: Place): place is ProcessPlace {
  return place.kind === "process";
}

function clusterOf({ folder }: Pick<ProcessPlace, "folder">): string {
  return dirname(dirname(folder));
}

/** Reads the ports of the servers that run in the folders of some clusters from the files in their places. */
async function readRunningPorts(clusters: ReadonlySet<string>): Promise<number[]> {
  const places = findRunningServers().filter(({ place }) => clusters.has(clusterOf({ folder: place })));
  const files = await Promise.all(places.map(({ place }) => getFiles(place)));
  return files.flatMap((found) => portsIn(found?.[MAIN_FILE] ?? ""));
}

/** Returns the argument that sets a port. States name the ports of `staticServer` by its former name, `static`. */
function argumentOf(name: string): string {
  return name.replace(/^static\./, "staticServer.");
}

async function portDiagnostics(path: string, address: string, port: number): Promise<Diagnostic[]> {
  const problem = await findBindProblem(address, port);
  return problem === undefined ? [] : bindDiagnostics(path, address, port, problem);
}

/** Returns the diagnostic for a port that cannot be listened on. */
export function bindDiagnostics(
  path: string,
  address: string,
  port: number,
  { code, clause, isAddress, remedy }: BindProblem,
): Diagnostic[] {
  return diagnose({
    code,
    path,
    value: port,
    problem: isAddress ? `cannot be used, because ${address} ${clause}` : `${clause} (${address})`,
    remedy,
  });
}
