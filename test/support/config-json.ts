import type { Listener } from "../../provider/config/listener";
import type { Tokens } from "../../provider/config/operator";
import { normalizeAccount, type Account } from "../../provider/model/account/account";
import type { Model } from "../../provider/model/cluster/cluster";
import type { Export } from "../../provider/model/shares/exports";
import { OWN_KEY, type Import } from "../../provider/model/shares/imports";
import type { Users } from "../../provider/model/users/users";

/**
 * A second implementation of the configurations: plain objects as JSON, which nats-server also parses. It shares only the
 * model with the renderer, so if the server parses both texts to the same values, both are correct.
 */

/** Returns the object to which a server should parse the static configuration. */
export function staticObject(model: Model, listener: Listener): object {
  // The server's digest depends on the order of lists. Other tests check that lists are sorted.
  const keys = new Map(model.accounts.map(({ name, publicKey }) => [name, publicKey]));
  const accounts = model.accounts.map((account): [string, object] => [
    account.publicKey,
    accountObject(normalizeAccount(account), keys),
  ]);
  return {
    ...listenerObject(listener),
    system_account: model.systemAccount,
    accounts: Object.fromEntries(accounts),
  };
}

/** Returns the object to which a server should parse the operator configuration. */
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
 * Returns a value as JSON, except for escapes: the server supports `\xNN` instead of `\uNNNN`, and fewer short escapes.
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

/** Public keys of accounts by name. */
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
