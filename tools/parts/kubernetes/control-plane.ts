import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { attempt } from "../../lib/run";
import type { ClusterNetwork } from "./network";
import type { Node } from "./node";

const READY_MS = 120_000;
const PORT = 6443;

/** The file by which kubectl, Helm and the node's programs reach the API server, as an administrator. */
export const kubeconfigOf = (folder: string): string => join(folder, "kubeconfig.json");

/** The name of the context in that file. */
export const CONTEXT = "private";

/** The log of requests of service accounts, one event in JSON on each line: tests compare it with documented permissions. */
export const auditLogOf = (folder: string): string => join(folder, "log/audit.log");

/** What that log contains: no content of objects. */
const AUDIT_POLICY = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived"],
  rules: [{ level: "Metadata", userGroups: ["system:serviceaccounts"] }, { level: "None" }],
};

/** The certificate that the API server writes. Its file contains the authority that signed it, too. */
const certificateOf = (folder: string) => join(folder, "certificates/apiserver.crt");

function kubeconfig(folder: string, { node }: ClusterNetwork, token: string): object {
  const cluster = { server: `https://${node}:${PORT}`, "certificate-authority": certificateOf(folder) };
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: CONTEXT, cluster }],
    users: [{ name: CONTEXT, user: { token } }],
    contexts: [{ name: CONTEXT, context: { cluster: CONTEXT, user: CONTEXT } }],
    "current-context": CONTEXT,
  };
}

/** Returns `--name=value` for each of these options. */
export function options(values: Readonly<Record<string, string | number | boolean>>): string[] {
  return Object.entries(values).map(([name, value]) => `--${name}=${value}`);
}

/** Starts etcd, the API server, the controllers and the scheduler in a node. */
export async function startControlPlane(node: Node, network: ClusterNetwork): Promise<void> {
  const { folder } = node;
  const certificates = join(folder, "certificates");
  await mkdir(certificates);
  const token = randomBytes(24).toString("base64url");
  await writeFile(join(folder, "tokens.csv"), `${token},admin,admin,system:masters\n`, { mode: 0o600 });
  await writeFile(kubeconfigOf(folder), JSON.stringify(kubeconfig(folder, network, token)), { mode: 0o600 });
  const { publicKey, privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const [publicFile, privateFile] = [join(folder, "accounts.pub"), join(folder, "accounts.key")];
  await writeFile(publicFile, publicKey);
  await writeFile(privateFile, privateKey, { mode: 0o600 });
  const policy = join(folder, "audit.json");
  await writeFile(policy, JSON.stringify(AUDIT_POLICY));
  // The cluster does not outlive the machine, so etcd need not wait for the disk.
  node.run("etcd", ["--unsafe-no-fsync", ...options({ "data-dir": join(folder, "etcd") })]);
  node.run(
    "kube-apiserver",
    options({
      "etcd-servers": "http://127.0.0.1:2379",
      "advertise-address": network.node,
      "secure-port": PORT,
      "cert-dir": certificates,
      "token-auth-file": join(folder, "tokens.csv"),
      "authorization-mode": "RBAC",
      "audit-policy-file": policy,
      "audit-log-path": auditLogOf(folder),
      // In megabytes: a new file would take the place of one that a test reads.
      "audit-log-maxsize": 1_000,
      "allow-privileged": true,
      // For logs, commands and port forwarding: no DNS knows the name of the node.
      "kubelet-preferred-address-types": "InternalIP",
      "service-cluster-ip-range": network.services,
      "service-account-issuer": "https://kubernetes.default.svc",
      "service-account-key-file": publicFile,
      "service-account-signing-key-file": privateFile,
    }),
  );
  await node.until("The start of the API server", () => isReady(node), READY_MS);
  const client = { kubeconfig: kubeconfigOf(folder), "leader-elect": false, "cert-dir": certificates };
  node.run(
    "kube-controller-manager",
    options({
      ...client,
      "service-account-private-key-file": privateFile,
      "root-ca-file": certificateOf(folder),
    }),
  );
  node.run("kube-scheduler", options(client));
}

/** Returns whether the API server answers this machine. */
async function isReady({ folder, programs }: Node): Promise<boolean> {
  const kubectl = join(programs, "kubectl");
  return (
    (await attempt(kubectl, [...options({ kubeconfig: kubeconfigOf(folder) }), "get", "--raw", "/readyz"])).code === 0
  );
}
