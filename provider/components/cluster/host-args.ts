import * as pulumi from "@pulumi/pulumi";
import { diagnose, display, keyPath, type Diagnostic } from "../../diagnostics/diagnostic";
import { labelProblem } from "../../model/cluster/servers";
import { anyValue, isRecord, matching, objectOf, optional, type Shape } from "../../model/form/shape";
import { resolveTarget, type Target } from "./target";

/** A machine with a Docker Engine, on which servers of a cluster run. */
export interface HostArgs {
  /**
   * Docker provider of the machine's engine. At most one host can do without: the one on which all containers of the cluster
   * were, so that they and their streams stay there.
   *
   * @default the docker provider of the cluster
   */
  provider?: pulumi.ProviderResource;
  /**
   * IP address or DNS name by which servers on other hosts reach this one. With `tls`, the certificate for routes must be valid for
   * it.
   */
  address: pulumi.Input<string>;
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

/** The shape of one of `hosts`. */
export const HOST: Shape = objectOf<HostArgs>({
  provider: optional(matching("a docker provider", "Use a `docker.Provider`, or remove the property.", isProvider)),
  address: anyValue,
  bindAddress: anyValue,
  clusterAddress: anyValue,
  monitoringAddress: anyValue,
});

/** True for a provider, whatever copy of `@pulumi/pulumi` has created it. */
export function isProvider(value: unknown): value is pulumi.ProviderResource {
  return pulumi.CustomResource.isInstance(value) && "getPackage" in value;
}

/** The arguments of a cluster that must fit to each other. */
interface Arguments {
  readonly hosts?: unknown;
  readonly servers?: unknown;
  readonly target?: Target;
  readonly clusterAddress?: unknown;
}

/** Checks which host each server names. Both are plain values. */
export function hostNamesDiagnostics({ hosts, servers, target, clusterAddress }: Arguments): Diagnostic[] {
  if (resolveTarget(target).kind === "kubernetes") {
    // `podArgsDiagnostics` reports these arguments.
    return [];
  }
  const declared = Object.entries(isRecord(servers) ? servers : {}) as [string, { readonly host?: string }][];
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
      problem: names === undefined ? undefined : combinationProblem(servers, target),
      remedy: "Name a host for each of `servers`, in containers, or remove the argument.",
    }),
    ...(names ?? []).flatMap((name) =>
      diagnose({
        code: "NA1757",
        path: keyPath("hosts", name),
        problem: labelProblem("host", name),
        remedy: "Rename the host.",
      }),
    ),
    ...resourceNamesDiagnostics(declared, hosts),
    ...diagnose({
      code: "NA1752",
      path: "clusterAddress",
      problem: names === undefined || clusterAddress === undefined ? undefined : "has no effect with `hosts`",
      remedy: "Set `clusterAddress` of each host.",
    }),
  ];
}

/** Finds servers whose containers would have the same name: see `createDockerPlaces`. */
function resourceNamesDiagnostics(
  servers: readonly [string, { readonly host?: string }][],
  hosts: unknown,
): Diagnostic[] {
  const known = isRecord(hosts) ? hosts : {};
  const taken = new Map<string, string>();
  return servers.flatMap(([server, { host = "" }]) => {
    const own: unknown = Object.hasOwn(known, host) ? known[host] : undefined;
    const name = isRecord(own) && own.provider !== undefined ? `${host}-${server}` : server;
    const other = taken.get(name);
    taken.set(name, server);
    return diagnose({
      code: "NA1758",
      path: keyPath("servers", server),
      problem:
        other === undefined
          ? undefined
          : `has the same resource name as ${display(other)}: ${display(`<cluster>-${name}`)}`,
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

function combinationProblem(servers: unknown, target: Target | undefined): string | undefined {
  if (resolveTarget(target).kind === "process") {
    return "cannot be combined with processes, which run on this machine";
  }
  return servers === undefined ? "requires `servers`, each of which names its host" : undefined;
}
