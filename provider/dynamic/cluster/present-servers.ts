import { serverName } from "../../model/cluster/servers";
import type { ExpectedCluster } from "../../servers/check";
import { missingServer } from "../../servers/missing-server";
import { findAwaited } from "../../servers/platforms";
import type { PresentAccess } from "./check-credentials";
import type { Places } from "./verify";

/** What a verification asks, and of which servers. */
export interface Verified {
  readonly expected: ExpectedCluster;
  readonly access: PresentAccess;
  readonly places: Places | undefined;
}

/**
 * Leaves out servers that do not run, although Kubernetes is to start them: an update does not wait for them, and reports them.
 *
 * @throws ServerRefusal when none runs to which the verification can connect
 */
export async function withoutMissing({ expected, access, places }: Verified): Promise<Verified> {
  const missing = await findAwaited(places ?? {});
  const names = Object.keys(missing);
  if (places === undefined || names.length === 0) {
    return { expected, access, places };
  }
  const present = Object.fromEntries(Object.entries(places).filter(([name]) => !names.includes(name)));
  const absentNames = names.map((name) => serverName(expected.clusterName, name));
  const serverNames = expected.serverNames.filter((name) => !absentNames.includes(name));
  return {
    expected: { ...expected, serverNames, absentNames },
    access: { ...access, url: findPresentUrl(access.url, places, missing) },
    places: present,
  };
}

/** Returns the URL of another pod of the same entry, if the pod of a URL does not run. Servers of other entries accept other logins. */
function findPresentUrl(url: string, places: Places, missing: Awaited<ReturnType<typeof findAwaited>>): string {
  const pods = Object.entries(places).flatMap(([name, place]) =>
    place.kind === "kubernetes" ? [{ name, host: place.host, uid: place.uid }] : [],
  );
  const parsed = new URL(url);
  const own = pods.find(({ host }) => host === parsed.hostname);
  if (own === undefined || !(own.name in missing)) {
    return url;
  }
  const other = pods.find(({ name, uid }) => uid === own.uid && !(name in missing));
  if (other === undefined) {
    throw missingServer(own.name, "unverifiable", missing[own.name]);
  }
  parsed.hostname = other.host;
  return parsed.href;
}
