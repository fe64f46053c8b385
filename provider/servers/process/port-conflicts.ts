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
  const clusters = new Set([...own, ...places].map(clusterOf));
  const running = await readRunningServers();
  const holdersOf = (port: number) => running.flatMap(({ cluster, ports }) => (ports.includes(port) ? [cluster] : []));
  const free = others
    .map((one) => ({ ...one, holders: holdersOf(one.port) }))
    .filter(({ holders }) => !holders.some((cluster) => clusters.has(cluster)));
  return (await Promise.all(free.map(portDiagnostics))).flat();
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

/** A server of this package that runs on this machine. */
interface RunningServer {
  /** The folder of its cluster. */
  readonly cluster: string;
  readonly ports: readonly number[];
}

/** Reads the ports of all running servers from the files in their places. */
async function readRunningServers(): Promise<readonly RunningServer[]> {
  return Promise.all(
    findRunningServers().map(async ({ place }) => {
      // The folder of another user cannot be read.
      const files = await getFiles(place).catch(() => undefined);
      return { cluster: clusterOf({ folder: place }), ports: portsIn(files?.[MAIN_FILE] ?? "") };
    }),
  );
}

/** Returns the argument that sets a port. States name the ports of `staticServer` by its former name, `static`. */
function argumentOf(name: string): string {
  return name.replace(/^static\./, "staticServer.");
}

/** A port on which a server is to listen. */
interface WantedPort {
  readonly path: string;
  readonly address: string;
  readonly port: number;
  /** The folders of other clusters of this package with servers that have the port. */
  readonly holders: readonly string[];
}

async function portDiagnostics({ path, address, port, holders: [cluster] }: WantedPort): Promise<Diagnostic[]> {
  const problem = await findBindProblem(address, port);
  if (problem === undefined) {
    return [];
  }
  const isUsed = problem.code === "NA5010" && cluster !== undefined;
  return bindDiagnostics(path, address, port, isUsed ? usedByCluster(problem, cluster) : problem);
}

/** Explains that another cluster of this package has a port: perhaps the same one, with its former name. */
export function usedByCluster(problem: BindProblem, cluster: string): BindProblem {
  return {
    ...problem,
    clause: `is already used by a server of the cluster in ${cluster}`,
    remedy:
      "Set a different port. If that is this cluster with a former name, add the former name to `aliases` in its options: without, all keys are new.",
  };
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
