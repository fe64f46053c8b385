import type { Diagnostic } from "../form/diagnostics";
import { shown } from "../form/diagnostics";
import { sortedSet } from "../form/order";
import { listOf, text, type Shape } from "../form/shape";

/** All ways to connect that the servers tell apart. */
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
 * A way to connect: as an ordinary client, over a WebSocket, as a leaf node, as a leaf node over a WebSocket, by MQTT, by
 * MQTT over a WebSocket, or from within the server's own process.
 */
export type ConnectionType = (typeof CONNECTION_TYPES)[number];

/** The shape of a list of connection types. */
export const CONNECTIONS: Shape = listOf(text);

/**
 * All that is wrong with a list of connection types; paths start at the list. One that is not known keeps a static server
 * from starting.
 */
export function connectionTypesDiagnostics(types: readonly string[]): Diagnostic[] {
  if (types.length === 0) {
    const problem = "is an empty list, by which the servers would allow every way to connect";
    return [{ path: "", value: "[]", problem, remedy: "Write a connection type, or leave the list out." }];
  }
  const known: readonly string[] = CONNECTION_TYPES;
  const problem = `is no connection type; the types are ${CONNECTION_TYPES.join(", ")}`;
  return types.flatMap((type, index) =>
    known.includes(type)
      ? []
      : [{ path: `[${index}]`, value: shown(type), problem, remedy: "Write one of them, in capitals." }],
  );
}

/** The same connection types, sorted and without repetition. */
export function normalConnectionTypes(types: readonly ConnectionType[]): ConnectionType[] {
  return sortedSet(types) as ConnectionType[];
}
