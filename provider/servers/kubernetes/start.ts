import type { V1Pod, V1StatefulSet } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { ServerRefusal } from "../errors";
import { findComplaints, waitFor } from "../log";
import type { KubernetesPlace } from "../place";
import { START_TIMEOUT } from "../timeouts";
import type { NamespaceClient } from "./client";
import { expectedDigest, filesIn } from "./files";
import { podName } from "./layout";
import { readTextsAfter, StartLog } from "./logs";
import {
  describeProblems,
  endingTime,
  hasEnded,
  isCurrent,
  isEnding,
  isHeldUp,
  isRunning,
  isStuck,
  mayHaveFiles,
  readOwnSet,
  replicasOf,
  serverStatus,
  StuckTime,
} from "./objects";
import { setStopped } from "./stop";

/** Seconds for a pod to end whose server does not run as it should. */
const SHORT_GRACE = 1;

/**
 * Makes the pod of a place run with the present template and the present files, and waits until its server is ready. Does
 * nothing if it runs like that.
 *
 * @param server the server's name in the program
 * @throws ServerRefusal with the output of the server, or with what Kubernetes reports
 */
export async function startPod(client: NamespaceClient, place: KubernetesPlace, server: string): Promise<void> {
  setStopped(place, false);
  const digest = await readExpectedDigest(client, place);
  const set = await readOwnSet(client, place);
  if (set === undefined) {
    throw new ServerRefusal("NA5006", server, "has no StatefulSet. Run `pulumi up --refresh`");
  }
  const start = new PodStart(client, place, server, digest);
  const outcome = await waitFor(() => start.look(), START_TIMEOUT);
  if (outcome !== "ready") {
    const pod = await client.readPod(podName(place.statefulSet, place.ordinal));
    throw outcome ?? (await cannotRun(client, server, pod ?? set));
  }
}

/** Milliseconds for a pod to start that nothing prevents from it. */
const AWAIT_TIMEOUT = 120_000;

/**
 * Waits until a pod runs with the present files that Kubernetes starts by itself, but not longer than a healthy one takes.
 *
 * @param server the server's name in the program
 * @returns why it does not run; undefined if it runs
 */
export async function awaitPod(
  client: NamespaceClient,
  place: KubernetesPlace,
  server: string,
): Promise<readonly string[] | undefined> {
  const name = podName(place.statefulSet, place.ordinal);
  const pod = await client.readPod(name);
  const start = new PodStart(client, place, server, await readExpectedDigest(client, place));
  const held = new StuckTime();
  let last = pod;
  const look = async (): Promise<"ready" | "held" | ServerRefusal | undefined> => {
    const outcome = await start.look();
    last = await client.readPod(name);
    return outcome ?? (held.isOver(last !== undefined && isHeldUp(last, Date.now())) ? "held" : undefined);
  };
  if (pod !== undefined && !isEnding(pod) && !isRunning(pod) && mayHaveFiles(pod)) {
    await start.replace(pod);
  }
  const outcome = await waitFor(look, AWAIT_TIMEOUT + (pod === undefined ? 0 : endingTime(pod, Date.now())));
  if (outcome === "ready") {
    return undefined;
  }
  return outcome instanceof ServerRefusal
    ? [outcome.problem, ...outcome.output]
    : describeProblems(client, last ?? (await readOwnSet(client, place)) ?? {});
}

/** The start of a pod. */
class PodStart {
  readonly #pod: string;
  /** The uid of a pod that was deleted. */
  #deleted: string | undefined;
  #isRetried = false;
  readonly #stuck = new StuckTime();
  #log: StartLog | undefined;

  /** @param digest the digest of the configuration that the server must load; undefined if unknown */
  constructor(
    private readonly client: NamespaceClient,
    private readonly place: KubernetesPlace,
    private readonly server: string,
    private readonly digest: string | undefined,
  ) {
    this.#pod = podName(place.statefulSet, place.ordinal);
  }

  /** Looks at the pod, and replaces one that will not become ready. @returns undefined while it starts */
  async look(): Promise<"ready" | ServerRefusal | undefined> {
    const [set, pod] = await Promise.all([readOwnSet(this.client, this.place), this.client.readPod(this.#pod)]);
    if (set !== undefined && replicasOf(set) <= this.place.ordinal) {
      // Only for the StatefulSet as it was read: another server that starts at the same time may have asked for more pods.
      await this.client.scale(set, this.place.ordinal + 1);
    }
    if (set === undefined || pod === undefined || isEnding(pod) || pod.metadata?.uid === this.#deleted) {
      return undefined;
    }
    if (!isCurrent(pod, set)) {
      return this.replace(pod);
    }
    if (isRunning(pod)) {
      return this.#checkConfiguration(pod);
    }
    if (hasEnded(pod)) {
      const complaints = findComplaints(await readTextsAfter(this.client, this.#pod, undefined));
      return this.#replaceOnce(pod, new ServerRefusal("NA5002", this.server, "did not start", complaints));
    }
    return this.#checkContainer(pod);
  }

  async #checkConfiguration(pod: V1Pod): Promise<"ready" | ServerRefusal | undefined> {
    const log = this.#logOf(serverStatus(pod)?.containerID);
    await log.read();
    const { isReady, loaded } = log;
    if (!isReady) {
      return undefined;
    }
    if (this.digest === undefined || loaded === undefined || loaded === this.digest) {
      return "ready";
    }
    const problem = `loaded a configuration (${loaded}) other than the one that was written (${this.digest})`;
    return this.#replaceOnce(pod, new ServerRefusal("NA5005", this.server, problem));
  }

  #logOf(container: string | undefined): StartLog {
    if (this.#log === undefined || this.#log.container !== container) {
      this.#log = new StartLog(this.client, this.#pod, container);
    }
    return this.#log;
  }

  async #checkContainer(pod: V1Pod): Promise<ServerRefusal | undefined> {
    return this.#stuck.isOver(isStuck(pod)) ? cannotRun(this.client, this.server, pod) : undefined;
  }

  /** Replaces a pod that may not have received the present files. @returns the refusal if it happens again */
  async #replaceOnce(pod: V1Pod, refusal: ServerRefusal): Promise<ServerRefusal | undefined> {
    if (this.#isRetried) {
      return refusal;
    }
    this.#isRetried = true;
    return this.replace(pod);
  }

  /** Deletes a pod, so that Kubernetes creates it again. */
  async replace(pod: V1Pod): Promise<undefined> {
    this.#deleted = pod.metadata?.uid;
    await this.client.deletePod(this.#pod, isRunning(pod) ? undefined : SHORT_GRACE);
    return undefined;
  }
}

async function readExpectedDigest(client: NamespaceClient, place: KubernetesPlace): Promise<string | undefined> {
  const pod = podName(place.statefulSet, place.ordinal);
  const secret = await client.readSecret(place.secret);
  return expectedDigest(filesIn(secret?.data ?? {}, pod), pod);
}

/** The error for a pod whose server does not start, with what Kubernetes reports. */
export async function cannotRun(
  client: NamespaceClient,
  server: string,
  owner: V1Pod | V1StatefulSet,
): Promise<ServerRefusal> {
  return new ServerRefusal("NA5002", server, "could not be started", await describeProblems(client, owner));
}
