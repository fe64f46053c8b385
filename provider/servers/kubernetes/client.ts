import type { Socket } from "node:net";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import type {
  AppsV1Api,
  CoreV1Api,
  CoreV1Event,
  KubernetesObject,
  KubernetesObjectApi,
  V1Pod,
  V1Secret,
  V1StatefulSet,
} from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { waitFor } from "../log";
import { clusterOf, type NamespacePlace } from "./access";
import { createApi, openConnection, type Connection } from "./connection";
import { withTimeout } from "./ended-command";
import { apiError, CONFLICT, NOT_FOUND, readFailure, throwUnanswered } from "./errors";
import { exec, type CommandResult } from "./exec";
import { forward } from "./forward";
import { CONTAINER } from "./layout";
import { endOfTurn } from "./turn";

/** Milliseconds for which a request is repeated that fails because the API server restarts or the network is interrupted. */
const RETRY_TIME = 15_000;
/** The same for an API server that has responded before: that of a managed cluster can take minutes to restart. */
const LONG_RETRY_TIME = 120_000;
/** Requests by which the API server connects to a node. */
const CONNECTS = /pods\/(log|exec|portforward)$/;
/** The clusters that have responded to this process. */
const responding = new Set<string>();

/** Under which name Kubernetes records the changes of this package. */
const FIELD_MANAGER = "pulumi-nats-auth";

/** The lines of a log to read: the last ones, or those after a time stamp. */
export interface LogRange {
  readonly tailLines?: number;
  readonly sinceTime?: string;
}

/** The objects of a namespace. Missing ones are undefined. Other failures are errors with the words of the API server. */
export class NamespaceClient {
  readonly #connection: Connection;
  readonly #core: CoreV1Api;
  readonly #apps: AppsV1Api;
  readonly #objects: KubernetesObjectApi;
  readonly #cluster: string;

  private constructor(
    connection: Connection,
    readonly namespace: string,
    cluster: string,
    /** Whether requests are repeated while the API server does not respond. */
    private readonly isPatient: boolean,
  ) {
    const { library } = connection;
    this.#connection = connection;
    this.#core = createApi(connection, library.CoreV1Api);
    this.#apps = createApi(connection, library.AppsV1Api);
    this.#objects = createApi(connection, library.KubernetesObjectApi);
    this.#cluster = cluster;
  }

  static async connect({ api, namespace }: NamespacePlace): Promise<NamespaceClient> {
    return new NamespaceClient(await openConnection(api), namespace, clusterOf(api), true);
  }

  /** Returns a client for who repeats what fails: it sends each request once. */
  static async connectOnce({ api, namespace }: NamespacePlace): Promise<NamespaceClient> {
    const client = new NamespaceClient(await openConnection(api), namespace, clusterOf(api), false);
    await client.#getCredentials();
    return client;
  }

  /** Returns a client for another namespace of the same cluster. */
  at(namespace: string): NamespaceClient {
    return new NamespaceClient(this.#connection, namespace, this.#cluster, this.isPatient);
  }

  /** Runs a command of the kubeconfig for logging in. Otherwise, each of several connections would run it at the same time. */
  async #getCredentials(): Promise<void> {
    await this.#send("get credentials", () => withTimeout(this.#connection.config.applyToHTTPSOptions({})));
  }

  readStatefulSet(name: string): Promise<V1StatefulSet | undefined> {
    return this.#read("statefulsets", name, () => this.#apps.readNamespacedStatefulSet({ ...this.#in, name }));
  }

