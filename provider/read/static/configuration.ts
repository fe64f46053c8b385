import type { Diagnostic } from "../../model/form/diagnostics";
import { keyPath } from "../../model/form/diagnostics";
import { defined, unlessEmpty } from "../../model/form/order";
import { Fields } from "../fields";
import { parseConfig, type Source, type Surroundings } from "../language/parse";
import { Section } from "../language/section";
import { Notes } from "../notes";
import { readAccount, readUsers, type StaticAccount } from "./account";
import { readCallout } from "./callout";
import { readPermissions } from "./permissions";

/** What a static configuration says of accounts. */
export interface StaticConfiguration {
  /** The system account's name. */
  readonly systemAccount?: string;
  /** The accounts by name, in the order in which they stand there. */
  readonly accounts: Readonly<Record<string, StaticAccount>>;
  /** What stands there besides: for each thing where, why, and what to do. */
  readonly leftOut: readonly Diagnostic[];
}

/** The account of users that belong to no other. */
const GLOBAL_ACCOUNT = "$G";

/**
 * Reads the accounts of a static configuration of nats-server.
 *
 * @throws Unreadable when it is none
 */
export function readConfiguration(source: Source, surroundings: Surroundings): StaticConfiguration {
  const notes = new Notes();
  const top = new Fields(parseConfig(source, surroundings), "", notes);
  const authorization = top.fields("authorization");
  const accounts = withCallout(Object.fromEntries([...readAccounts(top), ...readGlobal(authorization)]), authorization);
  const systemAccount = top.text("system_account", "system");
  top.leaveOutRest(
    "is a setting of the server, not of its accounts",
    "Where `MixedAuthCluster` has an argument for it, say it there: ports, `bindAddress`, `jetstream`, `trustedProxies`.",
  );
  notes.check(source.file);
  return defined<StaticConfiguration>({
    systemAccount,
    accounts,
    leftOut: notes.leftOut,
  });
}

/** Accounts stand in a section, or in a list of their names. */
function readAccounts(top: Fields): [string, StaticAccount][] {
  const path = top.pathOf("accounts");
  const accounts = top.take("accounts") ?? [];
  if (accounts instanceof Section) {
    const members = accounts.entries().filter(([name]) => !accounts.isVariable(name));
    return members.map(([name, value]) => [name, readAccount(name, value, keyPath(path, name), top.notes)]);
  }
  if (!Array.isArray(accounts) || !accounts.every((name) => typeof name === "string")) {
    top.notes.wrong(path, "is no section of accounts, and no list of names");
    return [];
  }
  return accounts.map((name) => [name, readAccount(name, new Section(), path, top.notes)]);
}

/** The accounts, one of them with the service that decides about clients, if there is one. */
function withCallout(
  accounts: Readonly<Record<string, StaticAccount>>,
  authorization: Fields | undefined,
): Readonly<Record<string, StaticAccount>> {
  const callout = readCallout(authorization?.fields("auth_callout", "auth_hook"), accounts, GLOBAL_ACCOUNT);
  authorization?.leaveOutRest("lets clients in that no JWT can name", "Give each of them an nkey.");
  const account = callout && accounts[callout.account];
  return callout === undefined || account === undefined
    ? accounts
    : { ...accounts, [callout.account]: { ...account, authorization: callout.authorization } };
}

/** Users that stand outside of accounts. */
function readGlobal(authorization: Fields | undefined): [string, StaticAccount][] {
  if (authorization === undefined) {
    return [];
  }
  const says = authorization.fields("default_permission", "default_permissions", "permissions");
  const defaultPermissions = says === undefined ? undefined : unlessEmpty(readPermissions(says));
  const users = readUsers(authorization, defaultPermissions);
  authorization.take("timeout");
  return users.length === 0 ? [] : [[GLOBAL_ACCOUNT, defined<StaticAccount>({ defaultPermissions, users })]];
}
