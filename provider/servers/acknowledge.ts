import { complaints, eventually, reloadOutcome } from "./log";
import { ServerRefusal } from "./server";

/** Milliseconds that a server has to acknowledge a reload. */
const RELOAD_TIMEOUT = 60_000;

/**
 * Waits until a server has said how a reload came out.
 *
 * @param server what the program calls the server
 * @param digest the digest of the configuration that it should have loaded
 * @param lines what it has logged since it was told to reload
 * @throws ServerRefusal with the server's own words
 */
export async function acknowledged(server: string, digest: string, lines: () => Promise<string[]>): Promise<void> {
  const outcome = await eventually(async () => reloadOutcome(await lines()), RELOAD_TIMEOUT);
  if (outcome === undefined) {
    throw new ServerRefusal(server, `did not answer a reload within ${RELOAD_TIMEOUT / 1000} seconds`, []);
  }
  if ("refused" in outcome) {
    throw new ServerRefusal(server, "refused to reload its configuration", complaints(await lines()));
  }
  if (outcome.digest !== digest) {
    const what = `loaded another configuration (${outcome.digest}) than the one that was written (${digest})`;
    throw new ServerRefusal(server, what, []);
  }
}
