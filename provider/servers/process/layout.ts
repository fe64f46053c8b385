import { basename, dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { MAIN_FILE } from "../server";

/*
 * The folders of a cluster whose servers are processes of this machine:
 *
 *   <cluster>/static/<16 hex digits>/nats-server, nats.conf, routes.conf, nats.log
 *   <cluster>/static/store/
 *   <cluster>/operator/…
 *
 * A folder with a number for a name is a place, which a server keeps as long as all changes can be reloaded. What streams
 * store lies beside the places and outlives them.
 */

/** The folder of all clusters, in the folder in which programs of a user keep their state. */
export const STATE_FOLDER = "pulumi-nats-auth";

/** The link in a place to the executable that runs there. */
export const EXECUTABLE = "nats-server";

/** The log in a place. The server renames it when it has become long, and begins another one. */
export const LOG_FILE = "nats.log";

/** Where streams are stored, from a place. */
export const STORE = "../store";

const PLACE = /^[0-9a-f]{16}$/;

/** Random bytes of a place's name. */
export const PLACE_BYTES = 8;

/** True for the path of a place. */
export function isPlace(path: string): boolean {
  return PLACE.test(basename(path));
}

/** The file that the server of a place is started with. */
export function configOf(place: string): string {
  return join(place, MAIN_FILE);
}

/** The executable that runs in a place. */
export function executableOf(place: string): string {
  return join(place, EXECUTABLE);
}

/** Stands before the file that a server is started with. */
export const CONFIG_FLAG = "--config=";

/** The command line of the server of a place. It is also how a running one is known. */
export function commandOf(place: string): readonly [executable: string, argument: string] {
  return [executableOf(place), CONFIG_FLAG + configOf(place)];
}

/** The place that a command line is the server's of, if it is one's. */
export function placeOf(command: readonly string[]): string | undefined {
  const place = dirname(command[0] ?? "");
  return isPlace(place) && isDeepStrictEqual(command, commandOf(place)) ? place : undefined;
}

/** The folder that holds the places of one server of a cluster. */
export function serverFolder(cluster: string, side: string): string {
  return join(cluster, side);
}
