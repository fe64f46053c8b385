import type { CodeTable } from "./code";

/** Secrets of users, values for the Helm chart of NATS, and clusters whose servers are pods. */
export const KUBERNETES_CODES = {
  NA2100: {
    title: "Invalid name in Kubernetes",
    cause:
      "Kubernetes names releases, namespaces and StatefulSets by DNS labels: lower-case letters, digits and hyphens. A pod of a release is called `<name>-<number>`, and DNS names have at most 63 characters between two dots.",
    remedy: "Use a shorter name of lower-case letters, digits and hyphens.",
  },
  NA2101: {
    title: "User without a managed seed",
    cause:
      "A Secret contains the creds and the seed of a user. The seed of this user is not managed by the program, because the user is declared by its public key.",
    remedy: "List the other users in `users`, and create the Secret of this one where its seed is managed.",
  },
  NA2102: {
    title: "Unknown user",
    cause: "An argument names a user that the account does not have.",
    remedy: "Correct the name, or add the user to the account.",
  },
  NA2103: {
    title: "Missing release",
    cause:
      "The values of a release contain the routes between all servers, so `releases` must contain the release of the mode that the values are for. `remotes` of the configuration need `releases`, too, because the values contain them in a Secret with the name of the release.",
    remedy: "Add the release to `releases`.",
  },
  NA2104: {
    title: "Value that the Helm chart cannot render",
    cause:
      "The chart writes the configuration as JSON, and gives some keys and texts a meaning of its own: `<< … >>` is written without quotes, a key that ends in `$include` includes a file, `$tplYaml` and `$tplYamlSpread` are templates. nats-server reads no `\\u` escapes, and no escapes in keys.",
    remedy: "Use another subject, or include `auth.static.authorization` as a file.",
  },
  NA2105: {
    title: "Invalid number of replicas",
    cause: "The routes between the servers of a release name each pod, so their number must be known.",
    remedy: "Use a whole number from 1 to 100.",
  },
  NA2106: {
    title: "Configuration larger than a ConfigMap",
    cause:
      "The chart stores the configuration in a ConfigMap, which has at most 1 MiB. In static mode, the configuration contains each user: about 2,600 users of sets fit. In operator mode, it contains the JWT of each account, which grows with revocations, not with users of roles. Helm itself stores the release in a Secret of at most 1 MiB, compressed: a configuration of less than 1 MiB can exceed that, too.",
    remedy:
      "Use operator mode, divide the accounts among several clusters, or deploy the files of `AuthConfiguration` in another way, for example on a volume. Rotate the keys of roles with many revocations.",
  },
  NA2107: {
    title: "TLS of a Helm release",
    cause:
      "`tls` of `helmValues` names Secrets with certificates for the chart. A name is missing, or `routes` has no effect, because the values contain no routes.",
    remedy: "Name a Secret in the namespace of the release, and add `releases` for routes.",
  },
  NA2200: {
    title: "Unnamed Kubernetes cluster",
    cause:
      "A kubeconfig can have contexts for several clusters. The current context can change at any time, so it is never used for servers.",
    remedy:
      "Set `context` of `target.kubernetes`, or of `kubernetes` of a `ClusterVerification`, or set `kubeconfig` to the content of a kubeconfig.",
  },
  NA2201: {
    title: "Argument without effect in Kubernetes",
    cause:
      "Each pod has an address of its own, on which its server listens, and Kubernetes chooses its node. Services make ports available to others.",
    remedy: "Remove the argument. To reach servers from outside of the cluster, set `target.kubernetes.serviceType`.",
  },
  NA2202: {
    title: "Replicas outside Kubernetes",
    cause:
      "`replicas` is the number of pods of a StatefulSet. Containers and processes have ports of their own on a machine, so each one is an entry of `servers`.",
    remedy: "Add an entry to `servers` for each server.",
  },
  NA2203: {
    title: "Invalid number of pods",
    cause:
      "Each pod is a server with a configuration of its own, and with routes to all others, so their number must be known when the program runs.",
    remedy: "Use a whole number from 1 to 100, which is not an output.",
  },
  NA2204: {
    title: "Missing package for Kubernetes",
    cause:
      "Objects in Kubernetes are resources of `@pulumi/kubernetes`, and pods are reached with `@kubernetes/client-node`. Both are optional dependencies: programs for other platforms work without them.",
    remedy: "Install the package in the folder of the program.",
  },
  NA2205: {
    title: "Volumes without a size",
    cause:
      "Kubernetes creates the volumes in which servers store streams, and needs their size. Other platforms derive a limit from the disk of the machine.",
    remedy: "Set `jetstream.fileStorage`, or `target.kubernetes.volume.size`.",
  },
  NA2206: {
    title: "Volume that is too small",
    cause:
      "`jetstream.fileStorage` limits the messages of streams. Indexes, logs of replication and deleted messages that are not compacted yet need space in the same volume. This is a warning, because volumes that exist can be larger than `volume.size`: it stays the same when the PersistentVolumeClaims are resized.",
    remedy:
      "For a new cluster, use volumes that are larger, by a quarter for example. Otherwise, resize the PersistentVolumeClaims of all pods, and ignore the warning.",
  },
  NA2207: {
    title: "File of a machine in Kubernetes",
    cause: "Pods do not see the files of their nodes, and can move to another node at any time.",
    remedy:
      "Use the text of the certificate or key. For a Secret of cert-manager, read it with `kubernetes.core.v1.Secret.get`.",
  },
  NA2208: {
    title: "Changed volumes",
    cause: "Kubernetes changes neither the volumes of a StatefulSet nor the template that they are created from.",
    remedy:
      "Set `target.kubernetes.volume` to the present size and class. To get larger volumes, keep them, resize the PersistentVolumeClaims, and raise `jetstream.fileStorage`: [NA2206](#na2206) then warns until `fileStorage` is smaller than `volume.size`.",
  },
  NA2209: {
    title: "Names of objects that belong to others",
    cause:
      "The names of objects follow from the name of the cluster and of the entries of `servers`. Objects with some of these names exist in the namespace, and belong to another stack, to a Helm release or to somebody else. The cluster would take them over, and delete them with its own stack. Pods of the same cluster are found here, too, if their host had a `target` of its own and now has that of the cluster, or the reverse, and another host is in Kubernetes or an entry of `servers` has the name of the host: these are other resources with the same objects.",
    remedy:
      "If the target of a host has changed in this way, undo that: its pods run, so delete nothing. To move them, add entries with other names on a host in another namespace, and remove the former ones afterwards. Otherwise use another `clusterName` or another namespace. If nobody needs the objects, for example because the state of their stack was lost, delete them.",
  },
  NA2210: {
    title: "JetStream for pods without volumes",
    cause: "A StatefulSet gets its volumes when it is created. Kubernetes adds none afterwards.",
    remedy:
      "Give the entries of `servers` other names when you turn on JetStream: new pods start with volumes, then those of the former entries stop.",
  },
  NA2211: {
    title: "Addresses of pods for other hosts",
    cause:
      "The addresses of pods are valid in their Kubernetes cluster only. If `hosts` has more than one, servers elsewhere reach each pod by an address and a port that lead to this pod alone: those of a node, or of a load balancer. A port of a node leads to the same pod on all nodes, so each pod needs another one.",
    remedy:
      "Set `routeAddresses` of each entry of `servers` that runs in pods, with one address for each pod, such as `192.0.2.10:31222`. Remove it from others.",
  },
  NA2212: {
    title: "Plaintext routes to pods from elsewhere",
    cause:
      "Routes between pods and servers outside of their Kubernetes cluster lead through networks that belong to neither, and carry all messages. Unlike other ports without TLS, they cannot be accepted.",
    remedy: "Set `tls` of the cluster. The certificate must be valid for the addresses of all hosts and pods.",
  },
  NA2213: {
    title: "Port of nodes outside of the default range",
    cause:
      "A Service of the type `NodePort` leads from a port of all nodes to a pod. A Kubernetes cluster refuses ports outside of its range (`--service-node-port-range` of the API server), which is 30000 to 32767 by default.",
    remedy:
      "Use a port of the range, best one from 30000 to 30085, which Kubernetes does not assign to other Services while others are free. For the address of a load balancer, set `routeServiceType` of the target.",
  },
  NA2214: {
    title: "Port of nodes that another pod still has",
    cause:
      "Services are created and changed before others are deleted, and Kubernetes refuses a port of nodes while another Service has it. So a pod cannot take over the port of another one in the same update, also if that one leaves or gets another port.",
    remedy: "Give the former pod another port, or remove it, in an update of its own. Then use the port.",
  },
  NA2215: {
    title: "Another provider for pods that exist",
    cause:
      "The engine replaces the objects of another provider, also if it leads to the same Kubernetes cluster: it would create a StatefulSet that exists, and then delete it with its pods. A provider in the options is another one than that which the cluster creates without it.",
    remedy:
      "Use the provider that the pods were created with. If the cluster has created it, leave the kubernetes provider out of the options of the cluster, and of the host.",
  },
  NA2216: {
    title: "Configurations larger than a Secret",
    cause:
      "The configurations of all pods of an entry of `servers` are in one Secret, which has at most 1 MiB. In static mode, a configuration contains each user: with one pod, about 4,000 users of a `UserSet` fit, with two pods half of them, with three a third. In operator mode, it contains the JWT of each account, which grows with revocations by about 90 bytes each: with three pods, about 3,900 fit.",
    remedy:
      "Divide the entry into several ones with fewer replicas, each of which has a Secret of its own. Let users of large sets connect to servers in operator mode, in a cluster without servers in static mode, or divide the accounts among several clusters. Rotate the keys of roles with many revocations.",
  },
} as const satisfies CodeTable;
