import { diagnose, keyPath, type Diagnostic } from "../../diagnostics/diagnostic";
import { unnamedDiagnostics } from "../../kubernetes/access-checks";
import { isRecord } from "../../model/form/shape";
import { hostTargets, reachesPods, runsOnlyOn, targetOf } from "./host-targets";
import { isReplicaCount, MAX_REPLICAS } from "./pods";
import type { KubernetesTarget, Target } from "./target";

/** Arguments about machines: pods have addresses of their own, and Kubernetes chooses their nodes. */
const OF_MACHINES = ["bindAddress", "clusterAddress", "monitoringAddress"] as const;

/** The arguments of a cluster that depend on whether its servers run in pods. */
interface Arguments extends Readonly<Partial<Record<(typeof OF_MACHINES)[number], unknown>>> {
  readonly target?: Target;
  readonly hosts?: unknown;
  readonly servers?: object;
}

/** Checks the plain arguments of a cluster about pods. */
export function podArgsDiagnostics(args: Arguments): Diagnostic[] {
  const targets = hostTargets(args).filter(({ target }) => target.kind === "kubernetes");
  return [
    ...[...new Map(targets.map(({ path, target }) => [path, target]))].flatMap(([path, { settings }]) =>
      unnamedDiagnostics(`${path}.kubernetes`, settings as KubernetesTarget),
    ),
    ...(runsOnlyOn(args, "kubernetes") ? OF_MACHINES.flatMap((path) => unused(path, args[path])) : []),
    ...targets.flatMap(({ host }) => {
      const own: unknown = isRecord(args.hosts) && host !== undefined ? args.hosts[host] : undefined;
      return ["address", ...OF_MACHINES].flatMap((key) => {
        return unused(`${keyPath("hosts", host ?? "")}.${key}`, isRecord(own) ? own[key] : undefined);
      });
    }),
    ...entriesOf(args).flatMap(([name, entry]) => entryDiagnostics(args, keyPath("servers", name), entry)),
  ];
}

/** Checks the arguments of an entry of `servers` that only pods have. */
function entryDiagnostics(
  args: Arguments,
  path: string,
  { host, replicas, routeAddresses }: Readonly<Record<string, unknown>>,
): Diagnostic[] {
  const known = typeof host === "string" ? host : undefined;
  if (targetOf(args, known).kind !== "kubernetes") {
    return [
      ...diagnose({
        code: "NA2202",
        path: `${path}.replicas`,
        problem: replicas === undefined ? undefined : "has an effect in Kubernetes only",
        remedy: "Remove the property, and add an entry to `servers` for each server.",
      }),
      ...diagnose({
        code: "NA2211",
        path: `${path}.routeAddresses`,
        problem: routeAddresses === undefined ? undefined : "has an effect in Kubernetes only",
        remedy: "Remove the property, and set `address` of the host.",
      }),
    ];
  }
  const isValid = replicas === undefined || isReplicaCount(replicas);
  return [
    ...diagnose({
      code: "NA2203",
      path: `${path}.replicas`,
      value: replicas,
      problem: isValid ? undefined : `must be a whole number from 1 to ${MAX_REPLICAS}`,
      remedy: "Use the number of pods, as a plain number.",
    }),
    ...(isValid ? routeAddressesDiagnostics(path, reachesPods(args), replicas ?? 1, routeAddresses) : []),
  ];
}

/** Checks that there is an address for each pod if servers outside of the Kubernetes cluster reach the pods, and none otherwise. */
function routeAddressesDiagnostics(
  path: string,
  isReached: boolean,
  replicas: number,
  addresses: unknown,
): Diagnostic[] {
  const count = Array.isArray(addresses) ? addresses.length : 0;
  const missing =
    addresses === undefined
      ? "is missing: servers on other hosts reach each pod at an address of its own"
      : `must have an address for each of the ${replicas} pods, and has ${count}`;
  return isReached
    ? diagnose({
        code: "NA2211",
        path: `${path}.routeAddresses`,
        problem: count === replicas || (addresses !== undefined && !Array.isArray(addresses)) ? undefined : missing,
        remedy: 'List the address and port of a node or load balancer for each pod, such as "192.0.2.10:31222".',
      })
    : diagnose({
        code: "NA2211",
        path: `${path}.routeAddresses`,
        problem: addresses === undefined ? undefined : "has no effect without another host in `hosts`",
        remedy: "Remove it, or list all hosts.",
      });
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
