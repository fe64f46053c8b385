import { which } from "../../lib/path";
import { capture } from "../../lib/run";
import { ToolError } from "../../lib/terminal";
import { vendorImages } from "../../versions";
import { withPrivateCluster, type Cluster } from "./private-cluster";

/** The variable with the context of an existing cluster. */
export const CONTEXT_VARIABLE = "KUBERNETES_CONTEXT";

/** The variable with the pid of a process of the node, if the cluster is a private one. */
export const NODE_VARIABLE = "KUBERNETES_NODE_PID";

/** Returns whether the user names no cluster. */
export const usesPrivateCluster = (): boolean => process.env[CONTEXT_VARIABLE] === undefined;

/** Finds the cluster of a context. The current context is never used: it may be one in production. */
async function existingCluster(context: string): Promise<Cluster> {
  const kubectl = which("kubectl");
  if (kubectl === undefined) {
    throw new ToolError(
      `kubectl is missing, which ${CONTEXT_VARIABLE} requires.`,
      "Install it (https://kubernetes.io/docs/tasks/tools).",
    );
  }
  await capture(kubectl, ["--context", context, "get", "--raw", "/readyz"]);
  const rest = { kubeconfig: undefined, serverImage: vendorImages.server, node: undefined };
  return { kubectl, helm: which("helm"), context, ...rest };
}

/** Runs work with the cluster that the user names in `KUBERNETES_CONTEXT`, else with a private one. */
export async function withCluster<T>(work: (cluster: Cluster) => Promise<T>): Promise<T> {
  const context = process.env[CONTEXT_VARIABLE];
  return context === undefined ? withPrivateCluster(work) : work(await existingCluster(context));
}
