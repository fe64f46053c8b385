import type { V1Pod } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { ServerError } from "../errors";
import type { NamespaceClient } from "./client";
import { describeProblems, isEnding } from "./objects";

/** Describes that a pod does not exist, as a clause. */
export function describeMissing(namespace: string, pod: string): string {
  return `namespace ${JSON.stringify(namespace)} has no pod ${pod}`;
}

/** Describes a pod that does not run, as a clause. @returns undefined if it runs, or must not be read */
export async function describeStopped(client: NamespaceClient, name: string): Promise<string | undefined> {
  try {
    const pod = await client.readPod(name);
    if (pod === undefined) {
      return describeMissing(client.namespace, name);
    }
    const reports = areRunning(pod) ? undefined : await describeProblems(client, pod);
    const texts = reports?.map((report) => report.replace(/\s+/g, " "));
    return texts && `pod ${name} does not run${texts.length === 0 ? "" : ` (${texts.join("; ")})`}`;
  } catch (error) {
    if (error instanceof ServerError && error.code === "NA5152") {
      return undefined;
    }
    throw error;
  }
}

/** True if all containers of a pod run, whatever they are called, and it is not being deleted. */
function areRunning(pod: V1Pod): boolean {
  const { phase, containerStatuses = [] } = pod.status ?? {};
  return phase === "Running" && !isEnding(pod) && containerStatuses.every(({ state }) => state?.running !== undefined);
}
