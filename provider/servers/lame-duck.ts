/**
 * Milliseconds that clients have to move to another server, after the server told them that it is about to stop.
 *
 * The server's own grace period is 10 seconds, and after it the server closes one client after the other for up to two
 * minutes. That spreads the clients over the servers that remain. Here they all come back to the very server that is
 * restarted: whoever is sent away first waits longest, longer than a client of nats.js goes on trying. So the server is
 * interrupted when this time is over.
 */
export const LAME_DUCK_GRACE = 2_000;
