import type { ConfigFiles } from "./server";

/** What servers are together, and what in their configurations matters to each other. */
export interface Cluster {
  /** Waits until the servers that run are linked. */
  readonly linked: () => Promise<void>;
  /**
   * Waits until a server in its new place is linked with one that still runs in its old place, where the new and the old
   * configuration allow that.
   */
  readonly linkedInBetween: () => Promise<void>;
  /**
   * True when a server that goes from one configuration to another one forgets accounts. What other servers told it of
   * their clients in these accounts is then lost; when it is to know the accounts again, it is not told a second time, but
   * over new routes.
   */
  readonly forgets: (from: ConfigFiles, to: ConfigFiles) => boolean;
  /** The same configuration in a form with which a server makes its routes anew. */
  readonly anew: (files: ConfigFiles) => ConfigFiles;
  /** True for files in that form. */
  readonly isAnew: (files: ConfigFiles) => boolean;
}
