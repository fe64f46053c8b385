import { normalAccount, type Account } from "../model/account";
import type { Model } from "../model/cluster";
import { ACCOUNT_LIMITS, type AccountLimits } from "../model/limits";
import { sortedBy } from "../model/order";
import { directoryOf, type Directory } from "./directory";
import { header, listenerSections, type Listener } from "./listener";
import { exportLines, importLines } from "./static-shares";
import { block, comment, file, list, setting, settings, type Lines } from "./syntax";
import { permissionsLines, tagComments, usersLines } from "./users";

/** The static side's name of each account limit. */
const LIMIT_KEYS: Readonly<Record<keyof AccountLimits, string>> = {
  connections: "max_connections",
  leafNodes: "max_leafnodes",
  subscriptions: "max_subscriptions",
  payload: "max_payload",
};

/**
 * The configuration of the static server: every account under its public key, every user by its nkey, with all that the
 * other server reads in JWTs.
 */
export function staticConfig(model: Model, listener: Listener): string {
  const directory = directoryOf(model);
  return file([
    header("The static (nkey)", model.operator),
    ...listenerSections(listener),
    [comment(directory.nameOf(model.systemAccount)), setting("system_account", model.systemAccount)],
    block(
      "accounts",
      sortedBy(model.accounts, ({ name }) => name).flatMap((account) =>
        accountLines(normalAccount(account), directory),
      ),
    ),
  ]);
}

function accountLines(account: Account, accounts: Directory): Lines {
  const body = [
    ...block("limits", limitLines(account.limits)),
    ...list(
      "exports",
      (account.exports ?? []).flatMap((entry) => exportLines(entry, account.publicKey, accounts)),
    ),
    ...list(
      "imports",
      (account.imports ?? []).flatMap((entry) => importLines(entry, account.publicKey, accounts)),
    ),
    ...block("default_permissions", permissionsLines(account.defaultPermissions)),
    ...usersLines(account),
  ];
  return [
    comment(account.name),
    ...tagComments(account.tags),
    ...(body.length === 0 ? [`${account.publicKey} {}`] : block(account.publicKey, body)),
  ];
}

function limitLines(limits: AccountLimits | undefined): string[] {
  return settings(Object.fromEntries(ACCOUNT_LIMITS.map((limit) => [LIMIT_KEYS[limit], limits?.[limit]])));
}
