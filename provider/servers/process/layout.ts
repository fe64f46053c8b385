import { basename, dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { MAIN_FILE } from "../server";

/*
 * The folders of a cluster whose servers are processes on this machine:
 *
 *   <cluster>/<server>/<16 hex digits>/nats-server, nats.conf, routes.conf, nats.log
 *   <cluster>/<server>/store/
 *
 * A folder named by a number is a place. A server keeps its place as long as all changes can be reloaded. JetStream
 * storage is beside the places and outlives them.
 */

/** The folder of all clusters, relative to the folder in which a user's programs keep their state. */
export const STATE_FOLDER = "pulumi-nats-auth";

/** The link in a place to the executable that runs there. */
export const EXECUTABLE = "nats-server";

/** The log in a place. When it becomes long, the server renames it and begins another one. */
export const LOG_FILE = "nats.log";

const STORE_NAME = "store";

/** JetStream storage, relative to a place. */
export const STORE = `../${STORE_NAME}`;

/** Returns the JetStream storage of a server. @param folder the folder that contains its places */
export function storeOf(folder: string): string {
  return join(folder, STORE_NAME);
}

const PLACE = /^[0-9a-f]{16}$/;

/** Random bytes of a place's name. */
export const PLACE_BYTES = 8;

/** True for the path of a place. */
export function isPlace(path: string): boolean {
  return PLACE.test(basename(path));
}

/** Returns the main configuration file of a place. */
export function configOf(place: string): string {
  return join(place, MAIN_FILE);
}

/** Returns the path of the link to the executable of a place. */
export function executableOf(place: string): string {
  return join(place, EXECUTABLE);
}

/** The command-line flag for the main configuration file. */
export const CONFIG_FLAG = "--config=";

/** Returns the command line of a place's server. It also identifies the running process. */
export function commandOf(place: string): readonly [executable: string, argument: string] {
  return [executableOf(place), CONFIG_FLAG + configOf(place)];
}

/** Returns the place to whose server a command line belongs, or undefined for any other program. */
export function placeOf(command: readonly string[]): string | undefined {
  const place = dirname(command[0] ?? "");
  return isPlace(place) && isDeepStrictEqual(command, commandOf(place)) ? place : undefined;
}

/** Returns the folder that contains the places of one server of a cluster. */
export function serverFolder(cluster: string, name: string): string {
  return join(cluster, name);
}
