/** The files of a server's configuration by name, such as `nats.conf`. */
export type ConfigFiles = Readonly<Record<string, string>>;

/** The file that a server is started with. */
export const MAIN_FILE = "nats.conf";

/** The current state of a server's place. */
export interface ServerState {
  /** `absent`: the place does not exist. `paused`: the server exists, but is suspended. */
  readonly process: "running" | "stopped" | "paused" | "absent";
  /** The files of the configuration in the place. A missing file is missing here, too. */
  readonly files: ConfigFiles;
  /**
   * True for a server that was started with other settings of its place, so that it must restart.
   *
   * @default false
   */
  readonly isOutdated?: true;
  /**
   * True for a stopped server that its platform starts by itself as soon as it can.
   *
   * @default false
   */
  readonly isAwaited?: true;
  /**
   * Why its platform cannot start an awaited server, or does not reach a running one: what it reports.
   *
   * @default nothing prevents that
   */
  readonly obstacles?: readonly string[];
}

/** What the test of a configuration proves for several servers. */
export interface SharedTest {
  /** Servers with the same text here accept or reject their configurations alike: these differ in names and addresses only. */
  readonly key: string;
  /** The digest of the configuration, as nats-server computes it. */
  readonly digest: string;
}

/**
 * One nats-server, on any platform. The code that uses this interface does not depend on containers or processes; its
 * implementations do not depend on accounts.
 */
export interface Server {
  /** The server's name in the program, such as `static`. */
  readonly name: string;
  /** Reads the current state. */
  state(): Promise<ServerState>;
  /**
   * Tests a configuration with the executable that will run it, without affecting the server.
   *
   * @returns the digest of the parsed configuration, which the server logs when it has loaded it
   * @throws ServerRefusal with the output of nats-server
   */
  try(files: ConfigFiles): Promise<string>;
  /**
   * Returns what {@link Server.try} proves for other servers, too: one of several servers then tests for all.
   *
   * @returns undefined for a configuration that is tested by itself
   */
  sharedTest?(files: ConfigFiles): SharedTest | undefined;
  /** Writes the configuration to the place. The server reads it when it starts or reloads. */
  put(files: ConfigFiles): Promise<void>;
  /**
   * Starts a stopped server and waits until it is ready; resumes a paused one. Does nothing if it runs.
   *
   * @throws ServerRefusal with the output of nats-server
   */
  start(): Promise<void>;
  /**
   * Waits until an awaited server runs with the files in its place, but not for long.
   *
   * @returns why it does not run; undefined if it runs
   */
  awaitStart?(): Promise<readonly string[] | undefined>;
  /**
   * Makes the running server reload its configuration, and waits for the result.
   *
   * @param digest what {@link Server.try} returned for this configuration
   * @throws ServerRefusal with the output of nats-server; the old configuration stays active
   */
  reload(digest: string): Promise<void>;
  /** Stops the server in lame duck mode: it accepts no clients and gives the connected ones time to reconnect elsewhere. */
  stop(): Promise<void>;
  /** Returns the last lines of the server's log that report errors, or the last lines of any kind if none does. */
  complaints(): Promise<string[]>;
  /**
   * Finds other places of this server in its cluster in which it has run, the latest first. This server replaces them. They
   * are found on the platform rather than in a state, so that places which a killed update left behind are found, too.
   */
  predecessors(): Promise<Server[]>;
  /** Removes all other places of this server, and unfinished files of killed updates. */
  removeRemains(): Promise<void>;
}
