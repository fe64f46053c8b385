import { diagnose, keyPath, type Diagnostic } from "../../diagnostics/diagnostic";
import { isRecord } from "../../model/form/shape";
import { isReplicaCount, MAX_REPLICAS } from "./pods";
import { resolveTarget, type Target } from "./target";

/** Arguments about machines: pods have addresses of their own, and Kubernetes chooses their nodes. */
const OF_MACHINES = ["hosts", "bindAddress", "clusterAddress", "monitoringAddress"] as const;

/** The arguments of a cluster that depend on whether its servers run in pods. */
interface Arguments extends Readonly<Partial<Record<(typeof OF_MACHINES)[number], unknown>>> {
  readonly target?: Target;
  readonly servers?: object;
}

/** Checks the plain arguments of a cluster in Kubernetes. */
export function podArgsDiagnostics(args: Arguments): Diagnostic[] {
  const { kind, settings } = resolveTarget(args.target);
  if (kind !== "kubernetes") {
    return entriesOf(args).flatMap(([name, { replicas }]) =>
      diagnose({
        code: "NA2202",
        path: `${keyPath("servers", name)}.replicas`,
        problem: replicas === undefined ? undefined : "has an effect in Kubernetes only",
        remedy: "Remove the property, and add an entry to `servers` for each server.",
      }),
    );
  }
  const isNamed = settings.context !== undefined || settings.kubeconfig !== undefined;
  return [
    ...diagnose({
      code: "NA2200",
      path: "target.kubernetes",
      problem: isNamed
        ? undefined
        : "names neither a context nor a kubeconfig, so it is unknown which cluster is meant",
      remedy: "Set `context` to the name of a context of your kubeconfig, or set `kubeconfig`.",
    }),
    ...OF_MACHINES.flatMap((path) => unused(path, args[path])),
    ...entriesOf(args).flatMap(([name, { host, replicas }]) => {
      const path = keyPath("servers", name);
      return [
        ...unused(`${path}.host`, host),
        ...diagnose({
          code: "NA2203",
          path: `${path}.replicas`,
          value: replicas,
          problem:
            replicas === undefined || isReplicaCount(replicas)
              ? undefined
              : `must be a whole number from 1 to ${MAX_REPLICAS}`,
          remedy: "Use the number of pods, as a plain number.",
        }),
      ];
    }),
  ];
}

function unused(path: string, value: unknown): Diagnostic[] {
  return diagnose({
    code: "NA2201",
    path,
    problem: value === undefined ? undefined : "has no effect in Kubernetes, where each pod has an address of its own",
    remedy: "Remove it.",
  });
}

/** Returns the well-formed entries of `servers`. */
function entriesOf({ servers }: Arguments): [string, Readonly<Record<string, unknown>>][] {
  return Object.entries<unknown>(isRecord(servers) ? servers : {}).flatMap(([name, entry]) =>
    isRecord(entry) ? [[name, entry] as [string, Record<string, unknown>]] : [],
  );
}
