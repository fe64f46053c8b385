import { randomBytes } from "node:crypto";
import type { Diagnostic } from "../diagnostics/diagnostic";
import {
  foreignObjectsDiagnostics,
  missingVolumesDiagnostics,
  nodePortsDiagnostics,
  OWN_PROVIDER,
  otherProviderDiagnostics,
} from "../model/cluster/pod-objects";
import { errorMessage } from "../servers/errors";
import { clusterOf, type KubernetesAccess } from "../servers/kubernetes/access";
import { entryName } from "../servers/kubernetes/layout";
import { machineOf } from "../servers/place";
import { prepareToConnect } from "../servers/platforms";
import { firstChange } from "./life-cycle/first-change";
import { foldingExcept, withFolding } from "./life-cycle/folding";
import { hasChanged, toCheckFailures, withStateVersion, type LifeCycle } from "./life-cycle/life-cycle";
import { hasUnknown } from "./life-cycle/unknown";

interface Inputs {
  api: KubernetesAccess;
  namespace: string;
  clusterName: string;
  entries: readonly string[];
  /** The names of the servers with a Service for each of their pods. */
  reached?: readonly string[];
  /** The ports of nodes that lead to single pods, each by the path of the argument that names it. */
  nodePorts?: Readonly<Record<string, number>>;
  /** The name of the resources. Missing in inputs of earlier versions, like `provider`. */
  group?: string;
  /** What identifies the provider of the objects. */
  provider?: string;
  /** Whether the servers store streams. */
  stores: boolean;
  /** Who owns the objects. */
  owner?: string;
  /** The entries that were created with volumes. */
  withVolumes?: readonly string[];
}

/** What identifies the objects of a cluster. */
interface State {
  /** The Kubernetes cluster and the namespace. */
  machine: string;
  clusterName: string;
  entries: readonly string[];
  withVolumes: readonly string[];
  owner: string;
}

const COMPARED: readonly (keyof State)[] = ["machine", "clusterName", "entries", "withVolumes", "owner"];

/** Random bytes of an owner. */
const OWNER_BYTES = 8;

const lifeCycle: LifeCycle<Inputs, State> = {
  async check(olds: Partial<Inputs>, news) {
    const owner = olds.owner ?? randomBytes(OWNER_BYTES).toString("hex");
    if (!isKnown(news)) {
      return { inputs: { ...news, owner } };
    }
    const [entry = ""] = news.entries;
    firstChange.prepare(() => {
      prepareToConnect(news, entryName(news.clusterName, entry));
    });
    const present = isSameCluster(olds, news) ? olds : {};
    const { entries: entriesBefore = [], withVolumes: former = [] } = present;
    const created = news.entries.filter((entry) => !entriesBefore.includes(entry));
    const withVolumes = [...former.filter((entry) => news.entries.includes(entry)), ...(news.stores ? created : [])];
    const inputs = { ...news, owner, withVolumes };
    const known = toCheckFailures([
      ...otherProviderDiagnostics(isReplacing(present, news)),
      ...findKeptPorts(olds, news),
      ...missingVolumesDiagnostics(news.stores ? news.entries.filter((entry) => !withVolumes.includes(entry)) : []),
    ]);
    try {
      const foreign = await findForeign(inputs, created, entriesBefore.length === 0);
      const found = toCheckFailures(foreignObjectsDiagnostics(news.namespace, foreign));
      return { inputs, failures: [...found, ...known] };
    } catch (error) {
      return { inputs, failures: [{ property: "", reason: errorMessage(error) }, ...known] };
    }
  },

  diff(_id, olds, news) {
    const changes = !isKnown(news) || hasChanged<State>(COMPARED, olds, toState(news));
    return Promise.resolve({ changes, replaces: [], deleteBeforeReplace: false });
  },

  create(inputs) {
    const outs = toState(inputs);
    return Promise.resolve({ id: outs.owner, outs });
  },

  update(_id, _olds, news) {
    return Promise.resolve({ outs: toState(news) });
  },
};

/** The handler of `ClusterNames`. */
export const provider = withStateVersion(
  withFolding(lifeCycle, {
    inputs: foldingExcept<Inputs, "entries" | "owner">(["entries", "owner"]),
    state: foldingExcept<State, "entries" | "owner">(["entries", "owner"]),
  }),
);

/** True if a preview knows what identifies the objects. */
function isKnown({ api, namespace, clusterName }: Inputs): boolean {
  return !hasUnknown([api, namespace, clusterName]);
}

/** True if the engine would replace objects because they get another provider. One that only has another name can be the same. */
function isReplacing({ group, provider }: Partial<Inputs>, news: Inputs): boolean {
  const isKnownToDiffer = group !== news.group || [provider, news.provider].includes(OWN_PROVIDER);
  return provider !== undefined && provider !== news.provider && isKnownToDiffer;
}

/** Finds ports of nodes that are still in use. Those of a Kubernetes cluster belong to all of its namespaces. */
function findKeptPorts(olds: Partial<Inputs>, news: Inputs): Diagnostic[] {
  const { api, nodePorts = {} } = olds;
  const isElsewhere = api === undefined || clusterOf(api) !== clusterOf(news.api);
  const services = ({ namespace, clusterName }: Partial<Inputs>) => JSON.stringify([namespace, clusterName]);
  return isElsewhere || hasUnknown(news.nodePorts)
    ? []
    : nodePortsDiagnostics(
        { services: services(olds), ports: nodePorts },
        { services: services(news), ports: news.nodePorts ?? {} },
      );
}

/** True if the objects of a cluster keep their names. */
function isSameCluster(olds: Partial<Inputs>, news: Inputs): boolean {
  const { api, namespace, clusterName } = olds;
  return (
    api !== undefined &&
    namespace !== undefined &&
    clusterName === news.clusterName &&
    machineOf({ kind: "kubernetes", api, namespace }) === machineOf({ kind: "kubernetes", ...news })
  );
}

/**
 * Finds objects of others with names that the cluster is about to use.
 *
 * @param created entries that have no objects yet
 * @param isNew whether the cluster itself has none either
 */
async function findForeign(inputs: Inputs, created: readonly string[], isNew: boolean): Promise<readonly string[]> {
  const { owner = "", clusterName, reached = [] } = inputs;
  if (created.length + reached.length === 0) {
    return [];
  }
  const { findForeignObjects } = await import("../servers/kubernetes/owner.js");
  return findForeignObjects(inputs, owner, clusterName, { entries: created, reached, isNew });
}

function toState({ api, namespace, clusterName, entries, withVolumes = [], owner = "" }: Inputs): State {
  return { machine: machineOf({ kind: "kubernetes", api, namespace }), clusterName, entries, withVolumes, owner };
}
