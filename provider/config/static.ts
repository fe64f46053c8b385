import { normalAccount, type Account } from "../model/account";
import type { Model } from "../model/cluster";
import type { Export } from "../model/exports";
import { importedSubject, type Import } from "../model/imports";
import { ACCOUNT_LIMITS, type AccountLimits } from "../model/limits";
import { sortedBy } from "../model/order";
import { header, listenerSections, type Listener } from "./listener";
import { block, comment, file, inline, list, setting, settings, type Lines } from "./syntax";
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
  const names = namesByKey(model);
  return file([
    header("The static (nkey)", model.operator),
    ...listenerSections(listener),
    [comment(names(model.systemAccount)), setting("system_account", model.systemAccount)],
    block(
      "accounts",
      sortedBy(model.accounts, ({ name }) => name).flatMap((account) => accountLines(normalAccount(account), names)),
    ),
  ]);
}

type NameOf = (publicKey: string) => string;

function namesByKey({ accounts }: Model): NameOf {
  const names = new Map(accounts.map(({ name, publicKey }) => [publicKey, name]));
  return (publicKey) => names.get(publicKey) ?? publicKey;
}

function accountLines(account: Account, names: NameOf): Lines {
  const body = [
    ...block("limits", limitLines(account.limits)),
    ...list("exports", (account.exports ?? []).map(exportLine)),
    ...list(
      "imports",
      (account.imports ?? []).flatMap((entry) => importLines(entry, account.publicKey, names)),
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

function exportLine(entry: Export): string {
  const { type, subject, responseType, responseThreshold, latency, accountTokenPosition, allowTrace } = entry;
  const measured = latency === undefined ? [] : settings({ sampling: latency.sampling, subject: latency.results });
  return inline([
    setting(type, subject),
    ...settings({ response_type: responseType, response_threshold: responseThreshold }),
    ...(measured.length === 0 ? [] : [`latency: ${inline(measured)}`]),
    ...settings({ account_token_position: accountTokenPosition, allow_trace: allowTrace }),
  ]);
}

function importLines(entry: Import, importer: string, names: NameOf): Lines {
  const { type, account, localSubject, share, allowTrace } = entry;
  const source = `${type}: ${inline(settings({ account, subject: importedSubject(entry, importer) }))}`;
  return [
    comment(`from ${names(account)}`),
    inline([source, ...settings({ to: localSubject, share, allow_trace: allowTrace })]),
  ];
}
