import { isIP } from "node:net";

/** An option for TLS connections: trusts intermediate authorities without their root, as clients in Go and nats-server do. */
export const PARTIAL_CHAINS = { allowPartialTrustChain: true } as const;

/**
 * Returns the option for the name that the certificate of a server must be for.
 *
 * @param name host name or IP address, also as in a URL
 */
export function expectedName(name: string): { readonly host: string } | { readonly servername: string } {
  const host = name.replace(/^\[|\]$/g, "");
  // Without the host, Node.js compares the certificate of a server at an IP address with "localhost".
  return isIP(host) === 0 ? { servername: host } : { host };
}
