import { secretSizeDiagnostics } from "../../../provider/components/cluster/secret-sizes";
import { podArgsDiagnostics } from "../../../provider/components/cluster/pod-args";
import {
  filesDiagnostics,
  fullVolumeDiagnostics,
  volumeDiagnostics,
} from "../../../provider/components/cluster/pod-checks";
import { packagesDiagnostics } from "../../../provider/kubernetes/access-checks";
import {
  foreignObjectsDiagnostics,
  missingVolumesDiagnostics,
  nodePortsDiagnostics,
  otherProviderDiagnostics,
} from "../../../provider/model/cluster/pod-objects";
import { nodePortDiagnostics } from "../../../provider/components/cluster/route-addresses";
import { encryptedRoutesDiagnostics } from "../../../provider/components/cluster/target-checks";
import { streamMemoryDiagnostics } from "../../../provider/model/cluster/container-limits";
import { volumeDiagnostics as changedVolumes } from "../../../provider/model/cluster/stream-store";
import {
  namespaceDiagnostics,
  secretsArgsDiagnostics,
  seedDiagnostics,
} from "../../../provider/components/kubernetes/creds-secrets";
import { helmArgsDiagnostics } from "../../../provider/components/configuration/helm-values";
import { helmDiagnostics, helmSizeDiagnostics, parseRendered } from "../../../provider/kubernetes/helm-values";
import { helmTlsDiagnostics } from "../../../provider/components/configuration/helm-tls";
import { joined, type DiagnosticCase } from "./case";

const inPods = (args: object) => podArgsDiagnostics({ target: { kubernetes: { context: "kind" } }, ...args });

