import * as pulumi from "@pulumi/pulumi";
import { authoritiesFile, pairFile, tlsBlocks, type TlsBlocks } from "../../config/tls";
import { diagnose, formatDiagnostics, joinPath, prefixPaths, type Diagnostic } from "../../diagnostics/diagnostic";
import { nowInSeconds } from "../../dynamic/life-cycle/clock";
import {
  acceptsClient,
  endingTlsDiagnostics,
  startupTls,
  TLS_LISTENERS,
  tlsDiagnostics,
  type CertificateSource,
  type ListenerKind,
  type ListenerTls,
  type ReachedServer,
  type ReachingHosts,
  type ServerTls,
  type TlsListener,
  type CheckTls,
} from "../../model/cluster/tls";
import {
  combinedOptionsDiagnostics,
  normalizeOptions,
  optionsDiagnostics,
  TLS_OPTIONS,
  type TlsOptions,
} from "../../model/tls/options";
import { PROTOCOL_PORT, type Protocol } from "../../model/cluster/protocols";
import { omitUndefined } from "../../model/form/order";
import { hasShape } from "../../model/form/shape";
import { CLUSTER_TLS, SERVER_TLS, type ClusterTls, type ServerTlsArgs, type TlsIdentity } from "./tls-args";
import { foldersOf, isFile, resolveCertificates, resolveKey, writtenText } from "./tls-sources";

function isProtocol(kind: TlsListener): kind is Protocol {
  return kind !== "clients" && kind !== "routes";
}

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
  /** Problems of the options. */
  readonly diagnostics: pulumi.Output<readonly Diagnostic[]>;
  /** The blocks of its configuration. */
  readonly blocks: pulumi.Output<TlsBlocks>;
  /** The files with certificates and keys that the package writes, as a secret. */
  readonly files: pulumi.Output<Record<string, string>>;
  /** What it reads only when it starts; undefined if there is nothing. It does not depend on certificates. */
  readonly startup: pulumi.Output<object | undefined>;
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
  const listeners = pulumi.all(resolved.map(([kind, { listener }]) => listener.apply((one) => [kind, one] as const)));
  const isOn = (kind: TlsListener) => resolved.some(([one]) => one === kind);
  const monitoring = layers.findLast(({ args }) => args.monitoring !== undefined)?.args.monitoring;
  const hasMonitoring = isOn("clients") && monitoring !== "disabled";
  const options = pulumi
    .all(resolved.map(([kind, { options: own }]) => own.apply((one) => [kind, one] as const)))
    .apply((all): Partial<Record<TlsListener, TlsOptions>> => Object.fromEntries(all));
  const files = resolved.flatMap(([, { hostFiles }]) => hostFiles);
  const known = listeners.apply((all): ServerTls => ({ ...Object.fromEntries(all), monitoring: hasMonitoring }));
  return {
    has: { ...Object.fromEntries(TLS_LISTENERS.map((kind) => [kind, isOn(kind)])), monitoring: hasMonitoring },
    known,
    diagnostics: pulumi.all(resolved.map(([, { diagnostics }]) => diagnostics)).apply((lists) => lists.flat()),
    blocks: pulumi.all([known, folder]).apply(([tls, prefix]) => tlsBlocks(tls, prefix)),
    files: pulumi.secret(
      pulumi
        .all(resolved.map(([, { files }]) => files))
        .apply((all) => Object.assign({}, ...all) as Record<string, string>),
    ),
    startup: options.apply((known) => startupTls(known, hasMonitoring && server.ports.monitoringPort !== undefined)),
    allowsPlaintext: options.apply(({ clients }) => clients?.allowPlaintext === true),
    hostFolders: files.length === 0 ? undefined : pulumi.all(files).apply(foldersOf),
  };
}

/** Arguments that can set a property, with their path. */
interface Layer<Args = ServerTlsArgs> {
  readonly path: string;
  readonly args: Args;
}

/** The arguments of the cluster and of the server, without malformed ones. */
function layersOf(ofCluster: ClusterTls | undefined, { path, tls }: ServerWithTls): readonly Layer[] {
  return [
    ...(hasShape(CLUSTER_TLS, ofCluster) && ofCluster !== undefined ? [{ path: "tls", args: ofCluster }] : []),
    ...(hasShape(SERVER_TLS, tls) && tls !== undefined ? [{ path: joinPath(path, "tls"), args: tls }] : []),
  ];
}

/** All properties that TLS arguments can have. */
type AnyTls = TlsIdentity & { readonly [Key in keyof TlsOptions]?: unknown };

