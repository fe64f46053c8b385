import { keyPath } from "../../diagnostics/diagnostic";
import { isRecord } from "../../model/form/shape";
import { resolveTarget, type KnownTarget, type Target } from "./target";

/** The arguments that determine where servers run. */
interface Arguments {
  readonly hosts?: unknown;
  readonly target?: Target;
}

/** Where the servers of a host run. */
export interface HostTarget {
  /** Name of the host; undefined in a cluster without `hosts`. */
  readonly host: string | undefined;
  /** The path of the argument that sets it. */
  readonly path: string;
  /** Whether it is the target of the cluster, and not one of the host's own. */
  readonly isShared: boolean;
  readonly target: KnownTarget;
}

/** Returns where servers run, for each host; for a cluster without hosts, it is one place. Leaves out malformed hosts. */
export function hostTargets({ hosts, target }: Arguments): readonly HostTarget[] {
  if (!isRecord(hosts)) {
    return [{ host: undefined, path: "target", isShared: true, target: resolveTarget(target) }];
  }
  return Object.entries<unknown>(hosts).flatMap(([host, args]): HostTarget[] => {
    if (!isRecord(args)) {
      return [];
    }
    const { target: own } = args as { readonly target?: Target };
    const isShared = own === undefined;
    const path = isShared ? "target" : `${keyPath("hosts", host)}.target`;
    return [{ host, path, isShared, target: resolveTarget(own ?? target) }];
  });
}

/** Returns where the servers of a host run. @param host undefined in a cluster without hosts */
export function targetOf(args: Arguments, host: string | undefined): KnownTarget {
  return hostTargets(args).find((one) => one.host === host)?.target ?? resolveTarget(args.target);
}

/** Returns whether the servers of a host run from an image. Processes run the nats-server of this machine, with the files of this machine. */
export function runsImage(args: Arguments, host: string | undefined): boolean {
  switch (targetOf(args, host).kind) {
    case "docker":
    case "kubernetes":
      return true;
    case "process":
      return false;
  }
}

/** Returns whether all servers run on one kind of platform. */
export function runsOnlyOn(args: Arguments, kind: KnownTarget["kind"]): boolean {
  const targets = hostTargets(args);
  return targets.length > 0 && targets.every(({ target }) => target.kind === kind);
}

/**
 * Returns whether servers outside of a Kubernetes cluster have routes to its pods. One of the hosts may be without servers: it then
 * gets its first one by a reload.
 */
export function reachesPods(args: Arguments): boolean {
  const targets = hostTargets(args);
  return targets.length > 1 && targets.some(({ target }) => target.kind === "kubernetes");
}
