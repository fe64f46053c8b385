import { hasMoreAccounts, withAccountsOf } from "../config/known-accounts";
import { ROUTES_FILE } from "../config/listener";
import { areRoutesMadeAnew, routesMadeAnew } from "../config/routes";
import { applyTogether, type Change, type Cluster } from "../servers/apply";
import type { Side } from "../servers/places";
import { MAIN_FILE, type ConfigFiles } from "../servers/server";

/**
 * Brings the two servers of a cluster to new configurations, both or neither.
 *
 * A server drops what another one tells it of an account that it does not know, for ever (nats-server issue 8560). So where
 * there are new accounts, the static server is made to know them first, as accounts without users; then the operator
 * server lets their users in, and at last the static server.
 *
 * @param changes what each server is to run with
 * @param links wait until both servers are linked
 * @throws Error with the refusing server's words, what is in force now, and what to do
 */
export async function changeCluster(
  changes: Readonly<Record<Side, Change>>,
  links: Pick<Cluster, "linked" | "linkedInBetween">,
): Promise<void> {
  const prelude = (present: ConfigFiles) => withNewAccounts(present, changes.static.files);
  await applyTogether([changes.operator, { ...changes.static, prelude }], { ...links, forgets, anew, isAnew });
}

function withNewAccounts(present: ConfigFiles, next: ConfigFiles): ConfigFiles | undefined {
  const config = withAccountsOf(textOf(present, MAIN_FILE), textOf(next, MAIN_FILE));
  return config === undefined ? undefined : { ...present, [MAIN_FILE]: config };
}

function forgets(from: ConfigFiles, to: ConfigFiles): boolean {
  return hasMoreAccounts(textOf(from, MAIN_FILE), textOf(to, MAIN_FILE));
}

function anew(files: ConfigFiles): ConfigFiles {
  return { ...files, [ROUTES_FILE]: routesMadeAnew(textOf(files, ROUTES_FILE)) };
}

function isAnew(files: ConfigFiles): boolean {
  return areRoutesMadeAnew(textOf(files, ROUTES_FILE));
}

function textOf(files: ConfigFiles, name: string): string {
  return files[name] ?? "";
}
