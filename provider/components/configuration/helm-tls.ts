import * as pulumi from "@pulumi/pulumi";
import { tlsOptionLines } from "../../config/tls";
import { textOf as linesText } from "../../config/lines";
import { diagnose, formatDiagnostics, prefixPaths, type Diagnostic } from "../../diagnostics/diagnostic";
import { parseRendered, toHelmObject, type HelmObject } from "../../kubernetes/helm-values";
import type { Mode } from "../../model/cluster/servers";
import { startupTls, TLS_LISTENERS, type TlsListener } from "../../model/cluster/tls";
import { hubPinWarnings, unverifiedPinDiagnostics } from "../../model/cluster/tls-checks";
import { omitUndefined } from "../../model/form/order";
import { anyValue, objectOf, optional, type Shape } from "../../model/form/shape";
import {
  combinedOptionsDiagnostics,
  normalizeOptions,
  optionsDiagnostics,
  TLS_OPTIONS,
  type TlsOptions,
} from "../../model/tls/options";
import { afterGate, type Gate } from "../validation";
import type { AuthConfigurationArgs } from "./auth-configuration-args";
import type { ResolvedRemotes } from "./remotes";
import type { ClientTls, LeafNodeTls, ProtocolTls, RouteTls, TlsIdentity, WebSocketTls } from "./tls-args";
import { isProtocol, UNUSED_OVER_WEBSOCKET } from "./tls-listener";

/** The Secret with the certificate for a kind of connections, in the namespace of the release. */
export interface HelmTlsListener {
  /** Name of the Secret with the certificate and its private key. The chart mounts it. */
  readonly secretName: pulumi.Input<string>;
  /**
   * Key of the certificate in the Secret.
   *
   * @default "tls.crt", as in Secrets of the type `kubernetes.io/tls`
   */
  readonly certificate?: pulumi.Input<string>;
  /**
   * Key of the private key in the Secret.
   *
   * @default "tls.key"
   */
  readonly key?: pulumi.Input<string>;
}

/** The options that servers of a cluster have for the same connections. */
type OptionsOf<Tls> = Omit<Tls, keyof TlsIdentity | "serverName" | "allowPlaintext">;

/** TLS of client connections of a release. */
export interface HelmClientTls extends HelmTlsListener, OptionsOf<ClientTls> {}

/** TLS of routes of a release. */
export interface HelmRouteTls extends HelmTlsListener, OptionsOf<RouteTls> {}

/** TLS of leaf nodes of a release. */
export interface HelmLeafNodeTls extends HelmTlsListener, OptionsOf<LeafNodeTls> {}

/** TLS of clients over WebSocket of a release. */
export interface HelmWebSocketTls extends HelmTlsListener, OptionsOf<WebSocketTls> {}

/** TLS of MQTT clients of a release. */
export interface HelmMqttTls extends HelmTlsListener, OptionsOf<ProtocolTls> {}

/** The Secret with the certificates of authorities. */
export interface HelmAuthorities {
  /** Name of the Secret. */
  readonly secretName: pulumi.Input<string>;
  /**
   * Key of the certificates in the Secret.
   *
   * @default "ca.crt"
   */
  readonly key?: pulumi.Input<string>;
}

/** TLS of the servers of a release, with certificates in Secrets. */
export interface HelmTls {
  /** Certificates of authorities: the chart has one set for all kinds of connections. Required by `routes` and `verify`. */
  readonly ca?: HelmAuthorities;
  /** TLS of client connections. */
  readonly clients?: HelmClientTls;
  /** TLS of routes, which is mutual: the same for all releases of the cluster. */
  readonly routes?: HelmRouteTls;
  /** TLS of leaf nodes. It turns on their listener. */
  readonly leafNodes?: HelmLeafNodeTls;
  /** TLS of clients over WebSocket. It turns on their listener. */
  readonly websocket?: HelmWebSocketTls;
  /** TLS of MQTT clients, of servers in operator mode. It turns on their listener. */
  readonly mqtt?: HelmMqttTls;
}

const OPTION_NAMES = (Object.keys(TLS_OPTIONS) as (keyof TlsOptions)[]).filter((name) => name !== "allowPlaintext");

