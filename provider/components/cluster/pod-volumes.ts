import * as pulumi from "@pulumi/pulumi";
import { toQuantity } from "../../kubernetes/quantities";
import { perServer, type PerServer } from "../../model/cluster/servers";
import type { ServerStorage } from "../../model/cluster/server-storage";
import { parseSize } from "../../model/form/quantities";
import type { DeepInput } from "../../resources/dynamic-resource";
import { STORE_VOLUME } from "../../servers/kubernetes/layout";
import { normalizeStorage } from "../configuration/shared-settings";
import type { PlacedServer } from "./server-places";
import type { KubernetesTarget, StreamVolume } from "./target";

/** Describes the volume of each pod, for comparison and for people. */
export function describeVolumes(
  { volume }: KubernetesTarget,
  jetstream: DeepInput<ServerStorage>,
  servers: readonly PlacedServer[],
): PerServer<pulumi.Output<string>> {
  const storageClass = pulumi.output(volume?.storageClass);
  const text = pulumi
    .all([volumeSize(volume, jetstream), storageClass])
    .apply(([size, name]) => (name === undefined ? size : `${size} of class ${name}`));
  return perServer(servers, () => text);
}

/** Part of a volume that streams do not use: they need space for their indexes and logs. */
const SPARE = 1 / 4;

function volumeSize(volume: StreamVolume | undefined, jetstream: DeepInput<ServerStorage>): pulumi.Output<string> {
  return pulumi.all([volume?.size, normalizeStorage(jetstream)]).apply(([given, { fileStorage = 0 }]) => {
    return toQuantity(given === undefined ? (parseSize(fileStorage) ?? 0) * (1 + SPARE) : (parseSize(given) ?? 0));
  });
}

/** Describes for previews what happens to each volume when the cluster is destroyed. @param claims their names */
export function describeClaims(
  { volume }: KubernetesTarget,
  claims: PerServer<pulumi.Output<string>>,
): pulumi.Output<Readonly<Record<string, string>>> {
  return pulumi.all([volume?.onDestroy, Object.values(claims)]).apply(([onDestroy, names]) => {
    const what = onDestroy === "delete" ? "deleted" : "kept";
    return Object.fromEntries(names.map((name) => [name, `${what} when the cluster is destroyed`]));
  });
}

/** Returns the volumes of the pods for streams. A volume that nobody deletes by name is kept, also of a pod that somebody scales away. */
export function volumesOf({ volume }: KubernetesTarget, jetstream: DeepInput<ServerStorage>) {
  const size = volumeSize(volume, jetstream);
  const whenDeleted = pulumi.output(volume?.onDestroy).apply((kept) => (kept === "delete" ? "Delete" : "Retain"));
  const storageClass = volume?.storageClass === undefined ? {} : { storageClassName: volume.storageClass };
  return {
    persistentVolumeClaimRetentionPolicy: { whenDeleted, whenScaled: "Retain" },
    volumeClaimTemplates: [
      {
        metadata: { name: STORE_VOLUME },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: size } }, ...storageClass },
      },
    ],
  };
}
