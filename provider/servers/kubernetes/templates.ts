import type { V1ControllerRevision, V1Pod, V1StatefulSet } from "@kubernetes/client-node" with {
  "resolution-mode": "import",
};
import { waitFor } from "../log";
import type { KubernetesPlace } from "../place";
import { NamespaceClient } from "./client";
import { missingRevision } from "./errors";
import { isRunning, readOwnSet, revisionOf } from "./objects";

/*
 * The engine changes the template of a StatefulSet before the configurations are tested. After an update that is refused, a pod that
 * Kubernetes replaces would start with a template that nothing has proven. So the StatefulSet returns to the former template, with an
 * annotation that names the new one, and the next update brings it back, unless the engine has changed the template again.
 */

/** The annotation of a StatefulSet with a template that an update was refused for. */
const REFUSED_ANNOTATION = "pulumi-nats-auth/refused-template";

/** Seconds for a pod to end whose server does not run. */
const SHORT_GRACE = 1;

/** The engine takes over what this manager of fields has changed. Another one would be a conflict at its next update. */
const FIELD_MANAGER = "pulumi-kubernetes";

/** A template that an update was refused for. */
interface Refused {
  /** The template in the place of a server: see {@link KubernetesPlace}. */
  readonly template: string;
  /** The revision of it. */
  readonly revision: string;
}

/** The revision of the template with which the pods of a StatefulSet were started. */
export interface FormerTemplate {
  readonly place: KubernetesPlace;
  readonly revision: string;
}

/**
 * Gives a StatefulSet the template of its place again, if an update was refused for which the engine has changed it.
 *
 * @returns the template with which a pod was started; undefined if all pods have that of the place
 */
export async function takeTemplate(place: KubernetesPlace): Promise<FormerTemplate | undefined> {
  const client = await NamespaceClient.connect(place);
  let set = await readOwnSet(client, place);
  const refused = readRefused(set);
  if (refused?.template === place.template && refused.revision !== set?.status?.updateRevision) {
    set = await useRevision(client, place, refused.revision, undefined);
  }
  const pods = await listPods(client, set);
  const revision = pods.map(revisionOf).find((one) => one !== undefined && one !== set?.status?.updateRevision);
  return revision === undefined ? undefined : { place, revision };
}

/** Returns a StatefulSet to a former template. Pods that run stay as they are; those that do not yet start with this template. */
export async function returnTemplate({ place, revision }: FormerTemplate): Promise<void> {
  const client = await NamespaceClient.connect(place);
  const { updateRevision = revision } = (await readOwnSet(client, place))?.status ?? {};
  if (updateRevision !== revision) {
    const set = await useRevision(client, place, revision, { template: place.template, revision: updateRevision });
    const pods = await listPods(client, set);
    const waiting = pods.flatMap((pod) => {
      const { name = "" } = pod.metadata ?? {};
      return revisionOf(pod) !== updateRevision || isRunning(pod) ? [] : [name];
    });
    await Promise.all(waiting.map((name) => client.deletePod(name, SHORT_GRACE)));
  }
}

/** Lists the pods of a StatefulSet; none if it does not exist. */
async function listPods(client: NamespaceClient, set: V1StatefulSet | undefined): Promise<V1Pod[]> {
  const selector = Object.entries(set?.spec?.selector.matchLabels ?? {}).map((label) => label.join("="));
  return set === undefined ? [] : client.listPods(selector.join());
}

/** Replaces the template of a StatefulSet by that of a revision. @param refused the template to record as refused */
async function useRevision(
  client: NamespaceClient,
  place: KubernetesPlace,
  revision: string,
  refused: Refused | undefined,
): Promise<V1StatefulSet | undefined> {
  const found = await client.readObject<V1ControllerRevision>("apps/v1", "ControllerRevision", revision);
  const template = templateOf(found);
  if (template === undefined) {
    throw missingRevision(place, revision);
  }
  const replace = async () => {
    const set = await readOwnSet(client, place);
    return set === undefined || (await client.replaceStatefulSet(withTemplate(set, template, refused), FIELD_MANAGER))
      ? true
      : undefined;
  };
  await waitFor(replace, Infinity);
  // When its controller has noticed the template.
  return readOwnSet(client, place);
}

/** Returns a StatefulSet with another template. */
function withTemplate(
  set: V1StatefulSet,
  template: NonNullable<V1StatefulSet["spec"]>["template"],
  refused: Refused | undefined,
): V1StatefulSet {
  const { metadata, spec } = set;
  const { [REFUSED_ANNOTATION]: _former, ...kept } = metadata?.annotations ?? {};
  const annotations = { ...kept, ...(refused === undefined ? {} : { [REFUSED_ANNOTATION]: JSON.stringify(refused) }) };
  return Object.assign({}, set, {
    metadata: Object.assign({}, metadata, { annotations }),
    ...(spec === undefined ? {} : { spec: Object.assign({}, spec, { template }) }),
  });
}

/** Returns the template in a revision, without the instruction for a patch that it contains. */
function templateOf(revision: V1ControllerRevision | undefined) {
  const { spec } = (revision?.data ?? {}) as { readonly spec?: { readonly template?: object } };
  if (spec?.template === undefined) {
    return undefined;
  }
  const entries = Object.entries(spec.template).filter(([key]) => key !== "$patch");
  return Object.fromEntries(entries) as NonNullable<V1StatefulSet["spec"]>["template"];
}

function readRefused(set: V1StatefulSet | undefined): Refused | undefined {
  const text = set?.metadata?.annotations?.[REFUSED_ANNOTATION];
  return text === undefined ? undefined : (JSON.parse(text) as Refused);
}
