import type { Authority, Issued } from "./certificates";
import type { Namespace } from "./kubernetes";

/**
 * Writes the Secret of a certificate as cert-manager does by default, in place if it exists: with an RSA key, without a subject and
 * without extended key usages.
 */
export async function writeTlsSecret(
  namespace: Namespace,
  authority: Authority,
  name: string,
  hosts: readonly string[],
): Promise<Issued> {
  const issued = await authority.issue({ hosts, name: "", purposes: [], algorithm: "RSA" });
  const stringData = { "ca.crt": authority.cert, "tls.crt": issued.cert, "tls.key": issued.key };
  await namespace.apply(
    JSON.stringify({ apiVersion: "v1", kind: "Secret", type: "kubernetes.io/tls", metadata: { name }, stringData }),
  );
  return issued;
}