/** The shape of TLS of a kind of connections. @param names those of its options */
function listenerShape<Tls extends HelmTlsListener>(
  names: readonly Exclude<keyof Tls, keyof HelmTlsListener>[],
): Shape {
  const members = ["secretName", "certificate", "key", ...names].map((name) => [name, anyValue] as const);
  return optional(objectOf<Tls>(Object.fromEntries(members) as Record<keyof Tls, Shape>));
}

const SHARED = ["minVersion", "cipherSuites", "curves", "timeout"] as const;
const MUTUAL = [...SHARED, "verify", "pinnedCertificates"] as const;

/** The shape of TLS of a release. */
export const HELM_TLS: Shape = optional(
  objectOf<HelmTls>({
    ca: optional(objectOf<HelmAuthorities>({ secretName: anyValue, key: anyValue })),
    clients: listenerShape<HelmClientTls>([...MUTUAL, "handshakeFirst"]),
    routes: listenerShape<HelmRouteTls>([...SHARED, "pinnedCertificates"]),
    leafNodes: listenerShape<HelmLeafNodeTls>([...MUTUAL, "handshakeFirst"]),
    // Those that have no effect there are reported with the reason.
    websocket: listenerShape<HelmMqttTls>(MUTUAL),
    mqtt: listenerShape<HelmMqttTls>(MUTUAL),
  }),
);

/** The values of the chart for each kind of connections, by their name in `config`. */
const CHART: Readonly<Record<TlsListener, string>> = {
  clients: "nats",
  routes: "cluster",
  leafNodes: "leafnodes",
  websocket: "websocket",
  mqtt: "mqtt",
};

/** The values of the chart for TLS. */
export interface HelmTlsValues {
  /** By their name in `config`. */
  readonly config: Readonly<Record<string, HelmObject>>;
  readonly tlsCA?: HelmObject;
  /** What servers read only when they start; undefined if there is nothing. */
  readonly startup: object | undefined;
}

/** TLS of a release, as far as it is known. Only its shape is checked. */
type KnownTls = Partial<Readonly<Record<keyof HelmTls, Readonly<Record<string, unknown>>>>>;

function knownTls(tls: HelmTls | undefined): pulumi.Output<KnownTls> {
  return pulumi.output<unknown>(tls ?? {}) as pulumi.Output<KnownTls>;
}

/** Returns the values of the chart. The arguments are well-formed, and their options valid. */
export function helmTlsValues(tls: HelmTls | undefined): pulumi.Output<HelmTlsValues> {
  return knownTls(tls).apply((known): HelmTlsValues => {
    const { ca } = known;
    const listeners = TLS_LISTENERS.flatMap((kind) => {
      const { [kind]: listener } = known;
      return listener === undefined ? [] : [[kind, listener] as const];
    });
    const options = listeners.map(([kind, listener]) => [kind, optionsOf(listener)] as const);
    const config = listeners.map(([kind, { secretName, certificate, key, ...rest }]) => {
      const merge = toHelmObject(parseRendered(linesText(tlsOptionLines(optionsOf(rest)))));
      const own = omitUndefined<object>({ enabled: true, secretName, cert: certificate, key });
      const values = { tls: Object.keys(merge).length === 0 ? own : { ...own, merge } };
      return [CHART[kind], isProtocol(kind) ? { enabled: true, ...values } : values] as const;
    });
    return omitUndefined<HelmTlsValues>({
      config: Object.fromEntries(config),
      tlsCA: ca === undefined ? undefined : omitUndefined<HelmObject>({ enabled: true, ...ca }),
      startup: startupTls(Object.fromEntries(options), false),
    });
  });
}

/** Returns the value for authorities, if there are any. */
export function authoritiesValues(
  gate: Gate,
  tls: HelmTls | undefined,
  values: pulumi.Output<HelmTlsValues>,
): { readonly tlsCA?: pulumi.Output<HelmObject> } {
  return tls?.ca === undefined ? {} : { tlsCA: afterGate(gate, values).apply(({ tlsCA = {} }) => tlsCA) };
}

function optionsOf(listener: Readonly<Record<string, unknown>>): TlsOptions {
  return normalizeOptions(givenOptions(listener));
}

