import type { V1ContainerStatus, V1Pod, V1StatefulSet } from "@kubernetes/client-node" with {
  "resolution-mode": "import",
};
import { waitFor } from "../log";
import type { KubernetesPlace } from "../place";
import type { NamespaceClient } from "./client";
import { CONTAINER } from "./layout";

/** Milliseconds in which the controller of StatefulSets notices a change. */
const OBSERVE_TIMEOUT = 30_000;

/** The label with the revision of the template of a pod. */
const REVISION_LABEL = "controller-revision-hash";

/**
 * Reads the StatefulSet of a place. Its status is up to date, unless its controller does not run.
 *
 * @returns undefined if it does not exist, or is another one with the same name
 */
export async function readOwnSet(
  client: NamespaceClient,
  { statefulSet, uid }: KubernetesPlace,
): Promise<V1StatefulSet | undefined> {
  let found: V1StatefulSet | undefined;
  await waitFor(async () => {
    found = await client.readStatefulSet(statefulSet);
    const { metadata, status } = found ?? {};
    return found === undefined || (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0) ? true : undefined;
  }, OBSERVE_TIMEOUT);
  return found?.metadata?.uid === uid ? found : undefined;
}

/** The number of pods that a StatefulSet is to have. */
export function replicasOf({ spec }: V1StatefulSet): number {
  return spec?.replicas ?? 1;
}

/**
 * Changes how many pods a StatefulSet is to have, whatever changes it at the same time.
 *
 * @param choose returns the number of pods for the present one
 * @returns the number of pods; undefined if the StatefulSet does not exist
 */
export async function scaleOwnSet(
  client: NamespaceClient,
  place: KubernetesPlace,
  choose: (replicas: number) => number,
): Promise<number | undefined> {
  const scale = async () => {
    const set = await readOwnSet(client, place);
    if (set === undefined) {
      return { replicas: undefined };
    }
    const replicas = choose(replicasOf(set));
    return replicas === replicasOf(set) || (await client.scale(set, replicas)) ? { replicas } : undefined;
  };
  return (await waitFor(scale, Infinity))?.replicas;
}

/** Returns the name of the revision of the template from which a pod was created. */
export function revisionOf({ metadata }: V1Pod): string | undefined {
  return metadata?.labels?.[REVISION_LABEL];
}

/** True for a pod that was created from the present template of its StatefulSet. */
export function isCurrent(pod: V1Pod, { status }: V1StatefulSet): boolean {
  return revisionOf(pod) === status?.updateRevision;
}

/** True for a pod that is being deleted. */
export function isEnding({ metadata }: V1Pod): boolean {
  return metadata?.deletionTimestamp !== undefined;
}

/** Returns the status of the container that runs nats-server; undefined while it has none. */
export function serverStatus({ status }: V1Pod): V1ContainerStatus | undefined {
  return status?.containerStatuses?.find(({ name }) => name === CONTAINER);
}

/** True for a pod whose server runs and is not being stopped. */
export function isRunning(pod: V1Pod | undefined): pod is V1Pod {
  return pod !== undefined && !isEnding(pod) && serverStatus(pod)?.state?.running !== undefined;
}

/** True for a pod to which Services lead. */
export function isReady({ status }: V1Pod): boolean {
  return status?.conditions?.some(({ type, status: value }) => type === "Ready" && value === "True") === true;
}

/** True for a pod whose server has ended: Kubernetes starts it again after longer and longer pauses. */
export function hasEnded(pod: V1Pod): boolean {
  const { state, lastState } = serverStatus(pod) ?? {};
  return state?.running === undefined && (state?.terminated ?? lastState?.terminated) !== undefined;
}

/** Reasons for which a container waits that do not pass by themselves, apart from a registry that responds again. */
const STUCK: readonly string[] = [
  "CreateContainerConfigError",
  "CreateContainerError",
  "ErrImageNeverPull",
  "ImagePullBackOff",
  "InvalidImageName",
  "RunContainerError",
];

/** True for a pod whose container cannot be created. */
export function isStuck(pod: V1Pod): boolean {
  return STUCK.includes(serverStatus(pod)?.state?.waiting?.reason ?? "");
}

/** Milliseconds for which a pod may be stuck: a registry may respond again, or a node have space. */
const STUCK_TIME = 15_000;

/** Measures for how long a pod is stuck without a break. */
export class StuckTime {
  #since: number | undefined;

  /** @param limit milliseconds for which it may be stuck */
  constructor(private readonly limit = STUCK_TIME) {}

  /** Returns whether it has been stuck for too long. @param isStuckNow whether it is stuck at present */
  isOver(isStuckNow: boolean): boolean {
    this.#since = isStuckNow ? (this.#since ?? performance.now()) : undefined;
    return this.#since !== undefined && performance.now() - this.#since > this.limit;
  }
}

/** True for a pod of which its node has reported nothing. */
export function isUnreported(pod: V1Pod): boolean {
  return pod.spec?.nodeName !== undefined && serverStatus(pod) === undefined;
}

/** True for a pod for which Kubernetes has found no node. */
export function isUnscheduled({ status }: V1Pod): boolean {
  return status?.conditions?.some(({ type, status: value }) => type === "PodScheduled" && value === "False") === true;
}

/** Milliseconds for which a pod may still exist when its time to end is over. */
const END_SLACK = 30_000;

/** Returns the milliseconds for which a pod may still end; 0 for one that is not being deleted. @param now Unix milliseconds */
export function endingTime({ metadata }: V1Pod, now: number): number {
  const { deletionTimestamp } = metadata ?? {};
  return deletionTimestamp === undefined ? 0 : Math.max(0, deletionTimestamp.getTime() + END_SLACK - now);
}

/** True for a pod that Kubernetes cannot start at present: it has no node, no container, or is still on a node that does not respond. */
export function isHeldUp(pod: V1Pod, now: number): boolean {
  return isEnding(pod) ? endingTime(pod, now) === 0 : isUnscheduled(pod) || isStuck(pod);
}

/** True for a pod that may have got the files that its Secret had before. */
export function mayHaveFiles({ spec }: V1Pod): boolean {
  return spec?.nodeName !== undefined;
}

/** Warnings that an error lists. */
const MAX_EVENTS = 3;

/** Describes why a pod, or the pod of a StatefulSet that does not exist, does not run. */
export async function describeProblems(client: NamespaceClient, owner: V1Pod | V1StatefulSet): Promise<string[]> {
  const { conditions = [] } = owner.status ?? {};
  const failed = conditions.flatMap(({ status, message }) =>
    status === "False" && message !== undefined ? [message] : [],
  );
  const { waiting, terminated } = serverStatus(owner as V1Pod)?.state ?? {};
  const states = [waiting, terminated].flatMap((state) =>
    state === undefined ? [] : [[state.reason, state.message].filter(Boolean).join(": ")],
  );
  const { uid } = owner.metadata ?? {};
  const events = uid === undefined ? [] : await client.listEvents(uid);
  const warnings = events.flatMap(({ type, reason = "", message = "" }) =>
    type === "Warning" ? [`${reason}: ${message}`] : [],
  );
  return [...new Set([...states, ...failed, ...warnings.slice(-MAX_EVENTS)])].filter((line) => line !== "");
}
