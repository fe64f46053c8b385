import * as pulumi from "@pulumi/pulumi";
import { tlsOptionLines } from "../../config/tls";
import { textOf as linesText } from "../../config/lines";
import { diagnose, prefixPaths, type Diagnostic } from "../../diagnostics/diagnostic";
import { parseRendered, toHelmObject, type HelmObject } from "../../kubernetes/helm-values";
import { PROTOCOL_NAMES, type Protocol } from "../../model/cluster/protocols";
import type { Mode } from "../../model/cluster/servers";
import { startupTls, TLS_LISTENERS, type TlsListener } from "../../model/cluster/tls";
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
import type { Inputs } from "./tls-args";

/** TLS of a kind of connections: a Secret in the namespace of the release, and options. */
export interface HelmTlsListener extends Inputs<Omit<TlsOptions, "allowPlaintext">> {
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
  readonly clients?: HelmTlsListener;
  /** TLS of routes, which is mutual: the same for all releases of the cluster. */
  readonly routes?: HelmTlsListener;
  /** TLS of leaf nodes. It turns on their listener. */
  readonly leafNodes?: HelmTlsListener;
  /** TLS of clients over WebSocket. It turns on their listener. */
  readonly websocket?: HelmTlsListener;
  /** TLS of MQTT clients, of servers in operator mode. It turns on their listener. */
  readonly mqtt?: HelmTlsListener;
}

const OPTION_NAMES = (Object.keys(TLS_OPTIONS) as (keyof TlsOptions)[]).filter((name) => name !== "allowPlaintext");
const LISTENER: Shape = objectOf<HelmTlsListener>({
  secretName: anyValue,
  certificate: anyValue,
  key: anyValue,
  ...(Object.fromEntries(OPTION_NAMES.map((name) => [name, anyValue])) as Record<
    Exclude<keyof TlsOptions, "allowPlaintext">,
    Shape
  >),
});

/** The shape of TLS of a release. */
export const HELM_TLS: Shape = optional(
  objectOf<HelmTls>({
    ca: optional(objectOf<HelmAuthorities>({ secretName: anyValue, key: anyValue })),
    clients: optional(LISTENER),
    routes: optional(LISTENER),
    leafNodes: optional(LISTENER),
    websocket: optional(LISTENER),
    mqtt: optional(LISTENER),
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

function isProtocol(kind: TlsListener): kind is Protocol {
  return (PROTOCOL_NAMES as readonly string[]).includes(kind);
}

function optionsOf(listener: Readonly<Record<string, unknown>>): TlsOptions {
  return normalizeOptions(givenOptions(listener));
}

function givenOptions(listener: Readonly<Record<string, unknown>>): TlsOptions {
  return omitUndefined<TlsOptions>(Object.fromEntries(OPTION_NAMES.map((name) => [name, listener[name]])));
}

/** Checks TLS of a release. @param hasCluster whether its servers have routes that the values contain */
export function helmTlsDiagnostics(
  mode: Mode,
  tls: HelmTls | undefined,
  hasCluster: boolean,
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
        code: "NA2107",
        path: "routes",
        problem: known.routes !== undefined && !hasCluster ? "has no effect: the values contain no routes" : undefined,
        remedy: "Remove it, or add `releases` with more than one server.",
      }),
    ]);
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
