import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { ensureCached, platform } from "../../lib/cache";
import { digestOf } from "../../lib/digest";
import { goBuild } from "../../lib/go";
import { versions } from "../../versions";

const sources = join(__dirname, "../../modules/kubernetes");

/** The programs that are one executable, which acts as the program under whose name it is called. */
const NODE = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kube-proxy",
  "kubelet",
  "kubectl",
] as const;

/** The packages of executables, which get the last part of their paths as their names. */
const PACKAGES = [
  "./node",
  "./coredns",
  "./pause",
  "helm.sh/helm/v3/cmd/helm",
  "github.com/containernetworking/plugins/plugins/main/loopback",
  "github.com/containernetworking/plugins/plugins/main/ptp",
  "github.com/containernetworking/plugins/plugins/ipam/host-local",
];

/** A program of a cluster. */
export type Program = (typeof NODE)[number] | "coredns" | "pause" | "helm";

async function build(folder: string): Promise<void> {
  const [major = "", minor = ""] = versions.kubernetes.split(".");
  const version = { gitVersion: `v${versions.kubernetes}`, gitMajor: major, gitMinor: minor };
  const flags = Object.entries(version).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`);
  await goBuild("Kubernetes", {
    what: `Building Kubernetes ${versions.kubernetes}, CoreDNS and Helm from their Go modules: 8 to 15 minutes on two cores, once`,
    args: ["build", "-v", "-trimpath", "-ldflags", ["-s -w", ...flags].join(" "), "-o", `${folder}/`, ...PACKAGES],
    cwd: sources,
  });
  for (const name of NODE) await symlink("node", join(folder, name));
}

/** Builds the programs of a cluster, and its CNI plugins, where they are missing. @returns their folder */
export function kubernetesPrograms(): Promise<string> {
  return ensureCached(`kubernetes-${versions.kubernetes}-${digestOf(sources)}-${platform}`, build);
}