  /** Changes how many pods a StatefulSet is to have. @returns false, without a change, if it is not as it was read */
  async scale({ metadata }: V1StatefulSet, replicas: number): Promise<boolean> {
    const { name = "", resourceVersion } = metadata ?? {};
    const body = { metadata: { resourceVersion }, spec: { replicas } };
    const scaled = await this.#unless([CONFLICT], "patch statefulsets/scale", () =>
      this.#apps.patchNamespacedStatefulSetScale({ ...this.#written, name, body }),
    );
    return scaled !== undefined;
  }

  /** Replaces a StatefulSet, unless it is not as it was read. @param fieldManager who changes it @returns whether it was replaced */
  async replaceStatefulSet(body: V1StatefulSet, fieldManager: string): Promise<boolean> {
    const name = body.metadata?.name ?? "";
    const replaced = await this.#unless([CONFLICT], "update statefulsets", () =>
      this.#apps.replaceNamespacedStatefulSet({ ...this.#in, name, body, fieldManager }),
    );
    return replaced !== undefined;
  }

  /** Reads an object of any kind. */
  readObject<T extends KubernetesObject>(apiVersion: string, kind: string, name: string): Promise<T | undefined> {
    const metadata = { name, namespace: this.namespace };
    return this.#unlessMissing(`get ${kind}`, () => this.#objects.read<T>({ apiVersion, kind, metadata }));
  }

  readPod(name: string): Promise<V1Pod | undefined> {
    return this.#read("pods", name, () => this.#core.readNamespacedPod({ ...this.#in, name }));
  }

  async listPods(labelSelector: string): Promise<V1Pod[]> {
    return (await this.#send("list pods", () => this.#core.listNamespacedPod({ ...this.#in, labelSelector }))).items;
  }

  /** Creates a pod, unless one with its name exists. */
  async createPod(body: V1Pod): Promise<void> {
    await this.#unless([CONFLICT], "create pods", () => this.#core.createNamespacedPod({ ...this.#written, body }));
  }

  /** Sets annotations of a pod. @returns the pod; undefined if it does not exist */
  annotatePod(name: string, annotations: Readonly<Record<string, string>>): Promise<V1Pod | undefined> {
    const body = { metadata: { annotations } };
    return this.#unlessMissing("patch pods", () => this.#core.patchNamespacedPod({ ...this.#written, name, body }));
  }

  /** Deletes a pod. Does nothing if it does not exist. @param gracePeriodSeconds by default that of the pod */
  async deletePod(name: string, gracePeriodSeconds?: number): Promise<void> {
    const more = gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds };
    await this.#unlessMissing("delete pods", () => this.#core.deleteNamespacedPod({ ...this.#in, name, ...more }));
  }

  readSecret(name: string): Promise<V1Secret | undefined> {
    return this.#read("secrets", name, () => this.#core.readNamespacedSecret({ ...this.#in, name }));
  }

  /**
   * Sets keys of a Secret, and removes those that are null. The changes of one turn of the event loop are one request, so that Kubernetes
   * brings the files of several pods to each of them only once.
   *
   * @returns undefined if the Secret does not exist
   */
  patchSecret(name: string, changes: Readonly<Record<string, string | null>>): Promise<V1Secret | undefined> {
    const { data, patched } = this.#inThisTurn(["patch secrets", name], () => {
      const all: Record<string, string | null> = {};
      const send = () => this.#core.patchNamespacedSecret({ ...this.#written, name, body: { data: all } });
      return { data: all, patched: endOfTurn().then(() => this.#unlessMissing("patch secrets", send)) };
    });
    Object.assign(data, changes);
    return patched;
  }

  /** Creates a Secret, unless one with its name exists. */
  async createSecret(body: V1Secret): Promise<void> {
    await this.#unless([CONFLICT], "create secrets", () =>
      this.#core.createNamespacedSecret({ ...this.#written, body }),
    );
  }

  async deleteSecret(name: string): Promise<void> {
    await this.#unlessMissing("delete secrets", () => this.#core.deleteNamespacedSecret({ ...this.#in, name }));
  }

  /** Deletes a PersistentVolumeClaim, as soon as no pod uses it. Does nothing if it does not exist. */
  async deleteVolumeClaim(name: string): Promise<void> {
    await this.#unlessMissing("delete persistentvolumeclaims", () =>
      this.#core.deleteNamespacedPersistentVolumeClaim({ ...this.#in, name }),
    );
  }

  /** Returns the events of an object, the latest last; none if they must not be read. */
  async listEvents(uid: string): Promise<CoreV1Event[]> {
    try {
      const fieldSelector = `involvedObject.uid=${uid}`;
      const { items } = await this.#core.listNamespacedEvent({ ...this.#in, fieldSelector });
      return items;
    } catch {
      return [];
    }
  }

  /** Reads lines of the log of a pod's container; none if it has no log. */
  async readLog(pod: string, range: LogRange): Promise<string[]> {
    const { library, config } = this.#connection;
    const log = new library.Log(config);
    const read = async () => {
      const output = new PassThrough();
      const options = { ...range, timestamps: true };
      const controller = await log.log(this.namespace, pod, CONTAINER, output, options).catch(throwUnanswered);
      try {
        return await withTimeout(text(output));
      } finally {
        controller.abort();
      }
    };
    const found = await this.#unless([NOT_FOUND, NO_CONTAINER], "get pods/log", read);
    return (found ?? "").split("\n").filter((line) => line !== "");
  }

  /** Runs a command in the container of a pod. @throws ServerError when the container does not run */
  async run(pod: string, command: readonly string[]): Promise<CommandResult> {
    return (await this.#exec(pod, command)) ?? { output: "", succeeded: false };
  }

  /**
   * Runs a command in the container of a pod, with a standard input.
   *
   * @returns undefined if the API server cannot do that
   * @throws ServerError when the container does not run
   */
  runWithInput(pod: string, command: readonly string[], input: string): Promise<CommandResult | undefined> {
    return this.#exec(pod, command, input);
  }

  /**
   * Connects a socket with a port of a pod, until one of them closes.
   *
   * @param report gets the reason if the node of the pod ends the connection
   */
  async forward(pod: string, port: number, socket: Socket, report: (reason: string) => void): Promise<void> {
    await this.#send("create pods/portforward", () =>
      forward(this.#connection, this.namespace, pod, port, socket, report),
    );
  }

  #exec(pod: string, command: readonly string[], input?: string): Promise<CommandResult | undefined> {
    return this.#send("create pods/exec", () => exec(this.#connection, this.namespace, pod, command, input));
  }

  get #in() {
    return { namespace: this.namespace };
  }

  get #written() {
    return { namespace: this.namespace, fieldManager: FIELD_MANAGER };
  }

  /** Reads an object. Reads of it in one turn of the event loop are one request: no result of another request arrives between them. */
  #read<T>(resource: string, name: string, read: () => Promise<T>): Promise<T | undefined> {
    const request = `get ${resource}`;
    return this.#inThisTurn([request, name], () => this.#unlessMissing(request, read));
  }

  #inThisTurn<T>(key: readonly string[], begin: () => T): T {
    return this.#connection.turn.share(JSON.stringify([this.namespace, ...key]), begin);
  }

  #unlessMissing<T>(request: string, send: () => Promise<T>): Promise<T | undefined> {
    return this.#unless([NOT_FOUND], request, send);
  }

  /** Sends a request. @returns undefined if the response has one of these statuses */
  async #unless<T>(statuses: readonly number[], request: string, send: () => Promise<T>): Promise<T | undefined> {
    const accepted = async () => {
      try {
        return { found: await send() };
      } catch (error) {
        if (statuses.includes(readFailure(error).status ?? 0)) {
          return { found: undefined };
        }
        throw error;
      }
    };
    return (await this.#send(request, accepted)).found;
  }

  /**
   * Sends a request, again while the API server does not respond. All requests can be repeated. When it starts, the API server does not
   * know accounts and their roles yet, and rejects everybody.
   */
  async #send<T>(request: string, send: () => Promise<T>): Promise<T> {
    const start = performance.now();
    const attempt = async () => {
      try {
        const result = await send();
        responding.add(this.#cluster);
        return { result };
      } catch (error) {
        const { status, mayPass, isLate, isRejection, retryAfter = 0 } = readFailure(error);
        // A node that does not respond, or a container that has ended.
        const isOfNode = CONNECTS.test(request) && (status !== undefined || (isLate && (await this.#isResponding())));
        const since = isRejection ? this.#connection.lastOutage : start;
        if (mayPass && !isOfNode) {
          this.#connection.lastOutage = performance.now();
        }
        const isOutage = mayPass && !isOfNode && responding.has(this.#cluster);
        if ((mayPass || isRejection) && performance.now() - since < this.#retryTime(isOutage)) {
          await sleep(retryAfter);
          return undefined;
        }
        throw apiError(`${request} in namespace ${JSON.stringify(this.namespace)}`, error);
      }
    };
    const done = await waitFor(attempt, Infinity, RETRY_PAUSE);
    return (done as { readonly result: T }).result;
  }

  /** Returns the milliseconds for which a request is repeated. */
  #retryTime(isOutage: boolean): number {
    return this.isPatient ? (isOutage ? LONG_RETRY_TIME : RETRY_TIME) : 0;
  }

  /** Returns whether the API server responds, so that it is a node that does not. */
  async #isResponding(): Promise<boolean> {
    try {
      await this.#core.listNamespacedPod({ ...this.#in, limit: 1 });
      return true;
    } catch (error) {
      return readFailure(error).status !== undefined;
    }
  }
}

/** HTTP status of a log that cannot be read, because the container is not created yet. */
const NO_CONTAINER = 400;
/** Milliseconds between two attempts. */
const RETRY_PAUSE = 1_000;
