import * as pulumi from "@pulumi/pulumi";
import { renderText } from "../../config/lines";
import { remotesLines } from "../../config/remotes";
import type { Peer } from "../../config/routes";
import { diagnose, type Diagnostic } from "../../diagnostics/diagnostic";
import type { HelmConfig } from "../../kubernetes/helm-values";
import { remoteLimitDiagnostics } from "../../model/cluster/remotes";
import { isRecord } from "../../model/form/shape";
import type { AuthConfigurationArgs } from "./auth-configuration-args";
import { declarationsOf } from "./model";
import { resolveRemotes, type ResolvedRemotes } from "./remotes";

/** Name of the volume with the Secret of a release, and of its folder in `/etc`. */
export const VOLUME = "nats-auth";
const REMOTES_FILE = "remotes.conf";

/** Returns the remotes that all servers of a release have: those of the configuration; undefined without any. */
export function resolveHelmRemotes(args: AuthConfigurationArgs): ResolvedRemotes | undefined {
  return resolveRemotes({ args, folder: `/etc/${VOLUME}/`, isLocal: false }, { path: "" });
}

/**
 * Returns the files for the Secret of a release, by name. All that belongs to the remotes is in one Secret: Kubernetes updates the files
 * of a volume at once, so that a server never reads a remote without its login.
 */
export function helmRemoteFiles(remotes: ResolvedRemotes | undefined): Record<string, pulumi.Output<string>> {
  if (remotes === undefined) {
    return {};
  }
  const { blocks, files, fileNames } = remotes;
  const content = (name: string) => files.apply(({ [name]: text = "" }) => text);
  return {
    [REMOTES_FILE]: blocks.apply((known) => renderText([remotesLines(known)])),
    ...Object.fromEntries(fileNames.map((name) => [name, content(name)])),
  };
}

/** Returns the values of a release with the included remotes. The chart reloads the servers when this file changes. */
export function withHelmRemotes(values: HelmConfig, remotes: ResolvedRemotes | undefined): HelmConfig {
  const { leafnodes } = values.merge;
  const present = isRecord(leafnodes) ? leafnodes : {};
  const included = { ...present, $include: `../${VOLUME}/${REMOTES_FILE}` };
  return remotes === undefined ? values : { ...values, merge: { ...values.merge, leafnodes: included } };
}

/**
 * Checks the remotes of all servers of all releases.
 *
 * @param servers all servers; undefined without `releases`
 */
export function helmRemotesDiagnostics(
  args: AuthConfigurationArgs,
  resolved: ResolvedRemotes | undefined,
  servers: readonly Pick<Peer, "host">[] | undefined,
): pulumi.Output<readonly Diagnostic[]> {
  if (resolved === undefined) {
    return pulumi.output([]);
  }
  if (servers === undefined) {
    return pulumi.output(
      diagnose({
        code: "NA2103",
        path: "releases",
        problem: "is missing, and the configuration has `remotes`, which servers read from a Secret of their release",
        remedy: "Set it to the releases of the cluster, or configure the remotes in values of your own.",
      }),
    );
  }
  return pulumi.all([resolved.known, declarationsOf(args)]).apply(([remotes, accounts]) => {
    const limits = Object.fromEntries(accounts.map(({ name, limits: known }) => [name, known?.leafNodes]));
    return remoteLimitDiagnostics(
      servers.map(({ host }) => ({ name: host, remotes })),
      limits,
    );
  });
}
