import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { parseRouteAddress } from "./hosts";
import { APP_PROTOCOL } from "./pod-spec";
import type { UnplacedServer } from "./server-places";
import type { KubernetesTarget } from "./target";

/** The label of a pod with its name, which Kubernetes sets. */
const POD_LABEL = "statefulset.kubernetes.io/pod-name";

/** Returns the ports of nodes that lead to single pods, by the paths of their arguments: none if they have load balancers. */
export function nodePortsOf({
  servers,
  target: { routeServiceType = "NodePort" },
}: {
  readonly servers: readonly UnplacedServer[];
  readonly target: KubernetesTarget;
}): pulumi.Output<Record<string, number>> {
  const addresses = servers.flatMap(({ path, pod }) => {
    return pod?.routeAddress === undefined
      ? []
      : [pod.routeAddress.apply((address) => [`${path}.routeAddresses[${pod.ordinal}]`, address] as const)];
  });
  return pulumi.all([routeServiceType, pulumi.all(addresses)]).apply(([type, known]) =>
    Object.fromEntries(
      known.flatMap(([path, address]) => {
        const port = type === "NodePort" ? parseRouteAddress(address)?.port : undefined;
        return port === undefined ? [] : [[path, port]];
      }),
    ),
  );
}

/**
 * Returns the Service by which servers outside of the Kubernetes cluster reach a pod. It leads to the pod before it is ready, because
 * the pod becomes ready with its routes.
 *
 * @param selector selects the pods of the entry
 * @returns undefined if there are no servers outside
 */
export function routeServiceSpec(
  { pod, ports }: UnplacedServer,
  { routeServiceType = "NodePort" }: KubernetesTarget,
  selector: Readonly<Record<string, pulumi.Input<string>>>,
): kubernetes.types.input.core.v1.ServiceSpec | undefined {
  if (pod?.routeAddress === undefined) {
    return undefined;
  }
  const port = pulumi
    .all([routeServiceType, pod.routeAddress, ports.clusterPort])
    .apply(([type, address, targetPort]) => {
      const given = parseRouteAddress(address)?.port ?? targetPort;
      const own = { name: "cluster", targetPort, appProtocol: APP_PROTOCOL };
      return type === "NodePort" ? { ...own, port: targetPort, nodePort: given } : { ...own, port: given };
    });
  return {
    type: routeServiceType,
    publishNotReadyAddresses: true,
    selector: { ...selector, [POD_LABEL]: pod.name },
    ports: [port],
  };
}
