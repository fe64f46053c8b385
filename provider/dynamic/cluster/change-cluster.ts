import { modeIn } from "../../config/deployed";
import { hasNewAccounts, addEmptyAccounts } from "../../config/new-accounts";
import { ROUTES_FILE } from "../../config/listener";
import { hasReopenedRoutes, withReopenedRoutes } from "../../config/routes";
import type { Mode } from "../../model/cluster/servers";
import { applyTogether, type Change } from "../../servers/apply";
import type { MissingServer } from "../../servers/defer";
import type { Cluster } from "../../servers/cluster";
import { MAIN_FILE, type ConfigFiles } from "../../servers/server";

/**
 * Applies new configurations to the servers of a cluster, to all or none.
 *
 * A server permanently drops what another one sends about an account that it does not know (nats-server issue 8560). If
 * there are new accounts, the static servers first load them without users. Then the servers in operator mode let their users
 * connect, and finally the static servers do.
 *
 * @param changes what each server is to run with
 * @param waits wait until the servers work together
 * @returns the servers that do not run
 * @throws Error with the output of a server that rejected its configuration, the active configuration, and what to do
 */
export async function changeCluster(
  changes: readonly Change[],
  waits: Omit<Cluster, "removesAccounts" | "toReconnecting" | "isReconnecting">,
): Promise<readonly MissingServer[]> {
  const inMode = (mode: Mode) =>
    changes
      .filter(({ files }) => modeIn(getText(files, MAIN_FILE)) === mode)
      .map((change): Change => ({ ...change, stage: mode }));
  const withPrelude = (change: Change): Change => ({
    ...change,
    prelude: (present) => addNewAccounts(present, change.files),
  });
  const cluster = { ...waits, removesAccounts, toReconnecting, isReconnecting };
  return applyTogether([...inMode("operator"), ...inMode("static").map(withPrelude)], cluster);
}

/** Adds the accounts of one configuration to another one, without their users. */
function addNewAccounts(present: ConfigFiles, next: ConfigFiles): ConfigFiles | undefined {
  const config = addEmptyAccounts(getText(present, MAIN_FILE), getText(next, MAIN_FILE));
  return config === undefined ? undefined : { ...present, [MAIN_FILE]: config };
}

function removesAccounts(from: ConfigFiles, to: ConfigFiles): boolean {
  return hasNewAccounts(getText(from, MAIN_FILE), getText(to, MAIN_FILE));
}

function toReconnecting(files: ConfigFiles): ConfigFiles {
  return { ...files, [ROUTES_FILE]: withReopenedRoutes(getText(files, ROUTES_FILE)) };
}

function isReconnecting(files: ConfigFiles): boolean {
  return hasReopenedRoutes(getText(files, ROUTES_FILE));
}

function getText(files: ConfigFiles, name: string): string {
  return files[name] ?? "";
}
