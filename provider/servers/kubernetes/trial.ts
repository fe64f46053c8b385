import { createHash } from "node:crypto";
import type {
  V1Container,
  V1ObjectMeta,
  V1Pod,
  V1PodSpec,
  V1ResourceRequirements,
  V1StatefulSet,
  V1Volume,
} from "@kubernetes/client-node" with {
  "resolution-mode": "import",
};
import { omitUndefined } from "../../model/form/order";
import { ServerError, ServerRefusal } from "../errors";
import { parseTestDigest, waitFor } from "../log";
import type { KubernetesPlace } from "../place";
import { MAIN_FILE, type ConfigFiles } from "../server";
import { START_TIMEOUT } from "../timeouts";
import type { NamespaceClient } from "./client";
import { pathInPod, toData } from "./files";
import { CONFIG_MODE, CONFIG_VOLUME, CONTAINER, podName } from "./layout";
import { readTextsAfter } from "./logs";
import { isEnding, isStuck, isUnreported, isUnscheduled, serverStatus, StuckTime } from "./objects";
import { cannotRun } from "./start";

/** The label of a pod that tests a configuration. Its value is the name of the server's pod. */
export const TRIAL_LABEL = "pulumi-nats-auth/trial";

/** Seconds after which Kubernetes ends a test that nobody waits for. */
const TRIAL_DEADLINE = START_TIMEOUT / 1_000;
/** Milliseconds for the node of a test to report something about it: a node that does not respond never does. */
const REPORT_TIMEOUT = 120_000;
/** Milliseconds for a test to end that is being removed. */
const END_TIMEOUT = 30_000;
/** What a test requests, if the server's pod has a request or a limit: a test must find space on a node that is full. */
const REQUESTS: Readonly<Record<string, string>> = { cpu: "10m", memory: "16Mi", "ephemeral-storage": "1Mi" };
/** Hexadecimal digits of the digest in the name of a test. */
const NAME_DIGITS = 10;

/**
 * Tests a configuration with `nats-server -t` in a temporary pod with the image and the limits of the server's pod. The pod has a
 * name that follows from what it tests: one that a killed update has left behind is the same test.
 *
 * @param server the server's name in the program
 * @returns the digest of the configuration
 * @throws ServerRefusal with the output of nats-server
 */
export async function testInPod(
  client: NamespaceClient,
  set: V1StatefulSet,
  place: KubernetesPlace,
  server: string,
  files: ConfigFiles,
): Promise<string> {
  const pod = podName(place.statefulSet, place.ordinal);
  const data = toData(files, pod);
  const spec = (secret: string, toResources = trialResources) =>
    trialSpec(set.spec?.template.spec ?? { containers: [] }, pod, secret, toResources);
  const digest = createHash("sha256")
    .update(JSON.stringify([data, spec("")]))
    .digest("hex");
  const name = `${pod}-trial-${digest.slice(0, NAME_DIGITS)}`;
  const { labels, annotations } = policyMetadata(set);
  const metadata = {
    name,
    labels: { ...labels, [TRIAL_LABEL]: pod },
    annotations,
    ownerReferences: [{ apiVersion: "apps/v1", kind: "StatefulSet", name: place.statefulSet, uid: place.uid }],
  };
  await waitUntilFree(client, name);
  try {
    // The pod first, which waits for the Secret: removeTrials finds a Secret by its pod, whenever an update is killed.
    await createTrial(
      client,
      metadata,
      spec(name),
      spec(name, (own) => own),
    );
    await client.createSecret({ metadata, data });
    await waitUntilEnded(client, name, server);
    const output = await readTextsAfter(client, name, undefined);
    const found = parseTestDigest(output.join("\n"));
    if (found === undefined) {
      throw new ServerRefusal("NA5001", server, "rejected the new configuration", output);
    }
    return found;
  } finally {
    await removeTrial(client, name);
  }
}

/** Returns the labels and annotations of the pods of a StatefulSet that policies can require: those by which nothing selects the pods. */
function policyMetadata({ spec }: V1StatefulSet): Required<Pick<V1ObjectMeta, "labels" | "annotations">> {
  const { labels = {}, annotations = {} } = spec?.template.metadata ?? {};
  const { matchLabels = {} } = spec?.selector ?? {};
  const others = Object.entries(labels).filter(([name]) => !Object.hasOwn(matchLabels, name));
  return { labels: Object.fromEntries(others), annotations };
}

