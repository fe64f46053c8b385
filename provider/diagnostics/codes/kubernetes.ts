import type { CodeTable } from "./code";

/** Secrets of users, and values for the Helm chart of NATS. */
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
      "The values of a release contain the routes between all servers, so `releases` must contain the release of the mode that the values are for.",
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
} as const satisfies CodeTable;
