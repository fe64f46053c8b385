import { catchSignals, Interrupted, interruptible } from "../../tools/lib/interrupt";
import { withPrivateCluster } from "../../tools/parts/kubernetes/private-cluster";
import { findKubelet } from "../support/api-server";

/** Starts a cluster, and ends by the argument: `failure`, or by a signal from outside after it has printed `ready`. */
async function main(end: string | undefined): Promise<void> {
  catchSignals();
  await withPrivateCluster(async ({ kubeconfig }) => {
    if (end === "failure") {
      // A test may stop it, and fail before it continues.
      process.kill(findKubelet(kubeconfig), "SIGSTOP");
      throw new Error("the work fails");
    }
    console.log("ready");
    await interruptible(new Promise((resolve) => setTimeout(resolve, 600_000)));
  });
}

main(process.argv[2]).then(
  () => process.exit(0),
  (error: unknown) => process.exit(error instanceof Interrupted ? error.exitCode : 1),
);
