import type { V1Pod, V1StatefulSet } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { omitUndefined } from "../../model/form/order";
import { waitForReload } from "../acknowledge";
import { errorMessage, ServerRefusal } from "../errors";
import { findComplaints, waitFor } from "../log";
import { unreachable } from "../missing-server";
import type { KubernetesPlace } from "../place";
import type { ConfigFiles, Server, ServerState, SharedTest } from "../server";
import { NamespaceClient } from "./client";
import { notArrived } from "./errors";
import { changesOf, expectedDigest, filesIn, toData, versionIn, withoutNames, type SecretData } from "./files";
import { podName, RELOAD_COMMAND, SERVER_COMMAND } from "./layout";
import { readLastLine, readLines, readTextsAfter } from "./logs";
import { describeProblems, isCurrent, isHeldUp, isReady, isRunning, readOwnSet, replicasOf } from "./objects";
import { awaitPod, startPod } from "./start";
import { stopPod } from "./stop";
import { removeTrials, testInPod } from "./trial";
import { hasFiles, isFailedRequest, testBesideServer } from "./trial-beside";

/** The last lines of a log among which complaints are looked for. */
const COMPLAINT_RANGE = 100;
/** Milliseconds in which changed files arrive in a pod: without a touch, the kubelet looks for them every minute or so. */
const ARRIVAL_TIMEOUT = 120_000;
/** Milliseconds after which a pod is touched again: the kubelet may not have known the new files the first time. */
const TOUCH_PAUSE = 2_000;
/** The annotation whose change makes the kubelet update the files of a pod at once. */
const FILES_ANNOTATION = "pulumi-nats-auth/files";

/** A nats-server in a pod of a StatefulSet. */
export class PodServer implements Server {
  readonly #place: KubernetesPlace;
  readonly #pod: string;
  /** The files in its place before others were written; undefined if none were written since it was started. */
  #former: ConfigFiles | undefined;

  /** @param name the server's name in the program */
  constructor(
    readonly name: string,
    place: KubernetesPlace,
  ) {
    this.#place = place;
    this.#pod = podName(place.statefulSet, place.ordinal);
  }

