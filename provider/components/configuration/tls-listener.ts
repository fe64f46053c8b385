import * as pulumi from "@pulumi/pulumi";
import { authoritiesFile, pairFile } from "../../config/tls";
import { diagnose, joinPath, prefixPaths, type Diagnostic } from "../../diagnostics/diagnostic";
import { PROTOCOL_NAMES, type Protocol } from "../../model/cluster/protocols";
import type { CertificateSource, KeySource, ListenerTls, TlsListener } from "../../model/cluster/tls";
import { omitUndefined } from "../../model/form/order";
import { hasShape, stringShape } from "../../model/form/shape";
import {
  combinedOptionsDiagnostics,
  normalizeOptions,
  optionsDiagnostics,
  TLS_OPTIONS,
  type TlsOptions,
} from "../../model/tls/options";
import { asKnown } from "../validation";
import { hostDiagnostics } from "./addresses";
import { CLUSTER, wellFormed, type ClusterTls, type ServerTlsArgs, type TlsIdentity } from "./tls-args";
import { isFile, resolveCertificates, resolveKey, writtenText } from "./tls-sources";

/** Arguments that can set a property, with their path. */
export interface Layer<Args = ServerTlsArgs> {
  readonly path: string;
  readonly args: Args;
}

/** Arguments that can set a property of a listener. */
interface ListenerLayer extends Layer<AnyTls> {
  /** True for those of the listener alone. */
  readonly isOwn: boolean;
}

/** True for a protocol besides that of NATS clients. */
export function isProtocol(kind: TlsListener): kind is Protocol {
  return (PROTOCOL_NAMES as readonly string[]).includes(kind);
}

/** All properties that TLS arguments can have. */
type AnyTls = TlsIdentity & Readonly<Partial<Record<keyof TlsOptions | "serverName", unknown>>>;

/** Returns the arguments of a listener, the most specific ones last; undefined if it has no TLS. */
export function listenerLayers(kind: TlsListener, layers: readonly Layer[]): readonly ListenerLayer[] | undefined {
  const given = layers.map(({ args }) => args[kind]);
  const own = layers.flatMap(({ path, args: { [kind]: args } }): ListenerLayer[] => {
    return args === undefined || args === "disabled" ? [] : [{ path: joinPath(path, kind), args, isOwn: true }];
  });
  const shared = layers.map((layer): ListenerLayer => ({ ...layer, isOwn: false }));
  return given.findLast((args) => args !== undefined) === "disabled" ? undefined : [...shared, ...own];
}

