import * as pulumi from "@pulumi/pulumi";
import type { Listener } from "../../config/listener";
import type { RemoteBlocks } from "../../config/remotes";
import { omitUndefined, sortUnique } from "../../model/form/order";
import type { ResolvedRemotes } from "./remotes";
import type { ResolvedTls } from "./tls";
import { foldersOf } from "./tls-sources";

/** What a server connects with. */
interface Connections {
  readonly resolvedTls: ResolvedTls | undefined;
  readonly resolvedRemotes: ResolvedRemotes | undefined;
}

/** Adds TLS and remotes to a listener. */
export function withConnections(
  plain: pulumi.Output<Listener>,
  tls: ResolvedTls | undefined,
  remotes: pulumi.Output<RemoteBlocks> | undefined,
): pulumi.Output<Listener> {
  return tls === undefined && remotes === undefined
    ? plain
    : pulumi
        .all([plain, pulumi.output(tls?.blocks), pulumi.output(remotes)])
        .apply(([known, blocks, connected]) => omitUndefined<Listener>({ ...known, tls: blocks, remotes: connected }));
}

/** Returns the files with certificates, keys and logins of a server, as a secret; undefined if it has no TLS and no remotes. */
export function secretFilesOf({
  resolvedTls,
  resolvedRemotes,
}: Connections): pulumi.Output<Readonly<Record<string, string>>> | undefined {
  return resolvedRemotes === undefined
    ? resolvedTls?.files
    : pulumi
        .all([pulumi.output(resolvedTls?.files), resolvedRemotes.files])
        .apply(([ofTls, ofRemotes]) => ({ ...ofTls, ...ofRemotes }));
}

/** Returns the folders of the machine with files that a server reads; undefined if there are none. */
export function hostFoldersOf({
  resolvedTls,
  resolvedRemotes,
}: Connections): pulumi.Output<readonly string[]> | undefined {
  const ofTls = resolvedTls?.hostFolders;
  const files = resolvedRemotes?.hostFiles ?? [];
  return files.length === 0
    ? ofTls
    : pulumi
        .all([pulumi.output(ofTls), pulumi.all(files).apply(foldersOf)])
        .apply(([some = [], others]) => sortUnique([...some, ...others]));
}
