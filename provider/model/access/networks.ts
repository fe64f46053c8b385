import { isIPv4, isIPv6 } from "node:net";
import type { Diagnostic } from "../../diagnostics/diagnostic";
import { diagnose } from "../../diagnostics/diagnostic";
import { sortUnique } from "../form/order";
import { listOf, stringShape, type Shape } from "../form/shape";

/** The shape of a list of networks. */
export const NETWORKS: Shape = listOf(stringShape);

/** Finds problems with a list of source networks; paths start at the list. */
export function networksDiagnostics(networks: readonly string[]): Diagnostic[] {
  if (networks.length === 0) {
    const problem = "is an empty list, which the operator server treats as every network";
    const remedy = "Add a network, or remove the property to accept every network.";
    return diagnose({ code: "NA1201", value: networks, problem, remedy });
  }
  return networks.flatMap((network, index) =>
    diagnose({
      code: "NA1206",
      path: `[${index}]`,
      value: network,
      problem: isNetwork(network) ? undefined : "is not a valid network in CIDR notation",
      remedy: "Use a network such as `10.0.0.0/8`, `192.0.2.7/32` or `2001:db8::/32`.",
    }),
  );
}

/** True for a network by the rules of Go's `net.ParseCIDR`, which the JWT library applies. */
function isNetwork(network: string): boolean {
  const { address = "", bits } = /^(?<address>[\d.a-f:]+)\/(?<bits>\d|[1-9]\d\d?)$/i.exec(network)?.groups ?? {};
  return (isIPv4(address) && Number(bits) <= 32) || (isIPv6(address) && Number(bits) <= 128);
}

/** Converts networks to lower case, sorts them and removes duplicates. */
export function normalizeNetworks(networks: readonly string[]): string[] {
  return sortUnique(networks.map((network) => network.toLowerCase()));
}
