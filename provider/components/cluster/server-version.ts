import * as pulumi from "@pulumi/pulumi";
import { versionOfImage } from "../../model/cluster/server-version";
import { DEFAULT_IMAGE, type ClusterArgs } from "./cluster-args";
import { findServerExecutable } from "./process-checks";
import { resolveTarget } from "./target";

/**
 * Returns the version of nats-server that the executable prints or the name of the image states; undefined if it is not
 * known.
 */
export function serverVersion({ target, image }: ClusterArgs): pulumi.Output<string | undefined> {
  const { kind, settings } = resolveTarget(target);
  switch (kind) {
    case "docker":
    case "kubernetes":
      return pulumi.output(image ?? DEFAULT_IMAGE).apply(versionOfImage);
    case "process":
      return findServerExecutable(settings).apply((found) => ("problem" in found ? undefined : found.version));
  }
}
