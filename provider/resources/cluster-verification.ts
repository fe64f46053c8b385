import * as pulumi from "@pulumi/pulumi";
import { DETAILS } from "../dynamic/life-cycle/details";
import type { PerServer } from "../model/cluster/servers";
import type { VerifiedServer } from "../servers/deployment/deployment";
import type { KubernetesAccess } from "../servers/kubernetes/access";
import { DynamicResource } from "./dynamic-resource";

/** Arguments of {@link DeploymentVerification}: the inputs of its handler. */
export interface DeploymentVerificationArgs {
  /** Inputs that are not secrets. */
  readonly details: object;
  /** Seed and creds of a user of the system account. */
  readonly login: pulumi.Input<object>;
  /** Seeds of the accounts' users by public key. */
  readonly seeds: pulumi.Input<object>;
  /** Certificates and key for TLS. */
  readonly tls: pulumi.Input<object> | undefined;
  /** The namespace of servers that are pods. Its kubeconfig is a secret. */
  readonly kubernetes: NamespaceArgs | undefined;
}

/** The namespace of pods as an argument. */
export interface NamespaceArgs {
  readonly api: { readonly [Key in keyof KubernetesAccess]: pulumi.Input<string> };
  readonly namespace: pulumi.Input<string>;
}

/** Verifies servers that something else deploys: at each update with a changed input, and at each refresh. */
export abstract class DeploymentVerification extends DynamicResource {
  /** Result for each server, by its name in the program. */
  declare public readonly verified: pulumi.Output<PerServer<VerifiedServer>>;
  /** Result of the last update or refresh: `"as declared"`, or the problems. */
  declare public readonly condition: pulumi.Output<string>;

  constructor(
    name: string,
    { details, login, seeds, tls, kubernetes }: DeploymentVerificationArgs,
    opts?: pulumi.CustomResourceOptions,
  ) {
    const { api: { context } = {}, namespace } = kubernetes ?? {};
    const secrets = { login: pulumi.secret(login), seeds: pulumi.secret(seeds) };
    super(
      "cluster-verification",
      "ClusterVerification",
      name,
      {
        [DETAILS]: {
          ...details,
          ...secrets,
          ...(tls === undefined ? {} : { tls: pulumi.secret(tls) }),
          ...(kubernetes === undefined ? {} : { kubernetes }),
        },
        configuration: undefined,
        verified: undefined,
        condition: undefined,
      },
      opts,
      { from: [details, context, namespace], outputs: ["configuration", "verified", "condition"] },
    );
  }
}
