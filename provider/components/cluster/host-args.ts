import type * as pulumi from "@pulumi/pulumi";
import { diagnose, display, keyPath, type Diagnostic } from "../../diagnostics/diagnostic";
import { anyValue, isRecord, objectOf, type Shape } from "../../model/form/shape";
import { processTarget, type Target } from "./target";

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
   * IP address or DNS name by which servers on other hosts reach this one. Routes are not encrypted: use an address of a
   * network that you trust, such as that of a VPN.
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
  provider: anyValue,
  address: anyValue,
  bindAddress: anyValue,
  clusterAddress: anyValue,
  monitoringAddress: anyValue,
});

/** The arguments of a cluster that must fit to each other. */
interface Arguments {
  readonly hosts?: unknown;
  readonly servers?: unknown;
  readonly target?: Target;
  readonly clusterAddress?: unknown;
}

/** Checks which host each server names. Both are plain values. */
export function hostNamesDiagnostics({ hosts, servers, target, clusterAddress }: Arguments): Diagnostic[] {
  const declared = Object.entries(isRecord(servers) ? servers : {}) as [string, { readonly host?: string }][];
  const names = isRecord(hosts) ? Object.keys(hosts) : undefined;
  const withoutProvider = Object.entries(isRecord(hosts) ? hosts : {}).flatMap(([name, host]) =>
    isRecord(host) && host.provider === undefined ? [display(name)] : [],
  );
  const listed = declared.flatMap(([name, { host }]) =>
    diagnose({
      code: "NA1750",
      path: `${keyPath("servers", name)}.host`,
      ...(host === undefined ? {} : { value: host }),
      problem: hostProblem(host, names),
      remedy:
        names === undefined ? "Add the host to `hosts`, or remove the property." : `Use one of ${names.join(", ")}.`,
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
    ...diagnose({
      code: "NA1756",
      path: "hosts",
      problem:
        withoutProvider.length > 1
          ? `has several hosts without \`provider\`, which are the same Docker Engine: ${withoutProvider.join(", ")}`
          : undefined,
      remedy: "Set `provider` of all hosts but one.",
    }),
    ...diagnose({
      code: "NA1752",
      path: "clusterAddress",
      problem: names === undefined || clusterAddress === undefined ? undefined : "has no effect with `hosts`",
      remedy: "Set `clusterAddress` of each host.",
    }),
  ];
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
  if (processTarget(target) !== undefined) {
    return "cannot be combined with processes, which run on this machine";
  }
  return servers === undefined ? "requires `servers`, each of which names its host" : undefined;
}
