import { isIP } from "node:net";
import { withoutBrackets } from "../model/form/hosts";

/** An option for TLS connections: trusts intermediate authorities without their root, as clients in Go and nats-server do. */
export const PARTIAL_CHAINS = { allowPartialTrustChain: true } as const;

/**
 * Returns the option for the name that the certificate of a server must be for.
 *
 * @param name host name or IP address, also as in a URL
 */
export function expectedName(name: string): { readonly host: string } | { readonly servername: string } {
  const host = withoutBrackets(name);
  // Without the host, Node.js compares the certificate of a server at an IP address with "localhost".
  return isIP(host) === 0 ? { servername: host } : { host };
}
