import { isIPv4, isIPv6 } from "node:net";
import type { Diagnostic } from "../form/diagnostics";
import { shown } from "../form/diagnostics";
import { sortedSet } from "../form/order";
import { listOf, text, type Shape } from "../form/shape";

/** The shape of a list of networks. */
export const NETWORKS: Shape = listOf(text);

/** All that is wrong with a list of networks that one may connect from; paths start at the list. */
export function networksDiagnostics(networks: readonly string[]): Diagnostic[] {
  if (networks.length === 0) {
    const problem = "is an empty list, by which the server would let everybody in from everywhere";
    return [{ path: "", value: "[]", problem, remedy: "Write a network, or leave the list out." }];
  }
  return networks.flatMap((network, index) =>
    isNetwork(network)
      ? []
      : [
          {
            path: `[${index}]`,
            value: shown(network),
            problem: "is no network in CIDR notation: an address, a slash and the number of its bits that count",
            remedy: "Write a network such as `10.0.0.0/8`, `192.0.2.7/32` or `2001:db8::/32`.",
          },
        ],
  );
}

/** The rule is Go's (`net.ParseCIDR`), by which the JWT library checks networks. */
function isNetwork(network: string): boolean {
  const { address = "", bits } = /^(?<address>[\d.a-f:]+)\/(?<bits>\d|[1-9]\d\d?)$/i.exec(network)?.groups ?? {};
  return (isIPv4(address) && Number(bits) <= 32) || (isIPv6(address) && Number(bits) <= 128);
}

/** The same networks in lower case, sorted and without repetition. */
export function normalNetworks(networks: readonly string[]): string[] {
  return sortedSet(networks.map((network) => network.toLowerCase()));
}
