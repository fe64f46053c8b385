import { isDeepStrictEqual } from "node:util";
import { mapServers, type PerServer } from "../../model/cluster/servers";
import { machineOf, type KubernetesPlace, type Place } from "../../servers/place";
import { areReachable } from "../../servers/platforms";
import { hasUnknown } from "../life-cycle/unknown";

/**
 * Replaces the access to deployed servers by that of the program, where both lead to the same StatefulSet, or to the same cluster and
 * namespace: a token in a state expires, and a context can be renamed.
 *
 * @param present the places of the program, which may be unknown
 */
export function withPresentAccess<T extends { readonly places?: PerServer<Place> | undefined }>(
  deployed: T,
  present: PerServer<Place>,
): T {
  const known = Object.values(present).filter(
    (place): place is KubernetesPlace => place.kind === "kubernetes" && !hasUnknown([place.api, place.namespace]),
  );
  const renew = (place: Place): Place => {
    if (place.kind !== "kubernetes") {
      return place;
    }
    const machine = machineOf(place);
    const same = known.find(({ uid }) => uid === place.uid) ?? known.find((other) => machineOf(other) === machine);
    return same === undefined ? place : { ...place, api: same.api };
  };
  return deployed.places === undefined ? deployed : { ...deployed, places: mapServers(deployed.places, renew) };
}

/**
 * Returns a deployed cluster as it is compared: with the access of the program, as long as the stored one works. A token that is valid
 * for an hour is another one at each update; only one that has expired needs to be replaced, for the next refresh or destroy.
 *
 * @param present the places of the program, which may be unknown
 */
export async function withValidAccess<T extends { readonly places: PerServer<Place> }>(
  deployed: T,
  present: PerServer<Place>,
): Promise<T> {
  const renewed = withPresentAccess(deployed, present);
  return isDeepStrictEqual(renewed, deployed) || !(await areReachable(Object.values(deployed.places)))
    ? deployed
    : renewed;
}
