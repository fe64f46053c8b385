import { lameDuckTimeIn } from "../config/deployed";
import { MAIN_FILE, type ConfigFiles } from "./server";

/** Milliseconds for a server to become ready. One that cannot start ends at once, but one with many streams reads them first. */
export const START_TIMEOUT = 600_000;

/** Milliseconds for the API server of Kubernetes to respond, and for a command in a container to end. */
export const RESPONSE_TIMEOUT = 30_000;

/** Milliseconds for a server to log the result of a reload. */
export const RELOAD_TIMEOUT = 60_000;

/**
 * Milliseconds for clients to reconnect elsewhere after the server announced its shutdown (lame duck mode).
 *
 * By default nats-server waits 10 seconds, then closes one client after another for up to two minutes, so that clients
 * spread over the remaining servers. Here, all clients return to the server that is being restarted: the client that is
 * closed first waits longest, longer than nats.js tries to reconnect. The server is therefore interrupted after this time.
 */
const LAME_DUCK_GRACE = 2_000;

/** Milliseconds in which a server ends after it has closed its connections in lame duck mode. */
const LAME_DUCK_END = 5_000;

/**
 * Returns the milliseconds after which a server in lame duck mode is interrupted: the time that its configuration sets for this mode,
 * or the time in which clients reconnect.
 *
 * @param files the configuration in the server's place; undefined if it was removed
 */
export function lameDuckTimeout(files: ConfigFiles | undefined): number {
  const own = lameDuckTimeIn(files?.[MAIN_FILE] ?? "");
  return own === undefined ? LAME_DUCK_GRACE : own + LAME_DUCK_END;
}

/** How long a verification waits, in milliseconds. */
export interface CheckTimeouts {
  /** For the servers to form one cluster and load the accounts. */
  readonly cluster: number;
  /** For JetStream, from the beginning. */
  readonly jetstream: number;
}

/** After a restart, servers take up to half a minute to elect leaders, and longer if replicas must catch up. */
export const CHECK_TIMEOUTS: CheckTimeouts = { cluster: 20_000, jetstream: 120_000 };