/** Resolves the TLS of a listener. */
export function resolveListener(kind: TlsListener, layers: readonly ListenerLayer[], isLocal: boolean) {
  const pair = layers.findLast(({ args }) => args.certificate !== undefined || args.key !== undefined) ?? layers[0];
  const ofCa = layers.findLast(({ args }) => args.ca !== undefined) ?? pair;
  const path = pair?.path ?? CLUSTER;
  const at = {
    certificate: joinPath(path, "certificate"),
    key: joinPath(path, "key"),
    ca: joinPath(ofCa?.path ?? path, "ca"),
  };
  const given = { certificate: pair?.args.certificate, key: pair?.args.key, ca: ofCa?.args.ca };
  const certificate = resolveCertificates(at.certificate, given.certificate, isLocal);
  const ca = resolveCertificates(at.ca, given.ca, isLocal);
  const key = resolveKey(at.key, given.key, isLocal);
  const { paths, options, checked, diagnostics } = resolveOptions(kind, layers, path);
  const name = resolveName(kind, layers);
  const fixed = {
    path,
    paths,
    own: { certificate: pair?.isOwn === true, ca: given.ca !== undefined && ofCa?.isOwn === true },
  };
  const listenerOf = (parts: {
    readonly [Key in "certificate" | "ca" | "key" | "options" | "serverName"]: pulumi.Output<ListenerTls[Key]>;
  }) => pulumi.output(parts).apply((known) => omitUndefined<ListenerTls>({ ...fixed, ...known }));
  return {
    options,
    serverName: name.valid,
    hostFiles: Object.values(given).flatMap((source) => (source !== undefined && isFile(source) ? [source.file] : [])),
    listener: listenerOf({ certificate, ca, key: key.source, options, serverName: name.valid }),
    checked: listenerOf({
      certificate: unlessMissing(certificate, at.certificate, given.certificate),
      ca: unlessMissing(ca, at.ca, given.ca),
      key: unlessMissing(key.source, at.key, given.key),
      options: checked,
      serverName: asKnown(name.valid, undefined),
    }),
    diagnostics: pulumi.all([diagnostics, name.diagnostics]).apply((lists) => lists.flat()),
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

/** Returns the name by which clients of a protocol reach it. */
function resolveName(kind: TlsListener, layers: readonly ListenerLayer[]) {
  const own = layers.findLast(({ args, isOwn }) => isOwn && args.serverName !== undefined);
  const path = joinPath(own?.path ?? CLUSTER, "serverName");
  const name = pulumi.output(isProtocol(kind) ? own?.args.serverName : undefined) as pulumi.Output<unknown>;
  return {
    valid: name.apply<string | undefined>(validName),
    diagnostics: asKnown(name, undefined).apply((known) => serverNameDiagnostics(path, known)),
  };
}

/** Options that nats-server does not apply to WebSocket. Those of all listeners have other ones there. */
export const UNUSED_OVER_WEBSOCKET: Readonly<Partial<Record<keyof TlsOptions, string>>> = {
  pinnedCertificates: "is not enforced by nats-server on connections over WebSocket",
  timeout: "has no effect: `websocket.handshakeTimeout` of the cluster is the time for this handshake",
};

/** Returns the options of a listener, their paths, and problems of those that are known. @param path of its certificate */
function resolveOptions(kind: TlsListener, layers: readonly ListenerLayer[], path: string) {
  const names = Object.keys(TLS_OPTIONS) as (keyof TlsOptions)[];
  const given = names.flatMap((name) => {
    const layer = layers.findLast(({ args }) => args[name] !== undefined);
    return layer === undefined ? [] : [{ name, path: layer.path, value: layer.args[name], isOwn: layer.isOwn }];
  });
  const unused = given.flatMap(({ name, path: at, isOwn }) =>
    diagnose({
      code: "NA1810",
      path: joinPath(at, name),
      problem: kind === "websocket" && isOwn ? UNUSED_OVER_WEBSOCKET[name] : undefined,
      remedy: "Remove the property.",
    }),
  );
  const paths = Object.fromEntries(given.map(({ name, path: at }) => [name, joinPath(at, name)]));
  const values = given.map(({ value }) => pulumi.output(value) as pulumi.Output<unknown>);
  const named = (all: readonly unknown[]): TlsOptions =>
    Object.fromEntries(given.map(({ name }, index) => [name, all[index]]));
  const valid = (known: TlsOptions) => (optionsDiagnostics(known).length === 0 ? normalizeOptions(known) : {});
  const checked = pulumi
    .all(values.map((value) => asKnown(value, undefined)))
    .apply((all) => omitUndefined<TlsOptions>(named(all)));
  return {
    paths,
    options: pulumi.all(values).apply((all) => valid(named(all))),
    checked: checked.apply(valid),
    diagnostics: checked.apply((known) => [
      ...unused,
      ...given.flatMap(({ name, path: at }) => prefixPaths(at, optionsDiagnostics({ [name]: known[name] }))),
      ...combinedOptionsDiagnostics(known).map((one) => ({
        ...one,
        path: paths[one.path] ?? joinPath(path, one.path),
      })),
    ]),
  };
}

/** Returns an argument for checks: nothing but its path while a preview does not know it. */
export function unlessMissing<T extends CertificateSource | KeySource>(
  output: pulumi.Output<T | undefined>,
  path: string,
  given: unknown,
): pulumi.Output<T | undefined> {
  return given === undefined ? output : asKnown<T | undefined>(output, { path, diagnostics: [] } as unknown as T);
}

/** Returns the name of a server as certificates contain it; undefined for another value. */
export function validName(name: unknown): string | undefined {
  return hasShape(stringShape, name) && hostDiagnostics("", name).length === 0 ? (name as string) : undefined;
}

/** Checks the name of a server. */
export function serverNameDiagnostics(path: string, name: unknown): Diagnostic[] {
  return diagnose({
    code: "NA1810",
    path,
    value: name,
    problem:
      name === undefined || validName(name) !== undefined
        ? undefined
        : "is not a host name or an IP address, as certificates contain it",
    remedy: "Use a name in the certificate, such as `nats.example.org`.",
  });
}

/** Returns the name of the servers in their certificates for clients. */
export function serverNameOf(tls: ClusterTls | undefined): pulumi.Output<string | undefined> {
  return pulumi.output(wellFormed<ClusterTls>(tls).serverName);
}
