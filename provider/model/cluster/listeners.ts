import type { Access } from "../access/access";
import { isConnectionType, type ConnectionType } from "../access/connection-types";
import type { ListedAccount } from "../account/account";
import { diagnose, displayList, type Diagnostic } from "../../diagnostics/diagnostic";
import { findHolders } from "./account-paths";

/** What a server accepts connections on. A server that is embedded in a program accepts connections of that program. */
type Listener = "client" | "websocket" | "leafnodes" | "mqtt" | "embedding program";

/** The listeners that a connection of each type requires. */
const REQUIRED: Readonly<Record<ConnectionType, readonly Listener[]>> = {
  STANDARD: ["client"],
  WEBSOCKET: ["websocket"],
  LEAFNODE: ["leafnodes"],
  LEAFNODE_WS: ["leafnodes", "websocket"],
  MQTT: ["mqtt"],
  MQTT_WS: ["mqtt", "websocket"],
  IN_PROCESS: ["embedding program"],
};

/** The listeners of the servers of every cluster. */
const LISTENERS: readonly Listener[] = ["client"];

/** True when the servers have a listener for a type. The types that servers do not know are checked elsewhere. */
function isPossible(type: ConnectionType): boolean {
  return !isConnectionType(type) || REQUIRED[type].every((listener) => LISTENERS.includes(listener));
}

/** The types of connections that the servers of every cluster accept. */
const POSSIBLE = displayList((Object.keys(REQUIRED) as ConnectionType[]).filter(isPossible));

/** Returns why nobody can log in with an access: the servers have no listener for the types of connections that it allows. */
export function listenerProblem({ connectionTypes = [] }: Pick<Access, "connectionTypes">): string | undefined {
  return connectionTypes.length === 0 || connectionTypes.some(isPossible)
    ? undefined
    : `contains only types without a listener, so nobody can log in; the servers accept ${POSSIBLE}`;
}

/** Finds users and roles that accept no type of connection for which the servers have a listener: nobody can log in. */
export function listenerDiagnostics(accounts: readonly ListedAccount[]): Diagnostic[] {
  return findHolders(accounts).flatMap(({ path, access }) =>
    diagnose({
      code: "NA1410",
      path: `${path}.connectionTypes`,
      value: access.connectionTypes,
      problem: listenerProblem(access),
      remedy: `Add ${POSSIBLE}, or remove the property to accept every type.`,
    }),
  );
}

/**
 * Finds users and roles whose JWTs log in without a seed, in a cluster with a monitoring port of a server in operator mode. The
 * endpoint `/connz?auth=1` shows the JWTs of connected clients. nats-server leaves out those that contain `bearer_token`
 * themselves, but not those that have it by the scope of the key that signed them.
 *
 * @param port the argument that opens the port
 */
export function monitoredBearerDiagnostics(port: string, accounts: readonly ListedAccount[]): Diagnostic[] {
  return findHolders(accounts).flatMap(({ path, access: { bearer } }) =>
    diagnose({
      code: "NA1412",
      path: `${path}.bearer`,
      problem:
        bearer === true
          ? `makes the JWT a credential, and \`${port}\` shows the JWTs of connected clients to everyone who reaches the port`
          : undefined,
      remedy: "Remove the port, or restrict who can reach it.",
    }),
  );
}

/**
 * Finds users and roles whose JWTs log in without a seed, in a cluster with a server that logs the protocol messages of clients.
 * nats-server removes passwords and signatures from these messages, but not JWTs.
 *
 * @param trace the argument that enables it
 */
export function tracedBearerDiagnostics(trace: string, accounts: readonly ListedAccount[]): Diagnostic[] {
  return findHolders(accounts).flatMap(({ path, access: { bearer } }) =>
    diagnose({
      code: "NA1414",
      path: `${path}.bearer`,
      problem:
        bearer === true
          ? `makes the JWT a credential, and \`${trace}\` writes the JWTs of clients to the log`
          : undefined,
      remedy: "Restrict who can read the log, and disable the trace when it is no longer needed.",
    }),
  );
}
