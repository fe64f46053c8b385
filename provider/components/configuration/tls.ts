import * as pulumi from "@pulumi/pulumi";
import { tlsBlocks, type TlsBlocks } from "../../config/tls";
import { joinPath, type Diagnostic } from "../../diagnostics/diagnostic";
import { PROTOCOL_PORT, type Protocol } from "../../model/cluster/protocols";
import {
  startupTls,
  TLS_LISTENERS,
  type CertificateSource,
  type ListenerKind,
  type ServerTls,
  type TlsListener,
} from "../../model/cluster/tls";
import type { TlsOptions } from "../../model/tls/options";
import { CLUSTER, wellFormed, type ClusterTls, type ServerTlsArgs } from "./tls-args";
import { isProtocol, listenerLayers, resolveListener, serverNameOf, validName, type Layer } from "./tls-listener";
import { foldersOf, resolveCertificates } from "./tls-sources";

/** What determines the TLS of a server. */
export interface TlsContext {
  /** Of the cluster; undefined without any. */
  readonly tls: ClusterTls | undefined;
  /** What precedes the names of files that the package writes, in the configuration. */
  readonly folder: pulumi.Input<string>;
  /** Whether the server runs on this machine, where its files can be checked. */
  readonly isLocal: boolean;
}

/** A server with TLS arguments of its own. */
export interface ServerWithTls {
  readonly name: string;
  readonly path: string;
  readonly tls?: ServerTlsArgs;
  readonly ports: Readonly<Partial<Record<"monitoringPort" | (typeof PROTOCOL_PORT)[Protocol], unknown>>>;
}

/** TLS of a server, as far as it is known. */
export interface ResolvedTls {
  /** Which of its ports use TLS. Plain. */
  readonly has: Readonly<Partial<Record<ListenerKind, boolean>>>;
  readonly known: pulumi.Output<ServerTls>;
  /** As `known`, but for checks: what a preview does not know has no value. */
  readonly checked: pulumi.Output<ServerTls>;
  /** The authorities that the server has of its own. */
  readonly ca: pulumi.Output<CertificateSource | undefined>;
  /** Problems of the options that are known. */
  readonly diagnostics: pulumi.Output<readonly Diagnostic[]>;
  /** The blocks of its configuration. */
  readonly blocks: pulumi.Output<TlsBlocks>;
  /** The files with certificates and keys that the package writes, as a secret. */
  readonly files: pulumi.Output<Record<string, string>>;
  /** What it reads only when it starts; undefined if there is nothing. It does not depend on certificates. */
  readonly startup: pulumi.Output<object | undefined>;
  /** The name by which clients of a protocol reach it with TLS; undefined for the host of the server. */
  readonly names: Readonly<Partial<Record<Protocol, pulumi.Output<string | undefined>>>>;
  /** Whether clients may connect without TLS. */
  readonly allowsPlaintext: pulumi.Output<boolean>;
  /** Folders of the machine with files that it reads; undefined if there are none. */
  readonly hostFolders: pulumi.Output<readonly string[]> | undefined;
}

/** Returns the TLS of a server; undefined if neither the cluster nor the server has the argument. */
export function resolveTls(
  { tls: ofCluster, folder, isLocal }: TlsContext,
  server: ServerWithTls,
): ResolvedTls | undefined {
  if (ofCluster === undefined && server.tls === undefined) {
    return undefined;
  }
  const layers = layersOf(ofCluster, server);
  const used = TLS_LISTENERS.filter((kind) => !isProtocol(kind) || server.ports[PROTOCOL_PORT[kind]] !== undefined);
  const resolved = used.flatMap((kind) => {
    const args = listenerLayers(kind, layers);
    return args === undefined ? [] : [[kind, resolveListener(kind, args, isLocal)] as const];
  });
  const serverTls = (which: "listener" | "checked") =>
    pulumi
      .all(resolved.map(([kind, one]) => one[which].apply((listener) => [kind, listener] as const)))
      .apply((all): ServerTls => ({ ...Object.fromEntries(all), monitoring: hasMonitoring }));
  const isOn = (kind: TlsListener) => resolved.some(([one]) => one === kind);
  const monitoring = layers.findLast(({ args }) => args.monitoring !== undefined)?.args.monitoring;
  const hasMonitoring = isOn("clients") && monitoring !== "disabled";
  const options = pulumi
    .all(resolved.map(([kind, { options: own }]) => own.apply((one) => [kind, one] as const)))
    .apply((all): Partial<Record<TlsListener, TlsOptions>> => Object.fromEntries(all));
  const files = resolved.flatMap(([, { hostFiles }]) => hostFiles);
  const known = serverTls("listener");
  const shared = serverNameOf(ofCluster).apply<string | undefined>(validName);
  const own = layers.find(({ path }) => path !== CLUSTER);
  return {
    has: { ...Object.fromEntries(TLS_LISTENERS.map((kind) => [kind, isOn(kind)])), monitoring: hasMonitoring },
    known,
    checked: serverTls("checked"),
    ca: resolveCertificates(joinPath(own?.path ?? "", "ca"), own?.args.ca, isLocal),
    diagnostics: pulumi.all(resolved.map(([, { diagnostics }]) => diagnostics)).apply((lists) => lists.flat()),
    blocks: pulumi.all([known, folder]).apply(([tls, prefix]) => tlsBlocks(tls, prefix)),
    files: pulumi.secret(
      pulumi
        .all(resolved.map(([, { files }]) => files))
        .apply((all) => Object.assign({}, ...all) as Record<string, string>),
    ),
    startup: options.apply((known) => startupTls(known, hasMonitoring && server.ports.monitoringPort !== undefined)),
    names: Object.fromEntries(
      resolved.flatMap(([kind, { serverName }]) =>
        isProtocol(kind)
          ? [[kind, pulumi.all([serverName, shared]).apply(([own, ofAll]) => own ?? ofAll)] as const]
          : [],
      ),
    ),
    allowsPlaintext: options.apply(({ clients }) => clients?.allowPlaintext === true),
    hostFolders: files.length === 0 ? undefined : pulumi.all(files).apply(foldersOf),
  };
}

/** The arguments of the cluster and of the server, without malformed ones. */
function layersOf(ofCluster: ClusterTls | undefined, { path, tls }: ServerWithTls): readonly Layer[] {
  return [
    ...(ofCluster === undefined ? [] : [{ path: CLUSTER, args: wellFormed(ofCluster) }]),
    ...(tls === undefined ? [] : [{ path: joinPath(path, "tls"), args: wellFormed(tls) }]),
  ];
}
