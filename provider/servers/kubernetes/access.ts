/** How the API server of a Kubernetes cluster is reached. */
export interface KubernetesAccess {
  /**
   * Content of a kubeconfig, in YAML or JSON. It is a secret.
   *
   * @default the files that `KUBECONFIG` lists, or `~/.kube/config`
   */
  readonly kubeconfig?: string;
  /**
   * Context of the kubeconfig.
   *
   * @default the current context of `kubeconfig`; required without `kubeconfig`
   */
  readonly context?: string;
}

/** A namespace of a Kubernetes cluster. */
export interface NamespacePlace {
  readonly api: KubernetesAccess;
  readonly namespace: string;
}

/** The address of an API server in a kubeconfig, in YAML or JSON. */
const SERVER = /\bserver["']?\s*:\s*["']?(https?:[^\s"',}]+)/g;

/**
 * Returns what identifies the cluster to which an access leads, without credentials: they can be renewed. Without `kubeconfig`
 * the name of the context, otherwise the addresses of API servers in it.
 */
export function clusterOf({ kubeconfig, context }: KubernetesAccess): string {
  const servers = [...(kubeconfig ?? "").matchAll(SERVER)].map(([, server = ""]) => server);
  return [...(kubeconfig === undefined || servers.length > 1 ? [context ?? ""] : []), ...servers].join(" ");
}
