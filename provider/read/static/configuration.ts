import type { Diagnostic } from "../../diagnostics/diagnostic";
import { keyPath } from "../../diagnostics/diagnostic";
import { omitUndefined } from "../../model/form/order";
import { parseConfig, type ConfigSource, type IncludedFiles } from "../../language/parse";
import { Section } from "../../language/section";
import type { Acceptances } from "../../parity/acceptance";
import type { Problem } from "../../diagnostics/unreadable";
import { Fields } from "../fields";
import { Notes } from "../notes";
import { readAccount, type StaticAccount } from "./account";
import { nameSubjects } from "./account-names";
import { readCallout, type CalloutAccounts } from "./callout";
import { FoundInFile } from "./found-in-file";
import { GLOBAL_ACCOUNT, readGlobalAccount, readServerJetStream } from "./global-account";
import { leaveOutAnonymousAccess, leaveOutDefaultUser, leaveOutSingleLogin } from "./logins";
import { leaveOutServerSettings, mapsCertificates, noteOperatorMode } from "./server-settings";

/** The accounts of a static configuration. */
export interface StaticConfiguration {
  /** The system account's name. */
  readonly systemAccount?: string;
  /** The accounts by name, in the order of the configuration. */
  readonly accounts: Readonly<Record<string, StaticAccount>>;
  /** The nkeys of all users, also of those that are not adopted. */
  readonly userKeys: readonly string[];
  /** The directory above the streams of the accounts, if the configuration sets it. */
  readonly storeDirectory?: string;
  /** Everything without a place in the model. */
  readonly leftOut: readonly Diagnostic[];
}

/** The account that is the system account if the configuration names no other. */
const DEFAULT_SYSTEM_ACCOUNT = "$SYS";

/**
 * Reads the accounts of a static configuration of nats-server.
 *
 * @param accept accepted security gaps by path, each with a reason
 * @throws Unreadable when the configuration is invalid, or has a security gap that is not accepted
 */
export function readConfiguration(
  source: ConfigSource,
  files: IncludedFiles,
  accept: Acceptances = {},
): StaticConfiguration {
  const notes = new Notes();
  const top = new Fields(parseConfig(source, files), "", notes);
  if (noteOperatorMode(top)) {
    notes.check(source.file);
  }
  const read = readTop(top);
  notes.check(source.file, accept);
  return { ...read, leftOut: notes.leftOut };
}

function readTop(top: Fields): Omit<StaticConfiguration, "leftOut"> {
  const blocks = readAccountBlocks(top);
  const found = new FoundInFile(top.notes, new Set(blocks.keys()), mapsCertificates(top));
  const systemAccount = readSystemAccount(top, found);
  const authorization = top.fields("authorization");
  const jetstream = readServerJetStream(top);
  const declared = [...blocks].map(([name, fields]): [string, StaticAccount] => [
    name,
    readAccount(name, fields, found),
  ]);
  // nats-server ignores the system account when it looks for accounts.
  const isOnlyAccount = [...blocks.keys()].every((name) => name === systemAccount);
  const global = readGlobalAccount(top, authorization, found, jetstream.isEnabled && isOnlyAccount);
  const all = [...declared, ...(global === undefined ? [] : [[GLOBAL_ACCOUNT, global] as const])];
  const accounts = omitStreams(Object.fromEntries(all), systemAccount, jetstream.isEnabled, top.notes);
  noteOtherLogins(top, authorization, found, isOnlyAccount);
  const withCallout = addCallout({ accounts, systemAccount }, authorization, found);
  authorization?.leaveOutUnknown();
  leaveOutServerSettings(top);
  return omitUndefined<Omit<StaticConfiguration, "leftOut">>({
    systemAccount,
    accounts: nameSubjects(omitUndefined({ accounts: withCallout, systemAccount }), top.notes),
    userKeys: found.userKeys,
    storeDirectory: jetstream.storeDirectory,
  });
}