function givenOptions(listener: Readonly<Record<string, unknown>>): TlsOptions {
  return omitUndefined<TlsOptions>(Object.fromEntries(OPTION_NAMES.map((name) => [name, listener[name]])));
}

/** The servers of a release. */
interface HelmServers {
  readonly mode: Mode;
  /** Whether the values contain routes of the servers. */
  readonly hasCluster: boolean;
}

/** Checks TLS of a release. */
export function helmTlsDiagnostics(
  { jetstream }: Pick<AuthConfigurationArgs, "jetstream">,
  tls: HelmTls | undefined,
  { mode, hasCluster }: HelmServers,
): pulumi.Output<readonly Diagnostic[]> {
  return knownTls(tls).apply((known) => {
    const { ca } = known;
    const found = TLS_LISTENERS.flatMap((kind): Diagnostic[] => {
      const { [kind]: listener } = known;
      if (listener === undefined) {
        return [];
      }
      const given = givenOptions(listener);
      const isMutual = kind === "routes" || given.verify === true;
      return [
        ...prefixPaths(kind, [
          ...secretDiagnostics(listener.secretName),
          ...optionsDiagnostics(given),
          ...combinedOptionsDiagnostics(given),
          ...(kind === "websocket" ? websocketDiagnostics(given) : unverifiedPinDiagnostics("", given, isMutual)),
        ]),
        ...diagnose({
          code: "NA1809",
          path: "ca",
          problem:
            isMutual && ca === undefined ? `is missing: ${kind} must have certificates that it has signed` : undefined,
          remedy: "Set it to the Secret with the certificates of the authorities.",
        }),
      ];
    });
    return prefixPaths("tls", [
      ...(ca === undefined ? [] : prefixPaths("ca", secretDiagnostics(ca.secretName))),
      ...found,
      ...diagnose({
        code: "NA1764",
        path: "mqtt",
        problem:
          known.mqtt !== undefined && mode === "static"
            ? "has no effect on a static server: MQTT clients cannot sign, so none could log in with an nkey"
            : undefined,
        remedy: "Remove it from the values for servers in static mode.",
      }),
      ...diagnose({
        code: "NA1765",
        path: "mqtt",
        problem:
          known.mqtt === undefined || jetstream !== undefined
            ? undefined
            : "requires JetStream, which stores the sessions of MQTT clients",
        remedy: "Set `jetstream` of the configuration and of the accounts with MQTT clients.",
      }),
      ...diagnose({
        code: "NA2107",
        path: "routes",
        problem: known.routes !== undefined && !hasCluster ? "has no effect: the values contain no routes" : undefined,
        remedy: "Remove it, or add `releases` with more than one server.",
      }),
    ]);
  });
}

/** Options that nats-server does not apply to WebSocket. */
const UNUSED: typeof UNUSED_OVER_WEBSOCKET = {
  ...UNUSED_OVER_WEBSOCKET,
  timeout: "has no effect: `handshake_timeout` in `config.websocket.merge` of the chart is the time for this handshake",
};

function websocketDiagnostics(options: TlsOptions): Diagnostic[] {
  return OPTION_NAMES.flatMap((name) =>
    diagnose({
      code: "NA1810",
      path: name,
      problem: options[name] === undefined ? undefined : UNUSED[name],
      remedy: "Remove the property.",
    }),
  );
}

/** Warns of pins of leaf nodes, which apply to hubs, too. @param subject what the values belong to */
export function warnAboutHubPins(
  subject: string,
  tls: HelmTls | undefined,
  remotes: ResolvedRemotes | undefined,
  resource: pulumi.Resource,
): void {
  if (remotes === undefined) {
    return;
  }
  pulumi.all([knownTls(tls), remotes.known]).apply(async ([{ leafNodes = {} }, known]) => {
    const found = hubPinWarnings({ path: "tls.leafNodes", options: givenOptions(leafNodes) }, known);
    await (found.length === 0 ? undefined : pulumi.log.warn(formatDiagnostics(subject, found), resource));
  });
}

function secretDiagnostics(name: unknown): Diagnostic[] {
  return diagnose({
    code: "NA2107",
    path: "secretName",
    value: name,
    problem: typeof name === "string" && name !== "" ? undefined : "is not the name of a Secret",
    remedy: "Use the name of a Secret in the namespace of the release.",
  });
}
