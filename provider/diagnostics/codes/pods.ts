import type { CodeTable } from "./code";

/** Operations on servers in pods. */
export const PODS_CODES = {
  NA5150: {
    title: "Kubernetes not usable",
    cause:
      "The API server of the Kubernetes cluster could not be reached, did not respond to a request within 30 seconds, or responded with an error. Requests that may succeed later were repeated for 15 seconds, or for two minutes if the API server had responded before. The message contains the request and the response.",
    remedy: "Check that this machine reaches the API server, then rerun the command.",
  },
  NA5151: {
    title: "Credentials rejected by Kubernetes",
    cause: "The API server does not accept the credentials of the kubeconfig: for example, a token has expired.",
    remedy: "Renew the credentials of the kubeconfig, then rerun the command.",
  },
  NA5152: {
    title: "Request not permitted by Kubernetes",
    cause:
      "The user or service account of the kubeconfig has no role that permits the request. The message contains the verb, the resource and the namespace.",
    remedy:
      "Give it the permissions that [the page about Kubernetes](kubernetes.md#permissions) lists, then rerun the command.",
  },
  NA5153: {
    title: "Kubeconfig not usable",
    cause:
      "The kubeconfig or the `tokenFile` of its user cannot be read, or it does not have the context that the program names. The current context of the files of this machine is never used.",
    remedy:
      "Correct `context` or `kubeconfig` of `target.kubernetes`, or of `kubernetes` of a `ClusterVerification`. `kubectl config get-contexts` lists the contexts. A `tokenFile` must exist wherever `pulumi` runs.",
  },
  NA5154: {
    title: "Missing package for Kubernetes",
    cause:
      "Servers in Kubernetes are managed and reached with the package `@kubernetes/client-node`, which is an optional peer dependency of this package.",
    remedy:
      "Run `npm install @kubernetes/client-node@1` in the folder of the program. Version 2 requires Node.js 22.19.",
  },
  NA5155: {
    title: "Pod not stopped",
    cause:
      "The pod of a server still exists after it was deleted and its server was killed, usually because its node does not respond.",
    remedy: "Check the node. Remove the node or delete the pod with force, then rerun `pulumi up`.",
  },
  NA5156: {
    title: "Configurations too large for a Secret",
    cause:
      "The configurations of all pods of an entry of `servers` are in one Secret, which Kubernetes limits to 1 MiB. In operator mode, each contains the JWTs of all accounts.",
    remedy:
      "Previews report this as [NA2216](#na2216), if the configurations are known by then: do what it recommends.",
  },
  NA5157: {
    title: "Configuration not received by a pod",
    cause:
      "The configuration was written to the Secret, but did not arrive in the running pod within two minutes. The server keeps the configuration that it has loaded.",
    remedy: "Check the node of the pod and its kubelet, then rerun `pulumi up`.",
  },
  NA5158: {
    title: "Pod not ready",
    cause:
      "A server has restarted and works together with the others, but Kubernetes does not find its pod ready, so that Services do not lead to it. The next pod would be stopped while clients cannot reach this one.",
    remedy: "Read what Kubernetes reports about the pod, correct the cause, then rerun `pulumi up`.",
  },
  NA5159: {
    title: "Provider and target in different clusters",
    cause:
      "The objects are created by the provider of `@pulumi/kubernetes` in the options of the cluster, and the servers are reached by `target.kubernetes`. The StatefulSet that the provider has created does not exist in the cluster of the target.",
    remedy:
      "Give both the same context or kubeconfig, or leave out the provider: the cluster then creates one. If the StatefulSet was deleted, run `pulumi up --refresh`.",
  },
  NA5160: {
    title: "Lost template of pods",
    cause:
      "After an update that was refused, a StatefulSet has its former template, and Kubernetes keeps the new one among its revisions, of which it removes old ones.",
    remedy: "Run `pulumi up --refresh`, which writes the template again.",
  },
  NA5161: {
    title: "Request against a rule of Kubernetes",
    cause:
      "A quota or a LimitRange of the namespace, a security standard of pods, or a policy (an admission webhook, such as that of Kyverno or Gatekeeper) does not allow the request. The message contains its words. An update also creates a temporary pod, `<pod>-trial-<digest>`, which tests a configuration.",
    remedy:
      "Correct what the message names: raise the quota, set `target.kubernetes.resources`, set what the policy requires by a [transform](kubernetes.md#what-it-creates), or exempt the pods. Then rerun the command.",
  },
  NA5162: {
    title: "Pod on a node that does not respond",
    cause:
      "Kubernetes reports that the pod runs and is not ready, and does not reach its node. The server may still serve clients with its former configuration, so that nothing was changed.",
    remedy:
      "If the node is lost, delete it (`kubectl delete node …`), or mark it as shut down (`kubectl taint nodes … node.kubernetes.io/out-of-service=nodeshutdown:NoExecute`): Kubernetes then removes its pods. After about five minutes it does that by itself, as far as it reaches the node. Then rerun `pulumi up`.",
  },
  NA5163: {
    title: "Pod that Kubernetes does not run",
    cause:
      "Kubernetes is to run the pod, but cannot: no node has room for it, its image cannot be pulled, or it is still on a node that does not respond. As a warning: the other servers have their new configuration, and the pod starts with it, too. As an error: the update would restart other servers while this one is missing, or nothing else can be verified.",
    remedy:
      "Correct what Kubernetes reports about the pod. If its node is lost, delete the node, or the pod with `kubectl delete pod … --force`: until then, a server that still runs there may accept clients with its former configuration. Then run `pulumi up`, which verifies the server.",
  },
} as const satisfies CodeTable;