/** Reads `accounts`: a block for each account, or a list of names. */
function readAccountBlocks(top: Fields): ReadonlyMap<string, Fields> {
  const path = top.pathOf("accounts");
  const accounts = top.take("accounts") ?? [];
  const blocks = toEntries(accounts);
  if (blocks === undefined) {
    top.notes.wrong("NA3013", path, "must be an object of accounts or a list of account names");
  }
  const fields = (blocks ?? []).map(([name, value]): [string, Fields] => {
    const at = accounts instanceof Section ? keyPath(path, name) : path;
    if (name === GLOBAL_ACCOUNT) {
      top.notes.wrong("NA3014", at, "is the account of users outside of accounts, which servers reserve");
    }
    return [name, new Fields(value, at, top.notes)];
  });
  return new Map(fields);
}

function toEntries(accounts: unknown): (readonly [string, unknown])[] | undefined {
  if (accounts instanceof Section) {
    return accounts.entries().filter(([name]) => !accounts.isVariable(name));
  }
  const isList = Array.isArray(accounts) && accounts.every((name) => typeof name === "string");
  return isList ? accounts.map((name) => [name, new Section()]) : undefined;
}

/** Reads the name of the system account. */
function readSystemAccount(top: Fields, found: FoundInFile): string | undefined {
  const path = top.pathOf("system_account", "system");
  const name = top.text("system_account", "system");
  if (name !== undefined && name !== DEFAULT_SYSTEM_ACCOUNT && name !== GLOBAL_ACCOUNT) {
    found.checkAccount(path, name);
  }
  return name ?? (found.accounts.has(DEFAULT_SYSTEM_ACCOUNT) ? DEFAULT_SYSTEM_ACCOUNT : undefined);
}

/** Names JetStream of accounts where it has no effect: of the system account, and of every account if the server has none. */
function omitStreams(
  accounts: Readonly<Record<string, StaticAccount>>,
  systemAccount: string | undefined,
  isEnabled: boolean,
  notes: Notes,
): Readonly<Record<string, StaticAccount>> {
  const entries = Object.entries(accounts).map(([name, account]): [string, StaticAccount] => {
    const reason = name === systemAccount ? OF_SYSTEM : isEnabled ? undefined : OFF;
    if (account.jetstream === undefined || reason === undefined) {
      return [name, account];
    }
    notes.leaveOut({ ...reason, path: `${keyPath("accounts", name)}.jetstream` });
    return [name, omitUndefined<StaticAccount>({ ...account, jetstream: undefined })];
  });
  return Object.fromEntries(entries);
}

const OF_SYSTEM: Problem = {
  code: "NA3022",
  problem: "has no effect: nats-server does not give JetStream to the system account",
  remedy: "No action is needed.",
};

const OFF: Problem = {
  code: "NA3022",
  problem: "has no effect, because the configuration does not enable JetStream of the server",
  remedy: "If an option such as `-js` enables it, set `jetstream: enabled` at the top of the configuration.",
};

/** Names logins that are not users: a single user, a token, and clients without credentials. */
function noteOtherLogins(
  top: Fields,
  authorization: Fields | undefined,
  found: FoundInFile,
  isOnlyAccount: boolean,
): void {
  const hasSingle = authorization !== undefined && leaveOutSingleLogin(authorization);
  const hasDefault = leaveOutDefaultUser(top);
  // A server whose only users are those of the system account admits everyone else to the global account.
  const isOpen = !found.hasUsers || (isOnlyAccount && authorization === undefined && !hasDefault);
  if (isOpen && !hasSingle) {
    leaveOutAnonymousAccess(top, GLOBAL_ACCOUNT);
  }
  authorization?.take("timeout");
}

/** Adds the auth callout, if there is one, to its account. */
function addCallout(
  all: CalloutAccounts,
  authorization: Fields | undefined,
  found: FoundInFile,
): Readonly<Record<string, StaticAccount>> {
  const { accounts } = all;
  const callout = readCallout(authorization, all, found);
  const account = callout && accounts[callout.account];
  // It requires a proxy of clients that are neither adopted nor asked about.
  authorization?.take("proxy_required");
  return callout === undefined || account === undefined
    ? accounts
    : { ...accounts, [callout.account]: { ...account, authorization: callout.authorization } };
}
