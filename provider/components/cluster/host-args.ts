import * as pulumi from "@pulumi/pulumi";
import { diagnose, display, keyPath, type Diagnostic } from "../../diagnostics/diagnostic";
import { labelProblem } from "../../model/cluster/servers";
import { anyValue, isRecord, matching, objectOf, optional, type Shape } from "../../model/form/shape";
import { podName, routeServiceName } from "../../servers/kubernetes/layout";
import { hostTargets, reachesPods, type HostTarget } from "./host-targets";
import { isReplicaCount } from "./pods";
import { TARGET, type Target } from "./target";

/**
 * A place where servers of a cluster run: a machine with a Docker Engine, this machine with processes, or a Kubernetes cluster.
 *
 * @typeParam H type of `target`; none by default
 */
export interface HostArgs<H extends Target = never> {
  /**
   * Where the servers of this host run. Processes run on the machine that runs the update, so at most one host has them.
   *
   * Plain, because it determines which resources exist. Those of pods are called `<cluster>-<host>` with a target of the host, and
   * `<cluster>` with that of the cluster. Pods do not move from one to the other, so those that will remain use that of the cluster.
   *
   * @default `target` of the cluster
   */
  target?: H;
  /**
   * Docker provider of the machine's engine, or kubernetes provider of the Kubernetes cluster; processes have none. At most one host
   * with containers can do without: the one on which all containers of the cluster were, so that they and their streams stay there.
   *
   * @default the docker provider of the cluster. In Kubernetes, that of the cluster for the `target` of the cluster, and a provider for
   * the context or kubeconfig of the host's own `target`
   */
  provider?: pulumi.ProviderResource;
  /**
   * IP address or DNS name by which servers on other hosts reach this machine. With `tls`, the certificate for routes must be valid for
   * it. Pods have `routeAddresses` instead.
   */
  address?: pulumi.Input<string>;
  /**
   * IP address of the host that client ports are bound to; 0.0.0.0 or :: for all interfaces.
   *
   * @default `bindAddress` of the cluster
   */
  bindAddress?: pulumi.Input<string>;
  /**
   * IP address of the host that ports for routes are bound to. They are open only on hosts of a cluster that uses several.
   *
   * @default `address`, which must then be an IP address
   */
  clusterAddress?: pulumi.Input<string>;
  /**
   * IP address of the host that monitoring ports are bound to.
   *
   * @default `monitoringAddress` of the cluster
   */
  monitoringAddress?: pulumi.Input<string>;
}

/** A host with any target, or without one. */
export type AnyHostArgs = HostArgs<Target>;

/** The shape of one of `hosts`. */
export const HOST: Shape = objectOf<AnyHostArgs>({
  target: TARGET,
  provider: optional(
    matching("a provider", "Use a `docker.Provider` or `kubernetes.Provider`, or remove the property.", isProvider),
  ),
  address: anyValue,
  bindAddress: anyValue,
  clusterAddress: anyValue,
  monitoringAddress: anyValue,
});

/** True for a provider, whatever copy of `@pulumi/pulumi` has created it. */
export function isProvider(value: unknown): value is pulumi.ProviderResource {
  return pulumi.CustomResource.isInstance(value) && "getPackage" in value;
}

/** Returns the name of a provider's package. The types of Pulumi leave this method out. */
function packageOf(provider: pulumi.ProviderResource): string {
  return (provider as unknown as { getPackage(): string }).getPackage();
}

/** The arguments of a cluster that must fit to each other. */
interface Arguments {
  readonly hosts?: unknown;
  readonly servers?: unknown;
  readonly target?: Target;
  readonly clusterAddress?: unknown;
}

/** Checks which host each server names. Both are plain values. */
export function hostNamesDiagnostics(args: Arguments): Diagnostic[] {
  const { hosts, servers, clusterAddress } = args;
  const declared = Object.entries(isRecord(servers) ? servers : {}) as [string, GivenServer][];
  const names = isRecord(hosts) ? Object.keys(hosts) : undefined;
  const listed = declared.flatMap(([name, { host }]) =>
    diagnose({
      code: "NA1750",
      path: `${keyPath("servers", name)}.host`,
      ...(host === undefined ? {} : { value: host }),
      problem: hostProblem(host, names),
      remedy:
        names === undefined
          ? "Add the host to `hosts`, or remove the property."
          : names.length === 0
            ? "Add the host to `hosts`."
            : `Use one of ${names.join(", ")}.`,
    }),
  );
  return [
    ...listed,
    ...diagnose({
      code: "NA1751",
      path: "hosts",
      problem:
        names === undefined || servers !== undefined ? undefined : "requires `servers`, each of which names its host",
      remedy: "Name a host for each of `servers`, or remove the argument.",
    }),
    ...(names ?? []).flatMap((name) =>
      diagnose({
        code: "NA1757",
        path: keyPath("hosts", name),
        problem: labelProblem("host", name),
        remedy: "Rename the host.",
      }),
    ),
    ...resourceNamesDiagnostics(declared, args),
    ...providersDiagnostics(args),
    ...diagnose({
      code: "NA1752",
      path: "clusterAddress",
      problem: names === undefined || clusterAddress === undefined ? undefined : "has no effect with `hosts`",
      remedy: "Set `clusterAddress` of each host.",
    }),
  ];
}

