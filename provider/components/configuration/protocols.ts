import * as pulumi from "@pulumi/pulumi";
import { diagnose, prefixPaths, type Diagnostic } from "../../diagnostics/diagnostic";
import {
  PROTOCOL_NAMES,
  PROTOCOL_PORT,
  PROTOCOLS,
  versionedOriginDiagnostics,
  type Protocol,
  type ProtocolSettings,
} from "../../model/cluster/protocols";
import { checkShape, hasShape, isRecord, listOf, optional, stringShape } from "../../model/form/shape";
import type { Terms } from "../../model/form/terms";
import { asKnown } from "../validation";
import type { DeclaredServer } from "./declared-server";
import type { SharedArgs } from "./server-args";

type ProtocolArgs = Pick<SharedArgs, Protocol>;
type ServerWithPorts = Pick<DeclaredServer, "mode" | "path" | "ports">;

/** Replicas of the streams for MQTT, if there are as many servers. */
const REPLICAS = 3;

/** Returns what each server has a listener for, besides NATS clients. */
export function protocolsOf(servers: readonly Pick<DeclaredServer, "ports">[]): readonly (readonly Protocol[])[] {
  return servers.map(({ ports }) => PROTOCOL_NAMES.filter((name) => ports[PROTOCOL_PORT[name]] !== undefined));
}

/**
 * Returns the settings of all protocols, normalized; undefined if there are none. Invalid ones are left out. With MQTT, they contain the
 * replicas of its streams: nats-server would derive them from the number of its routes, which is one less than that of the servers.
 */
export function normalizeProtocols(
  args: ProtocolArgs,
  servers: readonly Pick<DeclaredServer, "ports">[],
): pulumi.Output<ProtocolSettings> | undefined {
  const defaults = { mqtt: { streamReplicas: servers.length < REPLICAS ? 1 : REPLICAS } };
  const hasMqtt = protocolsOf(servers).some((names) => names.includes("mqtt"));
  if (PROTOCOL_NAMES.every((name) => args[name] === undefined)) {
    return hasMqtt ? pulumi.output(defaults) : undefined;
  }
  const given = Object.fromEntries(PROTOCOL_NAMES.map((name) => [name, args[name]]));
  return pulumi.output(given as pulumi.Input<ProtocolSettings>).apply((known) => {
    const valid = PROTOCOL_NAMES.flatMap((name) => {
      const { [name]: settings } = known;
      return settings === undefined || problemsOf(name, settings).length > 0
        ? []
        : [[name, termsOf(name).normalize(settings)] as const];
    });
    const settings: ProtocolSettings = Object.fromEntries(valid);
    return hasMqtt ? { ...settings, mqtt: { ...defaults.mqtt, ...settings.mqtt } } : settings;
  });
}

/** Checks the ports and the settings of all protocols. @param version of nats-server, if it is known */
export function protocolsArgsDiagnostics(
  args: ProtocolArgs & Pick<SharedArgs, "jetstream">,
  servers: readonly ServerWithPorts[],
  version?: pulumi.Output<string | undefined>,
): pulumi.Output<readonly Diagnostic[]>[] {
  const offered = protocolsOf(servers).flat();
  const isUnused = (name: Protocol) => args[name] !== undefined && !offered.includes(name);
  return [
    pulumi.output([
      ...PROTOCOL_NAMES.flatMap((name) =>
        diagnose({
          code: "NA1763",
          path: name,
          problem: isUnused(name) ? `has no effect, because no server has \`${PROTOCOL_PORT[name]}\`` : undefined,
          remedy: `Set \`${PROTOCOL_PORT[name]}\` of a server, or remove the settings.`,
        }),
      ),
      ...servers.flatMap((server) => mqttDiagnostics(server, args.jetstream !== undefined)),
    ]),
    ...PROTOCOL_NAMES.flatMap((name) => {
      const { [name]: settings } = args;
      return settings === undefined
        ? []
        : [
            pulumi
              .all([settings as pulumi.Input<object | undefined>, asKnown(pulumi.output(version), undefined)])
              .apply(([known, release]) => [
                ...problemsOf(name, known),
                ...(name === "mqtt" ? replicasDiagnostics(known, servers.length) : []),
                ...(name === "websocket" ? cookieDiagnostics(known, servers) : []),
                ...(name === "websocket" ? originsDiagnostics(known, release) : []),
              ]),
          ];
    }),
  ];
}

/** Checks that there are as many servers as replicas: otherwise, no MQTT client could log in. */
function replicasDiagnostics(mqtt: unknown, count: number): Diagnostic[] {
  const replicas = isRecord(mqtt) ? mqtt.streamReplicas : undefined;
  return diagnose({
    code: "NA1767",
    path: "mqtt.streamReplicas",
    value: replicas,
    problem:
      typeof replicas === "number" && replicas > count && count > 0
        ? `is more than the number of servers, ${count}: their streams could not be created, so no MQTT client could log in`
        : undefined,
    remedy: "Reduce it, or add servers.",
  });
}

/** Servers in static mode read no cookie. */
function cookieDiagnostics(websocket: unknown, servers: readonly ServerWithPorts[]): Diagnostic[] {
  const offering = servers.filter(({ ports }) => ports.websocketPort !== undefined);
  const isUnused = offering.length > 0 && offering.every(({ mode }) => mode === "static");
  return diagnose({
    code: "NA1763",
    path: "websocket.jwtCookie",
    problem:
      isUnused && isRecord(websocket) && websocket.jwtCookie !== undefined
        ? "has no effect: only servers in operator mode read it, and none has `websocketPort`"
        : undefined,
    remedy: "Set `websocketPort` of a server in operator mode, or remove the property.",
  });
}

/** Checks that the servers accept all origins. */
function originsDiagnostics(websocket: unknown, version: string | undefined): Diagnostic[] {
  const origins = isRecord(websocket) ? websocket.allowedOrigins : undefined;
  return version !== undefined && hasShape(listOf(stringShape), origins)
    ? prefixPaths("websocket", versionedOriginDiagnostics(origins as readonly string[], version))
    : [];
}

function mqttDiagnostics({ mode, path, ports }: ServerWithPorts, hasJetStream: boolean): Diagnostic[] {
  if (ports.mqttPort === undefined) {
    return [];
  }
  return [
    ...diagnose({
      code: "NA1764",
      path: `${path}.mqttPort`,
      problem:
        mode === "static"
          ? "has no effect on a static server: MQTT clients cannot sign, so none could log in with an nkey"
          : undefined,
      remedy: "Remove it. MQTT clients of the same accounts can connect to a server in operator mode.",
    }),
    ...diagnose({
      code: "NA1765",
      path: `${path}.mqttPort`,
      problem: hasJetStream ? undefined : "requires JetStream, which stores the sessions of MQTT clients",
      remedy: "Set `jetstream` of the cluster and of the accounts with MQTT clients.",
    }),
  ];
}

function termsOf(name: Protocol): Terms<object> {
  return PROTOCOLS[name] as Terms<object>;
}

function problemsOf(name: Protocol, settings: object | undefined): Diagnostic[] {
  const terms = termsOf(name);
  return prefixPaths(
    name,
    checkShape<object | undefined>("", optional(terms.keys), settings, (given = {}) => terms.diagnostics(given)),
  );
}
