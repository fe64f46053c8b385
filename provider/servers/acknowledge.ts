import { complaints, eventually, reloadOutcome, saysReady } from "./log";
import { ServerRefusal } from "./server";

/** Milliseconds that a server has to start: one that cannot ends at once, but one with many streams reads them first. */
const START_TIMEOUT = 600_000;

/** Milliseconds that a server has to acknowledge a reload. */
const RELOAD_TIMEOUT = 60_000;

/** What to do when a server cannot be started, mostly because one of its ports is taken. */
export const GO_ON = "Free what it asks for, or give the server other ports; the next update goes on from here.";

/**
 * Waits until a server that was started says that it is ready.
 *
 * @param server what the program calls the server
 * @param lines what it has logged since
 * @param isThere whether it still runs
 * @param advice what stands behind the server's own words
 * @throws ServerRefusal with the server's own words
 */
export async function started(
  server: string,
  lines: () => Promise<string[]>,
  isThere: () => Promise<boolean>,
  advice: readonly string[] = [],
): Promise<void> {
  const readyOrGone = async () => {
    if (saysReady(await lines())) {
      return "ready";
    }
    return (await isThere()) ? undefined : "gone";
  };
  if ((await eventually(readyOrGone, START_TIMEOUT)) !== "ready") {
    throw new ServerRefusal(server, "did not start", [...complaints(await lines()), ...advice]);
  }
}

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
