import { join } from "node:path";
import type { PerServer } from "../model/cluster/servers";
import type { NamespacePlace } from "./kubernetes/access";
import type { KubernetesPlace, Place } from "./place";
import { STORE } from "./process/layout";
import type { Server } from "./server";

/**
 * Returns the server of a place. Loads the implementation when it is needed: programs load this file without using a
 * server, and a Docker client would delay their start.
 *
 * @param name the server's name in the program
 */
export async function getServer(name: string, place: Place): Promise<Server> {
  switch (place.kind) {
    case "docker": {
      const { ContainerServer } = await import("./docker/container.js");
      return new ContainerServer(name, place.engine, place.container);
    }
    case "process": {
      const { ProcessServer } = await import("./process/process.js");
      return new ProcessServer(name, place.folder);
    }
    case "kubernetes": {
      const { PodServer } = await import("./kubernetes/pod.js");
      return new PodServer(name, place);
    }
  }
}

/** Begins to load what changes servers, and waits for nothing: the engine has other work until it changes them. */
export function prepareToChange(places: readonly Place[]): void {
  const load = async (kind: Place["kind"]): Promise<unknown> => {
    switch (kind) {
      case "docker":
        return import("./docker/container.js");
      case "process":
        return import("./process/process.js");
      case "kubernetes":
        return import("./kubernetes/pod.js");
    }
  };
  // Whatever cannot be loaded is reported when it is needed.
  new Set(places.map(({ kind }) => kind)).forEach((kind) => void load(kind).catch(() => undefined));
}

/**
 * Begins to connect with a Kubernetes cluster, and waits for nothing: the library takes long to load, and a command in the kubeconfig
 * may take long to log in.
 *
 * @param statefulSet the name of an object to read
 */
export function prepareToConnect(place: NamespacePlace, statefulSet: string): void {
  const connect = async () => {
    const { NamespaceClient } = await import("./kubernetes/client.js");
    await (await NamespaceClient.connect(place)).readStatefulSet(statefulSet);
  };
  void connect().catch(() => undefined);
}

/**
 * Returns the ports of its machine on which a running server listens. A pod has an address of its own.
 *
 * @throws ServerError when its Docker Engine does not respond
 */
export async function machinePorts(place: Place): Promise<readonly number[]> {
  switch (place.kind) {
    case "docker": {
      const { ContainerServer } = await import("./docker/container.js");
      return new ContainerServer("", place.engine, place.container).publishedPorts();
    }
    case "process":
      return Object.values(place.ports);
    case "kubernetes":
      return [];
  }
}

/**
 * Checks that places which the engine has created are where this package looks for them: a provider and a kubeconfig can lead to
 * different clusters.
 *
 * @param known places that existed before
 * @throws ServerError when one is not there
 */
export async function checkCreated(places: readonly Place[], known: readonly Place[]): Promise<void> {
  const created = lastPods(places).filter((place) => !lastPods(known).some(({ uid }) => uid === place.uid));
  await Promise.all(
    created.map(async (place) => {
      const { checkCluster } = await import("./kubernetes/sets.js");
      await checkCluster(place);
    }),
  );
}

/** Returns whether the access to places works; true for those without one. */
export async function areReachable(places: readonly Place[]): Promise<boolean> {
  try {
    await findSurplus(places);
    return true;
  } catch {
    return false;
  }
}

/**
 * Waits until clients reach running servers by every address: Services lead to pods only when Kubernetes has found them healthy.
 *
 * @throws ServerRefusal when it takes too long
 */
export async function waitUntilReached(places: PerServer<Place>): Promise<void> {
  await Promise.all(
    Object.entries(places).map(async ([name, place]) => {
      switch (place.kind) {
        case "kubernetes": {
          const { waitUntilReady } = await import("./kubernetes/ready.js");
          return waitUntilReady(place, name);
        }
        case "docker":
        case "process":
          return;
      }
    }),
  );
}

/**
 * Makes places have the settings that the engine has given them, where an earlier update was refused and has taken them back.
 *
 * @param known places of servers that are known to run with the settings of these places
 * @returns how to take them back again, where servers still run with former ones
 */
export async function takeSettings(places: readonly Place[], known: readonly Place[]): Promise<() => Promise<void>> {
  const settled = lastPods(known);
  const pods = lastPods(places).filter(
    ({ uid, template }) => !settled.some((place) => place.uid === uid && place.template === template),
  );
  if (pods.length === 0) {
    return () => Promise.resolve();
  }
  const { takeTemplate, returnTemplate } = await import("./kubernetes/templates.js");
  const found = await Promise.all(pods.map(takeTemplate));
  return async () => {
    await Promise.all(found.flatMap((former) => (former === undefined ? [] : [returnTemplate(former)])));
  };
}

/** Returns the places of the last pods of StatefulSets that have more pods than there are places. */
export async function findSurplus(places: readonly Place[]): Promise<readonly Place[]> {
  const found = await Promise.all(
    lastPods(places).map(async (place) => {
      const { hasPodsAfter } = await import("./kubernetes/sets.js");
      return (await hasPodsAfter(place)) ? [place] : [];
    }),
  );
  return found.flat();
}

/** Removes the pods for which there are no places: somebody has scaled a StatefulSet, or an update was killed. */
export async function removeSurplus(places: readonly Place[]): Promise<void> {
  await Promise.all(
    lastPods(places).map(async (place) => {
      const { removePodsAfter } = await import("./kubernetes/sets.js");
      await removePodsAfter(place);
    }),
  );
}

/**
 * Finds servers that do not run, although Kubernetes is to start them.
 *
 * @returns what Kubernetes reports about each, by its name
 */
export async function findAwaited(places: PerServer<Place>): Promise<PerServer<readonly string[]>> {
  const found = await Promise.all(
    Object.entries(places).map(async ([name, place]) => {
      const { isAwaited, obstacles = [] } =
        place.kind === "kubernetes" ? await (await getServer(name, place)).state() : {};
      return isAwaited === true ? [[name, obstacles] as const] : [];
    }),
  );
  return Object.fromEntries(found.flat());
}

/** Returns the place of the last pod of each StatefulSet. */
function lastPods(places: readonly Place[]): KubernetesPlace[] {
  const pods = places.filter((place) => place.kind === "kubernetes");
  return pods.filter(({ uid, ordinal }) => pods.every((other) => other.uid !== uid || other.ordinal <= ordinal));
}

/** Removes what a server that has left its cluster leaves in its place, as far as no resource removes it: its storage and its files. */
export async function removeServer(place: Place): Promise<void> {
  await removeStore(place);
  switch (place.kind) {
    case "kubernetes": {
      const { removeFiles } = await import("./kubernetes/remains.js");
      return removeFiles(place);
    }
    case "docker":
    case "process":
      return;
  }
}

/**
 * Removes the storage of a server that no longer runs JetStream, with the list of its members: servers with other names
 * would not become members of it. The volume of a container is a resource, which the engine removes.
 */
export async function removeStore(place: Place): Promise<void> {
  switch (place.kind) {
    case "process": {
      const { removeOwnFolder } = await import("./process/files.js");
      return removeOwnFolder(join(place.folder, STORE));
    }
    case "kubernetes": {
      const { removeVolume } = await import("./kubernetes/remains.js");
      return removeVolume(place);
    }
    case "docker":
      return;
  }
}
