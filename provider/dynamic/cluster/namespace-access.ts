import { isDeepStrictEqual } from "node:util";
import { ServerError } from "../../servers/errors";
import type { NamespacePlace } from "../../servers/kubernetes/access";
import type { NamespaceClient } from "../../servers/kubernetes/client";
import { machineOf } from "../../servers/place";
import { hasUnknown } from "../life-cycle/unknown";

/** Returns a client that sends each request once. Loaded only when needed. */
export async function connectOnce(namespace: NamespacePlace): Promise<NamespaceClient> {
  const { NamespaceClient: Client } = await import("../../servers/kubernetes/client.js");
  return Client.connectOnce(namespace);
}

/** Servers of a namespace. */
interface InNamespace {
  readonly kubernetes?: NamespacePlace;
  readonly servers: Readonly<Record<string, { readonly pod?: string }>>;
}

/**
 * Returns a deployment as it is compared: with the access of the program, as long as the stored one works and leads to the same namespace.
 * A token that is valid for an hour is another one at each update; only one that has expired needs to be replaced, for the next refresh.
 *
 * @param present the deployment of the program, which may be unknown
 */
export async function withValidAccess<T extends InNamespace>(
  deployed: T,
  { kubernetes: present }: InNamespace,
): Promise<T> {
  const { kubernetes: stored } = deployed;
  const isSame =
    stored !== undefined &&
    present !== undefined &&
    !hasUnknown(present) &&
    !isDeepStrictEqual(stored, present) &&
    machineOf({ kind: "kubernetes", ...stored }) === machineOf({ kind: "kubernetes", ...present });
  return isSame && (await isAccepted(stored, deployed)) ? { ...deployed, kubernetes: present } : deployed;
}

/** Returns whether the API server accepts an access. The permission to read pods is not needed otherwise. */
async function isAccepted(namespace: NamespacePlace, { servers }: InNamespace): Promise<boolean> {
  const [{ pod = "" } = {}] = Object.values(servers);
  try {
    await (await connectOnce(namespace)).readPod(pod);
    return true;
  } catch (error) {
    return error instanceof ServerError && error.code === "NA5152";
  }
}
