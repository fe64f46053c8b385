import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { attempt } from "../../lib/run";
import { socketOf } from "./containerd";
import { kubeconfigOf, options } from "./control-plane";
import type { ClusterNetwork } from "./network";
import type { Node } from "./node";

const READY_MS = 120_000;
const NAME = "node";
const DOMAIN = "cluster.local";

/** The configuration of the kubelet. */
function kubelet(folder: string, { node }: ClusterNetwork): object {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    // Only the API server and this machine reach its port.
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: "AlwaysAllow" },
    containerRuntimeEndpoint: `unix://${socketOf(folder)}`,
    clusterDNS: [node],
    clusterDomain: DOMAIN,
    resolvConf: "",
    podLogsDir: join(folder, "pods"),
    // Works with cgroups v1, in containers, and on machines with swap and little disk.
    failCgroupV1: false,
    cgroupDriver: "cgroupfs",
    cgroupsPerQOS: false,
    enforceNodeAllocatable: [],
    localStorageCapacityIsolation: false,
    failSwapOn: false,
    evictionHard: { "nodefs.available": "0%", "imagefs.available": "0%", "nodefs.inodesFree": "0%" },
    imageGCHighThresholdPercent: 100,
    // Changed Secrets reach pods of charts within seconds, and those of this package at once: with a shorter time, nothing would notice
    // if they did not.
    syncFrequency: "5s",
  };
}

const corefile = (folder: string, { node }: ClusterNetwork) => `.:53 {
  bind ${node}
  errors
  cache 5
  kubernetes ${DOMAIN} in-addr.arpa {
    kubeconfig ${kubeconfigOf(folder)}
  }
}
`;

/** Starts the kubelet, kube-proxy and DNS in a node, and waits until it accepts pods. */
export async function startAgents(node: Node, network: ClusterNetwork): Promise<void> {
  const { folder, programs } = node;
  const client = { kubeconfig: kubeconfigOf(folder) };
  const config = join(folder, "kubelet.json");
  await writeFile(config, JSON.stringify(kubelet(folder, network)));
  node.run(
    "kubelet",
    options({
      ...client,
      config,
      "root-dir": join(folder, "kubelet"),
      "cert-dir": join(folder, "kubelet-certificates"),
      "hostname-override": NAME,
      "node-ip": network.node,
    }),
  );
  node.run(
    "kube-proxy",
    options({
      ...client,
      "proxy-mode": "iptables",
      "hostname-override": NAME,
      // These are settings of the machine, which a network namespace cannot change.
      "conntrack-max-per-core": 0,
      "conntrack-min": 0,
      "conntrack-tcp-timeout-established": "0s",
      "conntrack-tcp-timeout-close-wait": "0s",
    }),
  );
  await writeFile(join(folder, "Corefile"), corefile(folder, network));
  node.run("coredns", ["-conf", join(folder, "Corefile")]);
  const wait = ["wait", "--for=condition=Ready", `node/${NAME}`, "--timeout=1s"];
  const isReady = async () => (await attempt(join(programs, "kubectl"), [...options(client), ...wait])).code === 0;
  await node.until("The start of the node", isReady, READY_MS);
}