/** The cases of Secrets, of values for the Helm chart, and of servers in pods. */
export const KUBERNETES_CASES: readonly DiagnosticCase[] = [
  {
    name: "a namespace that is not a DNS label, and a release whose name is too long for a StatefulSet",
    codes: ["NA2100", "NA2100"],
    find: () => [
      ...namespaceDiagnostics("My_Apps"),
      ...helmArgsDiagnostics("static", { releases: { static: { name: "n".repeat(53) } } }),
    ],
  },
  {
    name: "a Secret of a user whose seed is managed elsewhere",
    codes: ["NA2101"],
    find: () => seedDiagnostics("test", undefined),
  },
  {
    name: "a Secret of a user whom the account does not have",
    codes: ["NA2102"],
    find: () => secretsArgsDiagnostics(["test"], { users: ["tset"] }),
  },
  {
    name: "values for a mode without a release",
    codes: ["NA2103"],
    find: () => helmArgsDiagnostics("operator", { releases: { static: { name: "nats-static" } } }),
  },
  {
    name: "keys and texts that the chart would change",
    codes: ["NA2104", "NA2104", "NA2104", "NA2104", "NA2104", "NA2104"],
    find: () => {
      const config =
        'mappings { "a.$include": "<< x >>", $tplYaml: "b", "<< c >>": "d", e: "x \\"<< f >> y >>", g: "\u0085" }';
      return helmDiagnostics(parseRendered(config));
    },
  },
  {
    name: "a release with half a server",
    codes: ["NA2105"],
    find: () => helmArgsDiagnostics("static", { releases: { static: { name: "nats", replicas: 0.5 } } }),
  },
  {
    name: "a configuration of more than 1 MiB",
    codes: ["NA2106"],
    find: () => helmSizeDiagnostics(parseRendered(`resolver_preload { A: "${"x".repeat(1_100_000)}" }`)),
  },
  {
    name: "configurations of an entry of more than 1 MiB, and of exactly as much",
    codes: ["NA2216", "NA2216"],
    find: () => [
      ...secretSizeDiagnostics("servers.static", "static", [1_048_065]),
      ...secretSizeDiagnostics("servers.operator", "operator", [500_000, 500_000, 500_000]),
      ...secretSizeDiagnostics("servers.static", "static", [1_048_064]),
    ],
  },
  {
    name: "TLS of a release without a Secret, and of routes that it does not have",
    codes: ["NA2107", "NA2107"],
    find: () =>
      joined([
        helmTlsDiagnostics(
          {},
          { clients: { secretName: "" }, routes: { secretName: "r" }, ca: { secretName: "ca" } },
          { mode: "operator", hasCluster: false },
        ),
      ]),
  },
  {
    name: "pods in a cluster that is not named",
    codes: ["NA2200"],
    find: () => inPods({ target: { kubernetes: {} } }),
  },
  {
    name: "addresses of machines for pods",
    codes: ["NA2201", "NA2201"],
    find: () =>
      inPods({
        bindAddress: "0.0.0.0",
        hosts: { east: { address: "192.0.2.1" } },
        servers: { a: { mode: "static", host: "east", replicas: 2 } },
      }),
  },
  {
    name: "pods that other hosts cannot reach, and addresses of servers that are no pods",
    codes: ["NA2211", "NA2211", "NA2211"],
    find: () =>
      inPods({
        hosts: { machine: { target: "docker", address: "192.0.2.1" }, pods: {} },
        servers: {
          a: { mode: "static", host: "machine", routeAddresses: ["192.0.2.1:6222"] },
          b: { mode: "operator", host: "pods" },
          c: { mode: "operator", host: "pods", replicas: 2, routeAddresses: ["192.0.2.9:31222"] },
        },
      }),
  },
  {
    name: "addresses of pods in a cluster on one host",
    codes: ["NA2211"],
    find: () => inPods({ servers: { a: { mode: "static", routeAddresses: ["192.0.2.9:31222"] } } }),
  },
  {
    name: "routes to pods from elsewhere without TLS",
    codes: ["NA2212"],
    find: () =>
      encryptedRoutesDiagnostics({ target: { kubernetes: {} }, hosts: { machine: { target: "docker" }, pods: {} } }, [
        { resolvedTls: undefined },
      ]),
  },
  {
    name: "a port that is none of a node",
    codes: ["NA2213"],
    find: () =>
      nodePortDiagnostics([{ path: "servers.b.routeAddresses[0]", address: "192.0.2.9:6222", nodes: "target" }]),
  },
  {
    name: "replicas of a container",
    codes: ["NA2202"],
    find: () => inPods({ target: "docker", servers: { a: { mode: "static", replicas: 3 } } }),
  },
  {
    name: "half a pod, and more pods than Kubernetes starts at once",
    codes: ["NA2203", "NA2203"],
    find: () => inPods({ servers: { a: { mode: "static", replicas: 0.5 }, b: { mode: "static", replicas: 101 } } }),
  },
  {
    name: "a program without the package for Kubernetes",
    codes: ["NA2204"],
    find: () => packagesDiagnostics("target.kubernetes", ["@pulumi/kubernetes"]),
  },
  {
    name: "a limit of memory of pods below that of streams",
    codes: ["NA4082"],
    find: () =>
      streamMemoryDiagnostics("target.kubernetes.resources.limits.memory", "1Gi", 2 ** 30, { memoryStorage: "1GiB" }),
  },
  { name: "volumes without a size", codes: ["NA2205"], find: () => volumeDiagnostics(undefined, {}) },
  {
    name: "a volume that streams fill",
    codes: ["NA2206"],
    find: () => fullVolumeDiagnostics("1GiB", { fileStorage: "1GiB" }),
  },
  {
    name: "a certificate in a file of a node",
    codes: ["NA2207", "NA2207", "NA2207"],
    find: () =>
      filesDiagnostics({
        target: { kubernetes: {} },
        tls: { certificate: { file: "/etc/tls.pem" }, key: "" },
        remotes: { hub: { account: "A", urls: ["tls://hub:7422"], tls: { ca: { file: "/etc/hub.pem" } } } },
        servers: { a: { mode: "static", tls: { clients: { ca: { file: "/etc/ca.pem" } } } } },
      }),
  },
  {
    name: "volumes of another size",
    codes: ["NA2208"],
    find: () => changedVolumes({ "s-0": "5120Mi" }, { "s-0": "6144Mi", "s-1": "6144Mi" }),
  },
  {
    name: "names of the objects of others",
    codes: ["NA2209"],
    find: () => foreignObjectsDiagnostics("nats", ["Service nats", "StatefulSet nats-static"]),
  },
  {
    name: "a port of nodes that a pod which leaves still has",
    codes: ["NA2214"],
    find: () =>
      nodePortsDiagnostics(
        { services: "nats", ports: { "servers.a.routeAddresses[0]": 31222 } },
        { services: "nats", ports: { "servers.b.routeAddresses[0]": 31222 } },
      ),
  },
  {
    name: "another provider of pods",
    codes: ["NA2215"],
    find: () => otherProviderDiagnostics(true),
  },
  {
    name: "JetStream for entries without volumes",
    codes: ["NA2210"],
    find: () => missingVolumesDiagnostics(["static", "operator"]),
  },
];
