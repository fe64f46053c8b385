import { normalAccount, type Account } from "../model/account/account";
import type { Model } from "../model/cluster/cluster";
import type { AccountLimits } from "../model/account/limits";
import { sortedBy } from "../model/form/order";
import type { MessageTrace } from "../model/account/trace";
import { calloutLines } from "./static-callout";
import { directoryOf, type Directory } from "./directory";
import { header, listenerSections, type Listener } from "./listener";
import { jetstreamLines } from "./static-jetstream";
import { mappingLines } from "./static-mappings";
import { exportLines, importLines } from "./static-shares";
import { block, comment, file, inline, list, setting, settings, type Lines } from "./syntax";
import { nobodyLines, permissionsLines, tagComments, usersLines } from "./users";

/**
 * A static server whose only account is the system account lets everyone in without credentials, unless its configuration
 * says something of authorization, whatever that is.
 */
const ALONE: Lines = [
  comment("With this block, nobody is let in who is not listed."),
  ...block("authorization", settings({ timeout: 2 })),
];

/**
 * The configuration of the static server: every account under its public key, every user by its nkey, with all that the
 * other server reads in JWTs.
 */
export function staticConfig(model: Model, listener: Listener): string {
  const directory = directoryOf(model);
  const accounts = sortedBy(model.accounts, ({ name }) => name).map(normalAccount);
  const closed = accounts.some((account) => usersLines(account).length > 0) ? undefined : model.systemAccount;
  return file([
    header("The static (nkey)", model.operator),
    ...listenerSections(listener),
    [comment(directory.nameOf(model.systemAccount)), setting("system_account", model.systemAccount)],
    accounts.length > 1 ? calloutLines(accounts) : ALONE,
    block(
      "accounts",
      accounts.flatMap((account) => accountLines(account, directory, account.publicKey === closed)),
    ),
  ]);
}

/** @param closed true of the account that keeps the server closed when there is no user */
function accountLines(account: Account, accounts: Directory, closed: boolean): Lines {
  const body = [
    ...block("limits", limitLines(account.limits)),
    ...jetstreamLines(account.jetstream),
    ...list(
      "exports",
      (account.exports ?? []).flatMap((entry) => exportLines(entry, account.publicKey, accounts)),
    ),
    ...list(
      "imports",
      (account.imports ?? []).flatMap((entry) => importLines(entry, account.publicKey, accounts)),
    ),
    ...mappingLines(account.mappings),
    ...traceLines(account.trace),
    ...block("default_permissions", permissionsLines(account.defaultPermissions)),
    ...(closed ? nobodyLines() : usersLines(account)),
  ];
  return [
    comment(account.name),
    ...tagComments(account.tags),
    ...(body.length === 0 ? [`${account.publicKey} {}`] : block(account.publicKey, body)),
  ];
}

function traceLines(trace: MessageTrace | undefined): Lines {
  return trace === undefined
    ? []
    : [`msg_trace: ${inline(settings({ dest: trace.destination, sampling: trace.sampling }))}`];
}

/** The limits that the static server keeps; the others are about what is checked beforehand. */
function limitLines(limits: AccountLimits | undefined): string[] {
  return settings({
    max_connections: limits?.connections,
    max_leafnodes: limits?.leafNodes,
    max_subscriptions: limits?.subscriptions,
    max_payload: limits?.payload,
  });
}
