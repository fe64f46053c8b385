import { X509Certificate } from "node:crypto";
import type { PeerCertificate } from "node:tls";
import { AuthorizationError, type NatsConnection, type TlsOptions } from "@nats-io/transport-node";

/** Returns the serial number of a certificate, as {@link shownSerial} does. @param cert in PEM format */
export function serialOf(cert: string): string {
  return new X509Certificate(cert).serialNumber;
}

/**
 * Returns the serial number of the certificate that a server shows to new clients. A server that reloads at this moment refuses the login,
 * but has shown its certificate.
 *
 * @param connect connects to the server with these options
 */
export async function shownSerial(connect: (tls: TlsOptions) => Promise<NatsConnection>): Promise<string> {
  let serial = "";
  const checkServerIdentity = (_host: string, { serialNumber }: PeerCertificate): undefined => {
    serial = serialNumber;
  };
  try {
    const client = await connect({ checkServerIdentity } as TlsOptions);
    await client.close();
  } catch (error) {
    if (!(error instanceof AuthorizationError)) throw error;
  }
  return serial;
}
