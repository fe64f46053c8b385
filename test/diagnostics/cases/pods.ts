import type { Diagnostic } from "../../../provider/diagnostics/diagnostic";
import type { KubernetesAccess } from "../../../provider/servers/kubernetes/access";
import { NamespaceClient } from "../../../provider/servers/kubernetes/client";
import {
  apiError,
  inAnotherCluster,
  missingLibrary,
  missingRevision,
  notArrived,
  notReady,
  notStopped,
} from "../../../provider/servers/kubernetes/errors";
import { missingServer, unreachable } from "../../../provider/servers/missing-server";
import type { KubernetesPlace } from "../../../provider/servers/place";
import type { DiagnosticCase } from "./case";
import { errorOf, toDiagnostics } from "./thrown";

const forbidden = {
  message:
    'secrets "nats" is forbidden: User "u" cannot patch resource "secrets" in API group "" in the namespace "nats"',
};
const overQuota = {
  message: 'pods "nats-static-0-trial-a" is forbidden: exceeded quota: q, requested: pods=1, used: pods=9',
};
const tooLarge = { message: 'Secret "nats" is invalid: data: Too long: may not be more than 1048576 bytes' };

/** An error of the client: its message contains the whole response. */
function failure(code: number, body?: object): Error {
  return Object.assign(new Error(`HTTP-Code: ${code} Headers: {}`), { code, body: JSON.stringify(body) });
}

/** Requests to Kubernetes that failed, by code, as its client reports them. */
const FAILED_REQUESTS = {
  NA5150: { name: "an API server that does not respond", error: new Error("connect ECONNREFUSED 192.0.2.1:6443") },
  NA5151: { name: "credentials that Kubernetes rejects", error: failure(401) },
  NA5152: {
    name: "a request that Kubernetes does not permit",
    error: failure(403, forbidden),
  },
  NA5161: {
    name: "a request that a quota of Kubernetes does not allow",
    error: failure(403, overQuota),
  },
  NA5156: {
    name: "configurations that are too large for a Secret",
    error: failure(422, tooLarge),
  },
} as const;

const KUBECONFIG = JSON.stringify({ contexts: [{ name: "kind-kind", context: { cluster: "c", user: "u" } }] });

const WITH_TOKEN_FILE = JSON.stringify({
  users: [{ name: "u", user: { tokenFile: "/missing/token" } }],
  contexts: [{ name: "in-cluster", context: { cluster: "c", user: "u" } }],
});

const PLACE: KubernetesPlace = {
  ...{ kind: "kubernetes", api: { context: "production" }, namespace: "nats", statefulSet: "nats-static", uid: "u" },
  ...{ ordinal: 0, secret: "nats-static", host: "nats-static-0.nats.nats.svc", template: "t" },
};

const HELD = ["0/3 nodes are available: 3 Insufficient memory."];

function kubeconfigError(access: KubernetesAccess): Promise<Diagnostic[]> {
  return errorOf(() => NamespaceClient.connect({ api: access, namespace: "nats" }));
}

/** The cases of servers in Kubernetes. */
export const PODS_CASES: readonly DiagnosticCase[] = [
  ...Object.entries(FAILED_REQUESTS).map(([code, { name, error }]): DiagnosticCase => ({
    name,
    codes: [code as keyof typeof FAILED_REQUESTS],
    find: () => toDiagnostics(apiError('patch secrets in namespace "nats"', error)),
  })),
  {
    name: "kubeconfigs without the named context, without any context, that cannot be read, and with a `tokenFile` that cannot be read",
    codes: ["NA5153", "NA5153", "NA5153", "NA5153"],
    find: async () => [
      ...(await kubeconfigError({ kubeconfig: KUBECONFIG, context: "production" })),
      ...(await kubeconfigError({ kubeconfig: "{}" })),
      ...(await kubeconfigError({ kubeconfig: "users: [" })),
      ...(await kubeconfigError({ kubeconfig: WITH_TOKEN_FILE, context: "in-cluster" })),
    ],
  },
  {
    name: "servers in Kubernetes without the package for them",
    codes: ["NA5154"],
    find: () => toDiagnostics(missingLibrary(new Error("Cannot find package"))),
  },
  {
    name: "a pod that does not end, and one that does not receive its configuration",
    codes: ["NA5155", "NA5157"],
    find: () => [...toDiagnostics(notStopped("nats-static-0")), ...toDiagnostics(notArrived("static-0", 120))],
  },
  {
    name: "a pod that is not ready, one in another cluster, and a lost template",
    codes: ["NA5158", "NA5159", "NA5159", "NA5160"],
    find: () => [
      ...toDiagnostics(notReady("static-0", 60, ["Unhealthy: Readiness probe failed"])),
      ...toDiagnostics(inAnotherCluster(PLACE)),
      ...toDiagnostics(inAnotherCluster({ ...PLACE, api: { kubeconfig: KUBECONFIG } })),
      ...toDiagnostics(missingRevision(PLACE, "nats-static-7c9d8f6b5")),
    ],
  },
  {
    name: "a pod of a node that does not respond, and one that no node can run",
    codes: ["NA5162", "NA5163", "NA5163", "NA5163"],
    find: () => [
      ...toDiagnostics(unreachable("operator-0", ["error dialing backend: dial tcp 192.0.2.7:10250: i/o timeout"])),
      ...toDiagnostics(missingServer("operator-0", "blocks", HELD)),
      ...toDiagnostics(missingServer("operator-0", "unverifiable", HELD)),
      ...toDiagnostics(missingServer("operator-0", "deferred", HELD)),
    ],
  },
];
