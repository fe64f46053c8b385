import { isIP } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import { type Diagnostic } from "../../diagnostics/diagnostic";
import { isLoopback, LOOPBACK } from "../../model/cluster/loopback";
import { type ClusterArgs } from "./cluster-args";
import { addressDiagnostics } from "../configuration/addresses";
import { textOf } from "../configuration/server-args";
import type { ServerPorts } from "../configuration/declared-server";

/** The argument for the address of each kind of port. */
const ADDRESS_ARGUMENT = {
  clientPort: "bindAddress",
  leafNodePort: "bindAddress",
  websocketPort: "bindAddress",
  mqttPort: "bindAddress",
  clusterPort: "clusterAddress",
  monitoringPort: "monitoringAddress",
} as const satisfies Record<keyof ServerPorts, keyof ClusterArgs>;

/** The addresses that ports are bound to, by the argument that sets each. */
export type Addresses = Readonly<Record<(typeof ADDRESS_ARGUMENT)[keyof ServerPorts], pulumi.Input<string>>>;

/** The arguments with these addresses. */
type AddressArgs = Pick<ClusterArgs, keyof Addresses>;

/** Returns the addresses that ports are bound to, with defaults applied. */
export function portAddresses({ bindAddress = LOOPBACK, clusterAddress, monitoringAddress }: AddressArgs): Addresses {
  const given = textOf(bindAddress);
  const local = given.apply(loopbackFor);
  const orLocal = (address: pulumi.Input<string> | undefined) => (address === undefined ? local : textOf(address));
  return { bindAddress: given, clusterAddress: orLocal(clusterAddress), monitoringAddress: orLocal(monitoringAddress) };
}

/** Returns the address that a kind of port is bound to. @param port name of the port, with or without a prefix */
export function addressOf(port: string, addresses: Addresses): pulumi.Input<string> {
  const kind = port.slice(port.lastIndexOf(".") + 1) as keyof ServerPorts;
  return addresses[ADDRESS_ARGUMENT[kind]];
}

/** Returns the address itself if it is a loopback address, otherwise the loopback address of its family. */
function loopbackFor(address: string): string {
  if (isLoopback(address)) {
    return address;
  }
  return isIP(address) === 6 ? "::1" : LOOPBACK;
}

/** Checks the addresses that the program sets. */
export function addressesDiagnostics(args: AddressArgs): pulumi.Output<readonly Diagnostic[]>[] {
  return [...new Set(Object.values(ADDRESS_ARGUMENT))].flatMap((path) => {
    const { [path]: address } = args;
    return address === undefined ? [] : [pulumi.output(address).apply((known) => addressDiagnostics(path, known))];
  });
}
