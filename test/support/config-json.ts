import type { Listener } from "../../provider/config/listener";
import type { Tokens } from "../../provider/config/operator";
import { normalAccount, type Account } from "../../provider/model/account/account";
import type { Model } from "../../provider/model/cluster/cluster";
import type { Export } from "../../provider/model/shares/exports";
import { OWN_KEY, type Import } from "../../provider/model/shares/imports";
import type { Users } from "../../provider/model/users/users";

/**
 * The configurations once more, written by other means: plain objects as JSON, which nats-server reads, too. It shares
 * nothing with the renderer but the model, so two texts that the server parses to the same are both right.
 */

/** The plain object that a static server's configuration should be parsed to. */
export function staticObject(model: Model, listener: Listener): object {
  // The order of a list counts in the server's digest; that lists are sorted is tested elsewhere.
  const keys = new Map(model.accounts.map(({ name, publicKey }) => [name, publicKey]));
  const accounts = model.accounts.map((account): [string, object] => [
    account.publicKey,
    accountObject(normalAccount(account), keys),
  ]);
  return {
    ...listenerObject(listener),
    system_account: model.systemAccount,
    accounts: Object.fromEntries(accounts),
  };
}

/** The plain object that an operator server's configuration should be parsed to. */
export function operatorObject(model: Model, tokens: Tokens, listener: Listener): object {
  return {
    ...listenerObject(listener),
    operator: tokens.operator,
    system_account: model.systemAccount,
    resolver: "MEMORY",
    resolver_preload: tokens.accounts,
  };
}

/**
 * An object as JSON, but for escapes: the server knows `\xNN` where JSON has `\uNNNN`, and not all short ones.
 */
export function natsJson(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(natsJson).join(",")}]`;
  }
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return `{${members.map(([key, member]) => `${natsJson(key)}: ${natsJson(member)}`).join(",")}}`;
  }
  return typeof value === "string" ? `"${Array.from(value, escaped).join("")}"` : String(value);
}

function escaped(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  return code < 0x20 || char === '"' || char === "\\" ? `\\x${code.toString(16).padStart(2, "0")}` : char;
}

function listenerObject(listener: Listener): object {
  const { serverName, clusterName, clientPort, clusterPort, monitoringPort } = listener;
  return {
    server_name: serverName,
    host: "0.0.0.0",
    port: clientPort,
    http: monitoringPort === undefined ? undefined : `0.0.0.0:${monitoringPort}`,
    cluster: { name: clusterName, host: "0.0.0.0", port: clusterPort, no_advertise: true },
  };
}

function accountObject({ publicKey, users, exports, imports, limits }: Account, keys: Keys): object {
  return {
    limits: limits && {
      max_connections: limits.connections,
      max_leafnodes: limits.leafNodes,
      max_subscriptions: limits.subscriptions,
      max_payload: limits.payload,
    },
    exports: exports?.map((entry) => exportObject(entry, publicKey, keys)),
    imports: imports?.map((entry) => importObject(entry, publicKey)),
    users: Object.keys(users).length === 0 ? undefined : userList(users),
  };
}

/** Public keys by name. */
type Keys = ReadonlyMap<string, string>;

function exportObject(entry: Export, exporter: string, keys: Keys): object {
  const { type, subject, importers, latency } = entry;
  const granted = importers?.flatMap((name) => keys.get(name) ?? []);
  return {
    [type]: subject,
    response_type: entry.responseType,
    response_threshold: entry.responseThreshold,
    latency: latency && { sampling: latency.sampling, subject: latency.results },
    accounts: granted?.length === 0 ? [exporter] : granted,
    account_token_position: entry.accountTokenPosition,
    allow_trace: entry.allowTrace,
  };
}

function importObject({ type, account, subject, localSubject, share, allowTrace }: Import, importer: string): object {
  return {
    [type]: { account, subject: subject.replace(OWN_KEY, importer) },
    to: localSubject,
    share,
    allow_trace: allowTrace,
  };
}

function userList(users: Users): object[] {
  const names = Object.keys(users).sort();
  return names.map((name) => ({ nkey: users[name]?.publicKey, permissions: users[name]?.permissions }));
}
