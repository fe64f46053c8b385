import type { Diagnostic } from "../../diagnostics/diagnostic";
import { diagnose } from "../../diagnostics/diagnostic";
import { sortUnique } from "../form/order";
import { listOf, stringShape, type Shape } from "../form/shape";

/** The connection types of nats-server. */
export const CONNECTION_TYPES = [
  "STANDARD",
  "WEBSOCKET",
  "LEAFNODE",
  "LEAFNODE_WS",
  "MQTT",
  "MQTT_WS",
  "IN_PROCESS",
] as const;

/**
 * A type of connection: a NATS client, a NATS client over WebSocket, a leaf node, a leaf node over WebSocket, MQTT, MQTT over
 * WebSocket, or a client within the process of the server.
 */
export type ConnectionType = (typeof CONNECTION_TYPES)[number];

/** The shape of a list of connection types. */
export const CONNECTIONS: Shape = listOf(stringShape);

/** Finds problems with a list of connection types; paths start at the list. A static server rejects unknown types. */
export function connectionTypesDiagnostics(types: readonly string[]): Diagnostic[] {
  if (types.length === 0) {
    const problem = "is an empty list, which servers treat as every connection type";
    const remedy = "Add a type, or remove the property to accept every type.";
    return diagnose({ code: "NA1201", value: types, problem, remedy });
  }
  return types.flatMap((type, index) =>
    diagnose({
      code: "NA1210",
      path: `[${index}]`,
      value: type,
      problem: isConnectionType(type)
        ? undefined
        : `is not a known connection type; known types: ${CONNECTION_TYPES.join(", ")}`,
      remedy: "Use one of these types, in capitals.",
    }),
  );
}

/** Returns whether a text is a connection type of nats-server. */
export function isConnectionType(type: string): type is ConnectionType {
  return (CONNECTION_TYPES as readonly string[]).includes(type);
}

/** Sorts connection types and removes duplicates. */
export function normalizeConnectionTypes(types: readonly ConnectionType[]): ConnectionType[] {
  return sortUnique(types) as ConnectionType[];
}
