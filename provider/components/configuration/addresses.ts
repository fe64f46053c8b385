import { BlockList, isIP } from "node:net";
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

/** Addresses that stand for all addresses of a machine: no other machine can connect to them. */
const UNSPECIFIED = new BlockList();
UNSPECIFIED.addAddress("0.0.0.0");
UNSPECIFIED.addAddress("::", "ipv6");

const HOST_NAME = /^[A-Za-z0-9](?:[\w.-]{0,252}[A-Za-z0-9])?$/;

/** Checks the host of a server. */
export function hostDiagnostics(path: string, host: unknown): Diagnostic[] {
  const isValid = typeof host === "string" && (isIP(host) === 0 ? HOST_NAME.test(host) : isReachable(host));
  return diagnose({
    code: "NA4093",
    path,
    value: host,
    problem: isValid ? undefined : "is not a host name or IP address by which others can reach the server",
    remedy: "Use a host without port and scheme, such as `n1.example.org`.",
  });
}

/** Returns whether an IP address can be a part of a URL by which others reach a machine: it is specific, and without a zone. */
function isReachable(address: string): boolean {
  return !address.includes("%") && !UNSPECIFIED.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}