  async state(): Promise<ServerState> {
    const client = await this.#connect();
    const [set, secret, pod] = await this.#look(client);
    if (set === undefined || secret === undefined) {
      return { process: "absent", files: {} };
    }
    const files = filesIn(secret.data ?? {}, this.#pod);
    if (!isRunning(pod)) {
      return { process: "stopped", files, ...(await this.#inspectAwaited(client, set, pod)) };
    }
    const obstacles = isReady(pod) ? undefined : await this.#findNodeProblems(client, pod);
    return omitUndefined<ServerState>({
      process: "running",
      files,
      isOutdated: isCurrent(pod, set) ? undefined : true,
      obstacles,
    });
  }

  /** Inspects a pod that does not run. An update replaces one with an earlier template, so that nothing prevents its start. */
  async #inspectAwaited(
    client: NamespaceClient,
    set: V1StatefulSet,
    pod: V1Pod | undefined,
  ): Promise<Pick<ServerState, "isAwaited" | "obstacles">> {
    if (replicasOf(set) <= this.#place.ordinal) {
      return {};
    }
    const isHeld = pod !== undefined && isCurrent(pod, set) && isHeldUp(pod, Date.now());
    return { isAwaited: true, ...(isHeld ? { obstacles: await describeProblems(client, pod) } : {}) };
  }

  /** Returns what Kubernetes reports about a pod of a node that does not respond; undefined if it responds. */
  async #findNodeProblems(client: NamespaceClient, pod: V1Pod): Promise<string[] | undefined> {
    try {
      await client.run(this.#pod, [SERVER_COMMAND, "--version"]);
      return undefined;
    } catch (error) {
      // The container may have ended.
      return isRunning(await client.readPod(this.#pod))
        ? [errorMessage(error), ...(await describeProblems(client, pod))]
        : undefined;
    }
  }

  async try(files: ConfigFiles): Promise<string> {
    const client = await this.#connect();
    const [found, secret, pod] = await this.#look(client);
    const set = found ?? this.#isMissing("StatefulSet");
    // One with another image or other limits proves nothing.
    if (isRunning(pod) && isCurrent(pod, set)) {
      const digest = await testBesideServer(client, this.#pod, secret?.data ?? {}, files);
      if (digest !== undefined) {
        return digest;
      }
      await this.#checkNode(client, pod);
    }
    return testInPod(client, set, this.#place, this.name, files);
  }

  /** Checks that Kubernetes reaches the node of a pod: it takes most of a minute to notice that one does not respond. */
  async #checkNode(client: NamespaceClient, pod: V1Pod): Promise<void> {
    const obstacles = await this.#findNodeProblems(client, pod);
    if (obstacles !== undefined) {
      throw unreachable(this.name, obstacles);
    }
  }

  /** The pods of a StatefulSet run the same image, and their configurations differ in the name of the pod and its addresses. */
  sharedTest(files: ConfigFiles): SharedTest | undefined {
    const digest = expectedDigest(files, this.#pod);
    const key = JSON.stringify([this.#place.uid, withoutNames(files, this.#pod)]);
    return digest === undefined ? undefined : { key, digest };
  }

  async put(files: ConfigFiles): Promise<void> {
    const client = await this.#connect();
    const { data = {} } = (await client.readSecret(this.#place.secret)) ?? this.#isMissing("Secret");
    this.#former ??= filesIn(data, this.#pod);
    const next = toData(files, this.#pod, data);
    const changes = changesOf(data, next, this.#pod);
    if (Object.keys(changes).length > 0) {
      await client.patchSecret(this.#place.secret, changes);
    }
    await this.#waitUntilArrived(client, next);
  }

  async start(): Promise<void> {
    this.#former = undefined;
    await startPod(await this.#connect(), this.#place, this.name);
  }

  async awaitStart(): Promise<readonly string[] | undefined> {
    return awaitPod(await this.#connect(), this.#place, this.name);
  }

  async reload(digest: string): Promise<void> {
    const client = await this.#connect();
    const [pod, before] = await Promise.all([client.readPod(this.#pod), readLastLine(client, this.#pod)]);
    if (!isRunning(pod)) {
      // Kubernetes starts it again, with the new configuration.
      const obstacles = await awaitPod(client, this.#place, this.name);
      if (obstacles === undefined) {
        return;
      }
      throw new ServerRefusal("NA5004", this.name, "ended before it could reload its configuration", obstacles);
    }
    const { output, succeeded } = await client.run(this.#pod, RELOAD_COMMAND);
    if (!succeeded) {
      throw new ServerRefusal("NA5004", this.name, "could not be signalled to reload", output.split("\n"));
    }
    await waitForReload(this.name, digest, () => readTextsAfter(client, this.#pod, before));
  }

  async stop(): Promise<void> {
    await stopPod(await this.#connect(), this.#place, this.#former);
  }

  async complaints(): Promise<string[]> {
    const lines = await readLines(await this.#connect(), this.#pod, { tailLines: COMPLAINT_RANGE });
    return findComplaints(lines.map(({ text }) => text));
  }

  /** A pod has no other place: one with an earlier template is replaced when the server restarts. */
  predecessors(): Promise<Server[]> {
    return Promise.resolve([]);
  }

  async removeRemains(): Promise<void> {
    await removeTrials(await this.#connect(), this.#pod);
  }

  #connect(): Promise<NamespaceClient> {
    return NamespaceClient.connect(this.#place);
  }

  /** Reads the objects of the server. */
  #look(client: NamespaceClient) {
    return Promise.all([
      readOwnSet(client, this.#place),
      client.readSecret(this.#place.secret),
      client.readPod(this.#pod),
    ]);
  }

  /** Waits until the files have arrived in the pod, if it runs. */
  async #waitUntilArrived(client: NamespaceClient, data: SecretData): Promise<void> {
    const { digest = "" } = versionIn(data, this.#pod) ?? {};
    let touched = -Infinity;
    let touches = 0;
    const look = (): Promise<V1Pod | undefined> => {
      if (performance.now() - touched <= TOUCH_PAUSE) {
        return client.readPod(this.#pod);
      }
      touched = performance.now();
      touches += 1;
      return client.annotatePod(this.#pod, { [FILES_ANNOTATION]: `${digest} ${touches}` });
    };
    const hasArrived = async (): Promise<true | undefined> => {
      const pod = await look();
      if (!isRunning(pod)) {
        return true;
      }
      try {
        return (await hasFiles(client, this.#pod, data)) ? true : undefined;
      } catch (error) {
        if (!isFailedRequest(error)) {
          throw error;
        }
        await this.#checkNode(client, pod);
        return undefined;
      }
    };
    if ((await waitFor(hasArrived, ARRIVAL_TIMEOUT)) !== true) {
      throw notArrived(this.name, ARRIVAL_TIMEOUT / 1_000);
    }
  }

  #isMissing(kind: string): never {
    const problem = `has no ${kind}, but is still in the stack's state. Run \`pulumi up --refresh\``;
    throw new ServerRefusal("NA5006", this.name, problem);
  }
}
