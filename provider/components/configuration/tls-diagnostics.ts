import * as pulumi from "@pulumi/pulumi";
import { diagnose, formatDiagnostics, joinPath, type Diagnostic } from "../../diagnostics/diagnostic";
import { nowInSeconds } from "../../dynamic/life-cycle/clock";
import { PROTOCOL_NAMES, PROTOCOL_PORT } from "../../model/cluster/protocols";
import type { Mode } from "../../model/cluster/servers";
import type { CertificateSource, CheckTls, ReachedServer, ReachingHosts } from "../../model/cluster/tls";
import {
  endingTlsDiagnostics,
  pinWarnings,
  tlsDiagnostics,
  versionedTlsDiagnostics,
} from "../../model/cluster/tls-checks";
import {
  authorityOfServersDiagnostics,
  clientDiagnostics,
  sharedCurvesDiagnostics,
} from "../../model/cluster/verification-tls";
import { omitUndefined } from "../../model/form/order";
import { asKnown } from "../validation";
import { authoritiesOfNode } from "./node-authorities";
import type { ResolvedTls, ServerWithTls, TlsContext } from "./tls";
import { CLUSTER, wellFormed, type ClusterTls } from "./tls-args";
import { serverNameDiagnostics, serverNameOf, unlessMissing, validName } from "./tls-listener";
import { resolveCertificates, resolveKey } from "./tls-sources";

/** A server of which the TLS is known, and how others reach it. */
export interface TlsServer extends ServerWithTls {
  readonly mode?: Mode;
  readonly resolved: ResolvedTls | undefined;
  readonly hosts: pulumi.Input<ReachingHosts>;
}

/** What determines the problems of TLS. */
export interface CheckedTls extends Pick<TlsContext, "tls" | "isLocal"> {
  /** The version of nats-server. @default not known */
  readonly version?: pulumi.Output<string | undefined>;
}

function versionOf({ version }: CheckedTls): pulumi.Output<string | undefined> {
  return asKnown(pulumi.output(version), undefined);
}

/**
 * Checks the TLS of all servers, as far as it is known.
 *
 * @param now seconds since 1970
 */