/** Creates the pod of a test. If a rule of the namespace does not allow its requests, it has those of the server. */
async function createTrial(
  client: NamespaceClient,
  metadata: V1ObjectMeta,
  spec: V1PodSpec,
  own: V1PodSpec,
): Promise<void> {
  try {
    await client.createPod({ metadata, spec });
  } catch (error) {
    if (!(error instanceof ServerError) || error.code !== "NA5161") {
      throw error;
    }
    await client.createPod({ metadata, spec: own });
  }
}

/**
 * Returns what a pod runs that tests a configuration: only the server, on a node that its pod could run on. It has the priority of
 * other pods, so that it takes the place of none.
 *
 * @param toResources returns its resources for those of the server
 */
function trialSpec(
  template: V1PodSpec,
  pod: string,
  secretName: string,
  toResources: (own: V1ResourceRequirements) => V1ResourceRequirements,
): V1PodSpec {
  const { containers, volumes = [], affinity, nodeSelector, tolerations, securityContext, imagePullSecrets } = template;
  const { serviceAccountName, runtimeClassName, schedulerName } = template;
  const own = containers.find(({ name }) => name === CONTAINER);
  const { image, imagePullPolicy, command, env, envFrom, resources, volumeMounts = [] } = own ?? {};
  const secret = { secretName, defaultMode: CONFIG_MODE };
  const kept = volumes.map((volume): V1Volume =>
    volume.name === CONFIG_VOLUME ? { name: CONFIG_VOLUME, secret } : volume,
  );
  // Those of claims: a test stores nothing.
  const claimed = volumeMounts.filter(({ name }) => !volumes.some((volume) => volume.name === name));
  return omitUndefined<V1PodSpec>({
    restartPolicy: "Never",
    activeDeadlineSeconds: TRIAL_DEADLINE,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    ...{ nodeSelector, tolerations, securityContext, imagePullSecrets },
    ...{ serviceAccountName, runtimeClassName, schedulerName },
    affinity: affinity?.nodeAffinity && { nodeAffinity: affinity.nodeAffinity },
    volumes: [...kept, ...claimed.map(({ name }) => ({ name, emptyDir: {} }))],
    containers: [
      omitUndefined<V1Container>({
        name: CONTAINER,
        args: ["-t", "-c", pathInPod(pod, MAIN_FILE)],
        ...{ image, imagePullPolicy, command, env, envFrom, volumeMounts },
        resources: resources && toResources(resources),
        securityContext: own?.securityContext,
      }),
    ],
  });
}

/** Returns the limits of a server, which a quota can require, with requests that do not become these limits. */
function trialResources({ limits = {}, requests = {} }: V1ResourceRequirements): V1ResourceRequirements {
  const small = Object.entries(REQUESTS);
  return {
    limits: Object.fromEntries(Object.entries(limits).filter(([name]) => Object.hasOwn(REQUESTS, name))),
    requests: Object.fromEntries(small.filter(([name]) => Object.hasOwn({ ...requests, ...limits }, name))),
  };
}

async function waitUntilEnded(client: NamespaceClient, name: string, server: string): Promise<void> {
  let last: V1Pod | undefined;
  const stuck = new StuckTime();
  const silent = new StuckTime(REPORT_TIMEOUT);
  const look = async (): Promise<boolean | undefined> => {
    last = await client.readPod(name);
    if (last === undefined || last.status?.phase === "Failed" || serverStatus(last)?.state?.terminated !== undefined) {
      return serverStatus(last ?? {})?.state?.terminated !== undefined;
    }
    const isOver = stuck.isOver(isStuck(last) || isUnscheduled(last)) || silent.isOver(isUnreported(last));
    return isOver ? false : undefined;
  };
  if ((await waitFor(look, START_TIMEOUT)) !== true) {
    throw await cannotRun(client, server, last ?? {});
  }
}

/** Waits until a test with the same name that is being removed no longer exists. */
async function waitUntilFree(client: NamespaceClient, name: string): Promise<void> {
  const look = async () => {
    const pod = await client.readPod(name);
    return pod === undefined || !isEnding(pod) ? true : undefined;
  };
  await waitFor(look, END_TIMEOUT);
}

/** Removes the tests of a pod that killed updates have left behind. */
export async function removeTrials(client: NamespaceClient, pod: string): Promise<void> {
  const found = await client.listPods(`${TRIAL_LABEL}=${pod}`);
  await Promise.all(found.map(({ metadata }) => removeTrial(client, metadata?.name ?? "")));
}

/** Removes the Secret first: without its pod, nothing would find it. */
async function removeTrial(client: NamespaceClient, name: string): Promise<void> {
  await client.deleteSecret(name);
  await client.deletePod(name, 0);
}
