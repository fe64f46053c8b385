import { dirname } from "node:path";
import { shown, type Diagnostic } from "../../model/diagnostics";
import type { Place, ProcessPlace } from "../places";
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
  const places = wanted.filter((place) => place.kind === "process");
  // Which ports containers have is not known here; and an update that was killed may have started one of its servers.
  if (before.some(({ kind }) => kind === "docker") || places.some(isClusterRunning)) {
    return [];
  }
  const own = before.flatMap((place) => (place.kind === "process" ? Object.values(place.ports) : []));
  const found = places.flatMap(({ address, ports }) =>
    Object.entries(ports)
      .filter(([, port]) => !own.includes(port))
      .map(([path, port]) => portDiagnostics(path, address, port)),
  );
  return (await Promise.all(found)).flat();
}

function isClusterRunning({ folder }: ProcessPlace): boolean {
  const cluster = dirname(dirname(folder));
  return runningServers().some(({ place }) => dirname(dirname(place)) === cluster);
}

async function portDiagnostics(path: string, address: string, port: number): Promise<Diagnostic[]> {
  const problem = await bindProblem(address, port);
  const remedy = "Free it, or give the server another port.";
  return problem === undefined ? [] : [{ path, value: shown(port), problem: `${problem} (${address})`, remedy }];
}
