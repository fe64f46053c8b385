import { diagnose, type Diagnostic } from "../../diagnostics/diagnostic";

/** Finds objects of others with the names of a cluster. @param foreign their kinds and names, such as `Service nats` */
export function foreignObjectsDiagnostics(namespace: string, foreign: readonly string[]): Diagnostic[] {
  return diagnose({
    code: "NA2209",
    path: "clusterName",
    problem:
      foreign.length === 0
        ? undefined
        : `names objects of namespace ${JSON.stringify(namespace)} that belong to somebody else, who would lose them: ${foreign.join(", ")}`,
    remedy:
      "If they are pods of this cluster, the target of their host has changed to or from that of the cluster: undo that, and delete nothing. Otherwise use another `clusterName` or another namespace. If nobody needs these objects, delete them.",
  });
}

/** Stands for a provider that a cluster creates itself. */
export const OWN_PROVIDER = "own";

/** Finds another provider of objects that exist. @param isReplacing whether the engine would replace them */
export function otherProviderDiagnostics(isReplacing: boolean): Diagnostic[] {
  return diagnose({
    code: "NA2215",
    path: "target",
    problem: isReplacing
      ? "has another provider than before, for which the engine would delete all pods and their Services"
      : undefined,
    remedy: "Use the same provider as before, or none if the cluster had created its own.",
  });
}

/** A Kubernetes cluster and the ports of its nodes that lead to pods, each by the path of the argument that names it. */
export interface NodePorts {
  /** Differs for Services with other names. */
  readonly services: string;
  readonly ports: Readonly<Record<string, number>>;
}

/** Finds ports of nodes that Services of the same Kubernetes cluster still have when others are to get them. */
export function nodePortsDiagnostics(present: NodePorts, next: NodePorts): Diagnostic[] {
  return Object.entries(next.ports).flatMap(([path, port]) => {
    const holder = Object.entries(present.ports).find(([, other]) => other === port)?.[0];
    const isOther = holder !== undefined && (holder !== path || present.services !== next.services);
    return diagnose({
      code: "NA2214",
      path,
      value: port,
      problem: isOther ? `is a port that ${holder} has until the end of this update` : undefined,
      remedy: `Remove it from ${holder ?? path} in an update before, or use another port.`,
    });
  });
}

/** Finds existing entries with pods to which Kubernetes adds no volumes. @param entries their names */
export function missingVolumesDiagnostics(entries: readonly string[]): Diagnostic[] {
  return diagnose({
    code: "NA2210",
    path: "jetstream",
    problem:
      entries.length === 0
        ? undefined
        : `requires volumes, which Kubernetes does not add to the pods of existing entries: ${entries.join(", ")}`,
    remedy:
      "Give these entries of `servers` other names. The new pods start with volumes, and the servers of the former entries stop.",
  });
}
