import type { PreparedChange } from "./prepare";
import type { ConfigFiles } from "./server";

/** The connections between the servers of a cluster, and what in their configurations affects them. */
export interface Cluster {
  /**
   * What the update has already done, as sentences for errors. It grows while the update runs.
   *
   * @default nothing
   */
  readonly done?: readonly string[];
  /**
   * Takes back settings of places with which no server runs yet, such as the image of pods: the update is refused.
   *
   * @default nothing
   */
  readonly returnPlaces?: () => Promise<void>;
  /** Waits until the servers are connected by routes. @param absent the names of servers that do not run */
  readonly waitForRoutes: (absent: readonly string[]) => Promise<void>;
  /**
   * Returns the changes with the restarts that JetStream needs.
   *
   * @throws ServerError when a change would lose stored messages; no server has been changed yet
   */
  readonly protectStreams: (changes: readonly PreparedChange[]) => Promise<readonly PreparedChange[]>;
  /**
   * Deletes the streams that the program gives up: the last step before servers change.
   *
   * @default nothing
   */
  readonly deleteStreams?: () => Promise<void>;
  /**
   * Waits until a running server can stop: the other servers have caught up with every stream. Only as far as the new and the old
   * configuration allow it.
   *
   * @param stopping the name of the server
   * @param absent the names of servers that do not run
   * @throws ServerError when they do not catch up
   */
  readonly waitUntilStoppable: (stopping: string, absent: readonly string[]) => Promise<void>;
  /**
   * Waits until a server that has restarted works together with those that still run as before: there are routes, and the
   * restarted server has caught up with every stream. Only as far as the new and the old configuration allow it.
   *
   * @param absent the names of servers that have not started yet
   */
  readonly waitUntilJoined: (absent: readonly string[]) => Promise<void>;
  /**
   * True when a reload from one configuration to another removes accounts. The server then drops the subscriptions of
   * other servers in these accounts, and receives them again over new routes only.
   */
  readonly removesAccounts: (from: ConfigFiles, to: ConfigFiles) => boolean;
  /** Returns the same configuration in a form that makes a server reconnect its routes when it reloads. */
  readonly toReconnecting: (files: ConfigFiles) => ConfigFiles;
  /** True for files in that form. */
  readonly isReconnecting: (files: ConfigFiles) => boolean;
}