/** Names of the packages of the providers that create containers and pods; processes need none. */
const PACKAGES = { docker: "docker", kubernetes: "kubernetes", process: undefined } as const;

/** Returns the `provider` of a host, whatever it is; undefined if there is none. */
function givenProvider(hosts: unknown, host: string | undefined): unknown {
  const own: unknown = isRecord(hosts) && host !== undefined ? hosts[host] : undefined;
  return isRecord(own) ? own.provider : undefined;
}

/** Finds providers that do not fit to the targets of their hosts: Pulumi ignores them. */
function providersDiagnostics(args: Arguments): Diagnostic[] {
  return hostTargets(args).flatMap(({ host, target: { kind } }) => {
    const own = givenProvider(args.hosts, host);
    const provider = isProvider(own) ? own : undefined;
    const needed = PACKAGES[kind];
    const name = provider === undefined ? undefined : packageOf(provider);
    return diagnose({
      code: "NA1759",
      path: `${keyPath("hosts", host ?? "")}.provider`,
      problem:
        name === undefined || name === needed
          ? undefined
          : needed === undefined
            ? "has no effect on processes"
            : `is a provider of ${display(name)}, but the target of the host needs one of ${display(needed)}`,
      remedy: needed === undefined ? "Remove the property." : `Use a \`${needed}.Provider\`, or correct \`target\`.`,
    });
  });
}

/** A server as the program declares it. */
interface GivenServer {
  readonly host?: string;
  readonly replicas?: unknown;
}

/** Finds servers with the same name for their containers or objects in Kubernetes: see `createPlaces`. */
function resourceNamesDiagnostics(servers: readonly [string, GivenServer][], args: Arguments): Diagnostic[] {
  const targets = hostTargets(args);
  const named = new Map(targets.map((one) => [one.host, { ...one, isNamed: isNamed(one, args.hosts) }]));
  // The headless Service of a host in Kubernetes, beside the Services of entries and of routes.
  const taken = new Map(
    [...named.values()].flatMap(({ host = "", target, isNamed: hasOwn }) =>
      hasOwn && target.kind === "kubernetes" ? [[`kubernetes ${host}`, { host, owner: `host ${display(host)}` }]] : [],
    ),
  );
  return servers.flatMap(([server, { host, replicas }]) => {
    const { target, isNamed: hasHost = false } = named.get(host) ?? {};
    const own = hasHost ? `${host ?? ""}-${server}` : server;
    const pods = isReplicaCount(replicas) ? replicas : 1;
    const hasRoutes = target?.kind === "kubernetes" && reachesPods(args);
    const ofRoutes = Array.from({ length: hasRoutes ? pods : 0 }, (_, ordinal) =>
      routeServiceName(podName(own, ordinal)),
    );
    const collisions = [own, ...ofRoutes].flatMap((name) => {
      const key = `${target?.kind ?? ""} ${name}`;
      const other = taken.get(key);
      taken.set(key, { host: host ?? "", owner: display(server) });
      // NA2100 reports those of one host.
      return other === undefined || (hasRoutes && other.host === host) ? [] : [{ name, owner: other.owner }];
    });
    const [first] = collisions;
    return diagnose({
      code: "NA1758",
      path: keyPath("servers", server),
      problem:
        first === undefined
          ? undefined
          : `has the same resource name as ${first.owner}: ${display(`<cluster>-${first.name}`)}`,
      remedy: "Rename one of the servers or hosts.",
    });
  });
}

function hostProblem(host: string | undefined, names: readonly string[] | undefined): string | undefined {
  if (names === undefined) {
    return host === undefined ? undefined : "names a host, but the cluster has no `hosts`";
  }
  if (host === undefined) {
    return "is missing: with `hosts`, each server names the one on which it runs";
  }
  return names.includes(host) ? undefined : "is not one of `hosts`";
}

/** Returns whether the names of a host's resources contain the name of the host. */
function isNamed({ host, target, isShared }: HostTarget, hosts: unknown): boolean {
  switch (target.kind) {
    case "docker":
      return givenProvider(hosts, host) !== undefined;
    case "process":
      return false;
    case "kubernetes":
      return !isShared;
  }
}
