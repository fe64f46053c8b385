import * as pulumi from "@pulumi/pulumi";
import type { KubernetesAccess } from "../servers/kubernetes/access";

/** How the API server of a Kubernetes cluster is reached, as a program declares it. */
export interface KubernetesAccessArgs {
  /**
   * Context of the kubeconfig. The current context is never used without its name.
   *
   * @default with `kubeconfig`, its current context; required otherwise
   */
  readonly context?: pulumi.Input<string>;
  /**
   * Content of a kubeconfig. It becomes a secret.
   *
   * @default the files that `KUBECONFIG` names, or ~/.kube/config
   */
  readonly kubeconfig?: pulumi.Input<string>;
}

/** Returns how the API server is reached, with the kubeconfig as a secret. */
export function accessOf({ kubeconfig, context }: KubernetesAccessArgs): {
  readonly [Key in keyof KubernetesAccess]: pulumi.Input<string>;
} {
  return {
    ...(kubeconfig === undefined ? {} : { kubeconfig: pulumi.secret(kubeconfig) }),
    ...(context === undefined ? {} : { context }),
  };
}
