import * as pulumi from "@pulumi/pulumi";
import { versionOfImage } from "../../model/cluster/server-version";
import { DEFAULT_IMAGE, type ClusterArgs } from "./cluster-args";
import { findServerExecutable } from "./process-checks";
import { hostTargets } from "./host-targets";

/**
 * Returns the oldest version of nats-server that an executable prints or the name of the image states; undefined if one of them is
 * not known.
 */
export function serverVersion(args: ClusterArgs): pulumi.Output<string | undefined> {
  const versions = hostTargets(args).map(({ target: { kind, settings } }) => {
    switch (kind) {
      case "docker":
      case "kubernetes":
        return pulumi.output(args.image ?? DEFAULT_IMAGE).apply(versionOfImage);
      case "process":
        return findServerExecutable(settings).apply((found) => ("problem" in found ? undefined : found.version));
    }
  });
  return pulumi.all(versions).apply(oldest);
}

function oldest(versions: readonly (string | undefined)[]): string | undefined {
  const known = versions.filter((version) => version !== undefined);
  return known.length < versions.length
    ? undefined
    : known.sort((one, other) => one.localeCompare(other, undefined, { numeric: true }))[0];
}
