import type { Access } from "../access/access";
import { isConnectionType, type ConnectionType } from "../access/connection-types";
import type { ListedAccount } from "../account/account";
import { diagnose, displayList, type Diagnostic } from "../../diagnostics/diagnostic";
import { findHolders } from "./account-paths";
import { PROTOCOL_PORT, type Protocol } from "./protocols";

/** What a server accepts connections on. A server that is embedded in a program accepts connections of that program. */
type Listener = "client" | Protocol | "embedding program";

/** The listeners that a connection of each type requires. */
const REQUIRED: Readonly<Record<ConnectionType, readonly Listener[]>> = {
  STANDARD: ["client"],
  WEBSOCKET: ["websocket"],
  LEAFNODE: ["leafNodes"],
  LEAFNODE_WS: ["leafNodes", "websocket"],
  MQTT: ["mqtt"],
  MQTT_WS: ["mqtt", "websocket"],
  IN_PROCESS: ["embedding program"],
};

/** What each server of a cluster has a listener for, besides NATS clients. */
type Servers = readonly (readonly Protocol[])[];

/** Servers that accept NATS clients alone. */
const CLIENTS_ALONE: Servers = [[]];

/** True when a server has the listeners for a type. The types that servers do not know are checked elsewhere. */
function isPossible(type: ConnectionType, servers: Servers): boolean {
  return !isConnectionType(type) || servers.some((protocols) => missingListeners(type, protocols).length === 0);
}

function missingListeners(type: ConnectionType, protocols: readonly Protocol[]): Listener[] {
  const listeners: readonly Listener[] = ["client", ...protocols];
  return REQUIRED[type].filter((listener) => !listeners.includes(listener));
}

/** The types of connections that servers accept, as text. */
function possibleTypes(servers: Servers): string {
  return displayList((Object.keys(REQUIRED) as ConnectionType[]).filter((type) => isPossible(type, servers)));
}

/** Returns why nobody can log in with an access: no server has a listener for the types of connections that it allows. */
export function listenerProblem(
  { connectionTypes = [] }: Pick<Access, "connectionTypes">,
  servers: Servers = CLIENTS_ALONE,
): string | undefined {
  return connectionTypes.length === 0 || connectionTypes.some((type) => isPossible(type, servers))
    ? undefined
    : `contains only types without a listener, so nobody can log in; the servers accept ${possibleTypes(servers)}`;
}

/**
 * Finds users and roles that nobody can log in with: they accept no type of connection for which a server has a listener, or only
 * MQTT, without what it requires.
 */
export function listenerDiagnostics(
  accounts: readonly ListedAccount[],
  servers: Servers = CLIENTS_ALONE,
): Diagnostic[] {
  return findHolders(accounts).flatMap(({ path, access, account }) => [
    ...diagnose({
      code: "NA1410",
      path: `${path}.connectionTypes`,
      value: access.connectionTypes,
      problem: listenerProblem(access, servers),
      remedy: listenerRemedy(access, servers),
    }),
    ...(servers.some((protocols) => protocols.includes("mqtt")) ? mqttDiagnostics(path, access, account) : []),
  ]);
}

/** Names the ports that are missing for the first type that a server can have a listener for. */
function listenerRemedy({ connectionTypes = [] }: Access, servers: Servers): string {
  const type = connectionTypes.find((one) => isConnectionType(one) && one !== "IN_PROCESS");
  const ports = type === undefined ? [] : missingListeners(type, servers[0] ?? []).flatMap(portOf);
  return (
    (ports.length === 0 ? "Add" : `Set ${ports.join(" and ")} of a server, or add`) +
    ` ${possibleTypes(servers)}, or remove the property to accept every type.`
  );
}

function portOf(listener: Listener): string[] {
  return listener === "client" || listener === "embedding program" ? [] : [`\`${PROTOCOL_PORT[listener]}\``];
}

const MQTT_TYPES: readonly ConnectionType[] = ["MQTT", "MQTT_WS"];

/** MQTT clients send the JWT as their password, and cannot sign. Their sessions are streams of the account. */
function mqttDiagnostics(
  path: string,
  { connectionTypes = [], bearer }: Access,
  { jetstream }: Pick<ListedAccount, "jetstream">,
): Diagnostic[] {
  const isAlone = connectionTypes.length > 0 && connectionTypes.every((type) => MQTT_TYPES.includes(type));
  const only = "permits MQTT alone";
  return [
    ...diagnose({
      code: "NA1415",
      path: `${path}.connectionTypes`,
      value: connectionTypes,
      problem:
        isAlone && bearer !== true ? `${only}, over which clients cannot sign, and \`bearer\` is not set` : undefined,
      remedy: "Set `bearer: true`, or add another type.",
    }),
    ...diagnose({
      code: "NA1416",
      path: `${path}.connectionTypes`,
      value: connectionTypes,
      problem:
        isAlone && jetstream === undefined ? `${only}, which requires JetStream, and the account has none` : undefined,
      remedy: "Set `jetstream` of the account, or add another type.",
    }),
  ];
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
