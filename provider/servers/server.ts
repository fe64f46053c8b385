import { indented } from "../config/syntax";

/** The files of a server's configuration by name, such as `nats.conf`. */
export type ConfigFiles = Readonly<Record<string, string>>;

/** The file that a server is started with. */
export const MAIN_FILE = "nats.conf";

/** What is found where a server should run. */
export interface ServerState {
  /** `absent`: there is nothing that could be started. `paused`: it is there, and does nothing. */
  readonly process: "running" | "stopped" | "paused" | "absent";
  /** The configuration's files as they lie there; a missing file is missing here too. */
  readonly files: ConfigFiles;
}

/**
 * What is done to one nats-server, wherever it runs. Everything above this interface knows nothing of containers or
 * processes; everything below it knows nothing of accounts.
 */
export interface Server {
  /** What the program calls it, such as `static`. */
  readonly name: string;
  /** Reads back what is there. */
  state(): Promise<ServerState>;
  /**
   * Has the same program that will run it read a configuration, without touching the server.
   *
   * @returns the digest of the parsed configuration, by which the server acknowledges it later
   * @throws ServerRefusal with the server's own words
   */
  try(files: ConfigFiles): Promise<string>;
  /** Writes the configuration where the server will read it. The server reads it when it starts or reloads. */
  put(files: ConfigFiles): Promise<void>;
  /**
   * Starts a stopped server and waits until it is ready; lets a paused one go on. A running one stays as it is.
   *
   * @throws ServerRefusal with the server's own words
   */
  start(): Promise<void>;
  /**
   * Has the running server read its configuration again, and waits for its acknowledgement.
   *
   * @param digest what {@link Server.try} returned for this configuration
   * @throws ServerRefusal with the server's own words; the old configuration stays in force
   */
  reload(digest: string): Promise<void>;
  /**
   * Stops the server: it takes no more clients, tells those it has, and gives them a moment to move. Nothing happens when
   * it does not run.
   */
  stop(): Promise<void>;
  /**
   * Older places of this server in its cluster, which this one is to replace: those in which it has run, the latest first.
   * They are found where servers run, not in a state, so that none is missed that a killed update left behind.
   */
  predecessors(): Promise<Server[]>;
  /**
   * Takes away every other place of this server, those that it has replaced and those that a killed update left, and what
   * such an update was about to try or to write.
   */
  removeRemains(): Promise<void>;
}

/** A server did not accept a configuration, or did not start or answer with it. */
export class ServerRefusal extends Error {
  readonly code = "SERVER_REFUSAL";
  readonly words: readonly string[];

  /**
   * @param server what the program calls the server
   * @param what what was not accepted, as a clause
   * @param words the server's own words
   * @param origins the parts of the program that the words are about, as far as they tell
   */
  constructor(
    readonly server: string,
    readonly what: string,
    words: readonly string[],
    readonly origins: readonly string[] = [],
  ) {
    const inProgram = origins.length === 0 ? [] : ["In the program, this is:", ...indented(origins)];
    const colon = words.length === 0 ? "" : ":";
    const shown = words.map(withoutPasswords);
    super([`the ${server} server ${what}${colon}`, ...indented(shown), ...inProgram].join("\n"));
    this.words = shown;
    this.name = "ServerRefusal";
  }
}

/** A server's words without what opens its routes: it shows the whole URL of a route that it cannot read. */
function withoutPasswords(words: string): string {
  return words.replace(/(\w+:\/\/[^\s:/@]*:)[^\s@]*@/g, "$1…@");
}