/** Returns the arguments of a listener, the most specific ones last; undefined if it has no TLS. */
function listenerLayers(kind: TlsListener, layers: readonly Layer[]): readonly Layer<AnyTls>[] | undefined {
  const given = layers.map(({ args }) => args[kind]);
  const own = layers.flatMap(({ path, args: { [kind]: args } }): Layer<AnyTls>[] => {
    return args === undefined || args === "disabled" ? [] : [{ path: joinPath(path, kind), args }];
  });
  return given.findLast((args) => args !== undefined) === "disabled" ? undefined : [...layers, ...own];
}

function resolveListener(kind: TlsListener, layers: readonly Layer<AnyTls>[], isLocal: boolean) {
  const pair = layers.findLast(({ args }) => args.certificate !== undefined || args.key !== undefined) ?? layers[0];
  const ofCa = layers.findLast(({ args }) => args.ca !== undefined);
  const path = pair?.path ?? "tls";
  const certificate = resolveCertificates(joinPath(path, "certificate"), pair?.args.certificate, isLocal);
  const ca = resolveCertificates(joinPath(ofCa?.path ?? path, "ca"), ofCa?.args.ca, isLocal);
  const key = resolveKey(joinPath(path, "key"), pair?.args.key, isLocal);
  const names = Object.keys(TLS_OPTIONS) as (keyof TlsOptions)[];
  const given = names.flatMap((name) => {
    const layer = layers.findLast(({ args }) => args[name] !== undefined);
    return layer === undefined ? [] : [{ name, path: layer.path, value: layer.args[name] }];
  });
  const options = pulumi
    .all(given.map(({ value }) => pulumi.output(value)))
    .apply((values): TlsOptions => Object.fromEntries(given.map(({ name }, index) => [name, values[index]])));
  const found = options.apply((known) => [
    ...given.flatMap(({ name, path: at }) => prefixPaths(at, optionsDiagnostics({ [name]: known[name] }))),
    ...prefixPaths(joinPath(path, kind), combinedOptionsDiagnostics(known)),
  ]);
  const valid = options.apply((known) => (optionsDiagnostics(known).length === 0 ? normalizeOptions(known) : {}));
  return {
    options: valid,
    hostFiles: [pair?.args.certificate, pair?.args.key, ofCa?.args.ca].flatMap((source) =>
      source !== undefined && isFile(source) ? [source.file] : [],
    ),
    listener: pulumi.all([certificate, ca, key.source, valid]).apply(([ofServer, authorities, ofKey, known]) =>
      omitUndefined<ListenerTls>({
        path,
        certificate: ofServer,
        ca: authorities,
        key: ofKey,
        options: known,
      }),
    ),
    diagnostics: found,
    files: pulumi
      .all([certificate, ca, key.source, key.text])
      .apply(([ofServer, authorities, { file } = {}, ofKey = ""]) => {
        const pairText = `${writtenText(ofServer)}${file === undefined ? ofKey : ""}`;
        const authoritiesText = writtenText(authorities);
        return {
          ...(pairText === "" ? {} : { [pairFile(kind)]: pairText }),
          ...(authoritiesText === "" ? {} : { [authoritiesFile(kind)]: authoritiesText }),
        };
      }),
  };
}

/** A server of which the TLS is known, and how others reach it. */
export interface TlsServer extends ServerWithTls {
  readonly resolved: ResolvedTls | undefined;
  readonly hosts: pulumi.Input<ReachingHosts>;
}

/**
 * Checks the TLS of all servers. Certificates that servers share have the same problems.
 *
 * @param now seconds since 1970
 */
export function clusterTlsDiagnostics(
  context: Pick<TlsContext, "tls" | "isLocal">,
  servers: readonly TlsServer[],
  now: number = nowInSeconds(),
): pulumi.Output<readonly Diagnostic[]>[] {
  return [
    ...servers.flatMap(({ resolved }) => (resolved === undefined ? [] : [resolved.diagnostics])),
    reachedServers(context, servers).apply((all) =>
      uniqueDiagnostics(all.flatMap((server) => tlsDiagnostics(server, now))),
    ),
    pulumi.output(mixedRoutesDiagnostics(servers)),
  ];
}

function mixedRoutesDiagnostics(servers: readonly TlsServer[]): Diagnostic[] {
  const encrypted = servers.filter(({ resolved }) => resolved?.has.routes === true);
  const isMixed = encrypted.length > 0 && encrypted.length < servers.length;
  return diagnose({
    code: "NA1809",
    path: "tls.routes",
    problem: isMixed ? "must be the same for all servers: routes use TLS at both ends, or at none" : undefined,
    remedy: "Set `tls` of the cluster, or of each server.",
  });
}