export function clusterTlsDiagnostics(
  context: CheckedTls,
  servers: readonly TlsServer[],
  now: number = nowInSeconds(),
): pulumi.Output<readonly Diagnostic[]>[] {
  const ofOptions = servers.flatMap(({ resolved }) => (resolved === undefined ? [] : [resolved.diagnostics]));
  return [
    pulumi.all(ofOptions).apply((lists) => uniqueDiagnostics(lists.flat())),
    pulumi
      .all([reachedServers(context, servers), versionOf(context)])
      .apply(([all, version]) =>
        uniqueDiagnostics([
          ...tlsDiagnostics(all, now),
          ...(version === undefined ? [] : versionedTlsDiagnostics(all, version)),
        ]),
      ),
    serverNameOf(context.tls).apply((name) => serverNameDiagnostics(`${CLUSTER}.serverName`, name)),
    pulumi.output([...mixedRoutesDiagnostics(servers), ...unusedDiagnostics(context.tls, servers)]),
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

/** Finds arguments without effect: for a protocol without a port, and for monitoring without the certificate for clients. */
function unusedDiagnostics(tls: ClusterTls | undefined, servers: readonly TlsServer[]): Diagnostic[] {
  const all = [
    { path: CLUSTER, args: wellFormed(tls), on: servers },
    ...servers.map((server) => ({ path: joinPath(server.path, "tls"), args: wellFormed(server.tls), on: [server] })),
  ];
  return all.flatMap(({ path, args, on }) => [
    ...PROTOCOL_NAMES.flatMap((protocol) =>
      diagnose({
        code: "NA1763",
        path: joinPath(path, protocol),
        problem:
          args[protocol] !== undefined &&
          args[protocol] !== "disabled" &&
          on.every(({ ports }) => ports[PROTOCOL_PORT[protocol]] === undefined)
            ? `has no effect without \`${PROTOCOL_PORT[protocol]}\``
            : undefined,
        remedy: `Set \`${PROTOCOL_PORT[protocol]}\` of a server, or remove the settings.`,
      }),
    ),
    ...diagnose({
      code: "NA1809",
      path: joinPath(path, "monitoring"),
      problem:
        args.monitoring === "enabled" && on.some((server) => isWithoutCertificate(server, path))
          ? "requires TLS for clients: monitoring uses the same certificate"
          : undefined,
      remedy: "Remove the property, or enable TLS for `clients`.",
    }),
  ]);
}

/** Returns whether monitoring of a server, as an argument enables it, lacks the certificate for clients. */
function isWithoutCertificate({ resolved, ports, tls }: TlsServer, path: string): boolean {
  const isReplaced = path === CLUSTER && wellFormed(tls).monitoring !== undefined;
  return ports.monitoringPort !== undefined && resolved?.has.clients !== true && !isReplaced;
}

/** Finds certificates that end soon, and pins that keep connections open when they are removed. @param now seconds since 1970 */
export function tlsWarnings(
  context: CheckedTls,
  servers: readonly TlsServer[],
  now: number = nowInSeconds(),
): pulumi.Output<readonly Diagnostic[]> {
  return pulumi
    .all([reachedServers(context, servers), versionOf(context)])
    .apply(([all, version]) =>
      uniqueDiagnostics([
        ...all.flatMap((server) => endingTlsDiagnostics(server, now)),
        ...(version === undefined ? [] : pinWarnings(all, version)),
      ]),
    );
}

/** Warns of TLS that works, but may not have the intended effect, or not for long. */
export function warnAboutTls(
  subject: string,
  context: CheckedTls,
  servers: readonly TlsServer[],
  cluster: pulumi.Resource,
): void {
  tlsWarnings(context, servers).apply(async (found) => {
    await (found.length === 0 ? undefined : pulumi.log.warn(formatDiagnostics(subject, found), cluster));
  });
}

/** Returns the servers with TLS, as far as they are known. */
function reachedServers(
  { tls, isLocal }: Pick<TlsContext, "tls" | "isLocal">,
  servers: readonly TlsServer[],
): pulumi.Output<readonly ReachedServer[]> {
  const serverName = asKnown(serverNameOf(tls).apply(validName), undefined);
  const all = servers.flatMap(({ name, resolved, hosts }) =>
    resolved === undefined
      ? []
      : [
          pulumi
            .all([
              resolved.checked,
              asKnown<ReachingHosts | undefined>(pulumi.output(hosts), undefined),
              asKnown(resolveTrusted(tls, resolved, isLocal), UNKNOWN_TRUSTED),
              serverName,
            ])
            .apply(([known, reached, trusted, own]) =>
              omitUndefined<ReachedServer>({
                name,
                tls: known,
                hosts: own === undefined || reached === undefined ? reached : { ...reached, clients: [own] },
                trusted,
              }),
            ),
        ],
  );
  return pulumi.all(all);
}

const UNKNOWN_TRUSTED: readonly CertificateSource[] = [{ path: `${CLUSTER}.ca`, diagnostics: [] }];

/** Returns the authorities that clients of a server trust: those of the verification, or else those of the cluster and its own. */
function resolveTrusted(
  tls: ClusterTls | undefined,
  { ca }: ResolvedTls,
  isLocal: boolean,
): pulumi.Output<readonly CertificateSource[]> {
  const known: ClusterTls = wellFormed(tls);
  const own = known.verification?.ca;
  const sources =
    own === undefined
      ? [resolveCertificates(`${CLUSTER}.ca`, known.ca, isLocal), ca]
      : [resolveCertificates(`${CLUSTER}.verification.ca`, own, isLocal)];
  return pulumi.all(sources).apply((all) => all.filter((source) => source !== undefined));
}

function uniqueDiagnostics(found: readonly Diagnostic[]): Diagnostic[] {
  return [...new Map(found.map((one) => [`${one.code} ${one.path} ${one.problem}`, one])).values()];
}

/** How the verification connects to servers with TLS, and what prevents that. */
export interface CheckConnection {
  readonly tls: pulumi.Output<CheckTls>;
  readonly diagnostics: pulumi.Output<readonly Diagnostic[]>;
}

/**
 * Returns how the verification connects; undefined if no server has TLS for clients.
 *
 * @param verified the server that it connects to when all have changed. While they change, it also connects to others of its mode
 */
export function checkConnection(
  { tls, isLocal }: Pick<TlsContext, "tls" | "isLocal">,
  servers: readonly TlsServer[],
  verified: Pick<TlsServer, "name" | "mode">,
): CheckConnection | undefined {
  const encrypted = servers.filter(({ resolved }) => resolved?.has.clients === true);
  if (encrypted.length === 0) {
    return undefined;
  }
  const connected = encrypted.filter(({ mode }) => mode === verified.mode);
  const { verification, ...shared }: ClusterTls = wellFormed<ClusterTls>(tls);
  const hasOwn = verification?.certificate !== undefined || verification?.key !== undefined;
  const path = hasOwn ? `${CLUSTER}.verification` : CLUSTER;
  const { certificate, key } = hasOwn ? verification : shared;
  const ofClient = resolveCertificates(`${path}.certificate`, certificate, isLocal);
  const ofKey = resolveKey(`${path}.key`, key, isLocal);
  const known = pulumi.all(connected.flatMap(({ resolved }) => (resolved === undefined ? [] : [resolved.known])));
  const trusted = pulumi.all(
    connected.flatMap(({ resolved }) => (resolved === undefined ? [] : [resolveTrusted(tls, resolved, isLocal)])),
  );
  const own = encrypted.find(({ name }) => name === verified.name)?.resolved?.known;
  return {
    tls: pulumi
      .all([trusted, known, ofClient, ofKey.text, serverNameOf(tls).apply(validName), pulumi.output(own)])
      .apply(([authorities, all, client, secret, serverName, { clients } = {}]) => {
        const texts = new Set(authorities.flat().flatMap(({ text }) => text ?? []));
        const verifies = all.some((one) => one.clients?.options.verify === true);
        return omitUndefined<CheckTls>({
          ca: texts.size === 0 ? undefined : [...texts].join(""),
          cert: verifies ? client?.text : undefined,
          key: verifies ? secret : undefined,
          serverName,
          isFirst: clients?.options.handshakeFirst === true ? true : undefined,
        });
      }),
    diagnostics: pulumi
      .all([
        reachedServers({ tls, isLocal }, connected),
        unlessMissing(ofClient, `${path}.certificate`, certificate),
        unlessMissing(ofKey.source, `${path}.key`, key),
      ])
      .apply(([reached, client, source]) =>
        uniqueDiagnostics([
          ...clientDiagnostics({ path, certificate: client, key: source }, reached, nowInSeconds()),
          ...authorityOfServersDiagnostics(reached, authoritiesOfNode),
          ...sharedCurvesDiagnostics(reached),
        ]),
      ),
  };
}
