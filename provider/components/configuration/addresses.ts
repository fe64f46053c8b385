import { isIP } from "node:net";
import { diagnose, type Diagnostic } from "../../diagnostics/diagnostic";
import { LOOPBACK } from "../../model/cluster/loopback";

/** Checks an address that ports are bound to. */
export function addressDiagnostics(path: string, address: string): Diagnostic[] {
  const problem = addressProblem(address);
  const remedy = "Use 127.0.0.1, 0.0.0.0 for all interfaces, or another address of the machine that runs the servers.";
  return diagnose({ code: "NA4021", path, value: address, problem, remedy });
}

function addressProblem(address: string): string | undefined {
  if (isIP(address) === 0) {
    return "is not a valid IP address";
  }
  return address.includes("%") ? "has a zone, which the URL of a route cannot contain" : undefined;
}

/** Returns the host for the URL of a port that is bound to an address; the loopback address if it is bound to all. */
export function urlHost(address: string): string {
  const host = { "0.0.0.0": LOOPBACK, "::": "::1" }[address] ?? address;
  return isIP(host) === 6 ? `[${host}]` : host;
}