/** Warns of certificates that end soon. */
export function warnAboutEnding(
  subject: string,
  context: Pick<TlsContext, "tls" | "isLocal">,
  servers: readonly TlsServer[],
  cluster: pulumi.Resource,
): void {
  const now = nowInSeconds();
  reachedServers(context, servers).apply(async (all) => {
    const found = uniqueDiagnostics(all.flatMap((server) => endingTlsDiagnostics(server, now)));
    await (found.length === 0 ? undefined : pulumi.log.warn(formatDiagnostics(subject, found), cluster));
  });
}

function reachedServers(
  { tls, isLocal }: Pick<TlsContext, "tls" | "isLocal">,
  servers: readonly TlsServer[],
): pulumi.Output<readonly ReachedServer[]> {
  const trusted = resolveTrusted(tls, isLocal);
  const all = servers.flatMap(({ name, resolved, hosts }) =>
    resolved === undefined
      ? []
      : [
          pulumi.all([resolved.known, hosts, trusted, serverNameOf(tls)]).apply(([known, reached, ca, own]) =>
            omitUndefined<ReachedServer>({
              name,
              tls: known,
              hosts: own === undefined ? reached : { ...reached, clients: [own] },
              trusted: ca,
            }),
          ),
        ],
  );
  return pulumi.all(all);
}

/** Returns the authorities that clients trust. */
function resolveTrusted(tls: ClusterTls | undefined, isLocal: boolean): pulumi.Output<CertificateSource | undefined> {
  const known = hasShape(CLUSTER_TLS, tls) ? tls : undefined;
  const own = known?.verification?.ca;
  return own === undefined
    ? resolveCertificates("tls.ca", known?.ca, isLocal)
    : resolveCertificates("tls.verification.ca", own, isLocal);
}

function serverNameOf(tls: ClusterTls | undefined): pulumi.Output<string | undefined> {
  return pulumi.output(hasShape(CLUSTER_TLS, tls) ? tls?.serverName : undefined);
}

function uniqueDiagnostics(found: readonly Diagnostic[]): Diagnostic[] {
  return [...new Map(found.map((one) => [`${one.code} ${one.path} ${one.problem}`, one])).values()];
}

/** How the verification connects to servers with TLS, and what prevents that. */
export interface CheckConnection {
  readonly tls: pulumi.Output<CheckTls>;
  readonly diagnostics: pulumi.Output<readonly Diagnostic[]>;
}

/** Returns how the verification connects; undefined if no server has TLS for clients. */
export function checkConnection(
  { tls, isLocal }: Pick<TlsContext, "tls" | "isLocal">,
  servers: readonly TlsServer[],
): CheckConnection | undefined {
  const encrypted = servers.flatMap(({ resolved }) => (resolved?.has.clients === true ? [resolved] : []));
  const [first] = encrypted;
  if (first === undefined) {
    return undefined;
  }
  const own = hasShape(CLUSTER_TLS, tls) ? tls?.verification : undefined;
  const certificate = own?.certificate ?? tls?.certificate;
  const key = own?.key ?? tls?.key;
  const path = own?.certificate === undefined ? "tls" : "tls.verification";
  const ofClient = resolveCertificates(`${path}.certificate`, certificate, isLocal);
  const ofKey = resolveKey(`${path}.key`, key, isLocal);
  const needed = pulumi
    .all(encrypted.map(({ known }) => known))
    .apply((all) => all.flatMap(({ clients }) => (clients?.options.verify === true ? [clients] : [])));
  const isNeeded = needed.apply((all) => all.length > 0);
  return {
    tls: pulumi
      .all([resolveTrusted(tls, isLocal), isNeeded, ofClient, ofKey.text, serverNameOf(tls), first.known])
      .apply(([trusted, verifies, client, secret, serverName, { clients }]) =>
        omitUndefined<CheckTls>({
          ca: trusted?.text,
          cert: verifies ? client?.text : undefined,
          key: verifies ? secret : undefined,
          serverName,
          isFirst: clients?.options.handshakeFirst === true ? true : undefined,
        }),
      ),
    diagnostics: pulumi.all([needed, ofClient, ofKey.source]).apply(([all, client, source]) => {
      const remedy = 'Set `tls.verification` to a certificate for clients and its key, or `verification: "disabled"`.';
      const isAccepted =
        client?.text !== undefined && all.every((listener) => acceptsClient(listener, client.text ?? ""));
      const problem =
        all.length === 0 || (isAccepted && source?.publicKey !== undefined)
          ? undefined
          : "is not accepted by the servers as that of a client, which `verify` requires, and the verification has no other one";
      return diagnose({ code: "NA1813", path: `${path}.certificate`, problem, remedy });
    }),
  };
}
