import type { Access } from "../../model/access/access";
import type { AccountTerms } from "../../model/account/account-terms";
import type { ConnectionType } from "../../model/access/connection-types";
import type { DeclaredImport } from "../../model/shares/imports";
import { defined, unlessEmpty } from "../../model/form/order";
import type { Permissions } from "../../model/access/permissions";
import { publicKeyProblem } from "../../nkeys/keys";
import { Fields } from "../fields";
import type { Notes } from "../notes";
import { onlyTrue } from "../values";
import { readJetStream, readLimits } from "./limits";
import { readMappings, readTrace } from "./mappings";
import { readPermissions } from "./permissions";
import { readExport, readImport } from "./shares";

/** A user of a static configuration, who logs in with an nkey. */
export interface StaticUser extends Access {
  /** The user's public key (`U…`). */
  readonly publicKey: string;
}

/** An account of a static configuration. Other accounts are known by their names there. */
export interface StaticAccount extends AccountTerms {
  /** The account's public key (`A…`), where its name is one, or it says one. */
  readonly publicKey?: string;
  readonly imports?: readonly DeclaredImport[];
  readonly users: readonly StaticUser[];
}

/** Reads an account of a static configuration. */
export function readAccount(name: string, value: unknown, path: string, notes: Notes): StaticAccount {
  const account = new Fields(value, path, notes);
  const defaults = account.fields("default_permissions");
  const defaultPermissions = defaults === undefined ? undefined : unlessEmpty(readPermissions(defaults));
  const read = defined<StaticAccount>({
    publicKey: keyOf(name, account.text("nkey")),
    exports: unlessEmpty(account.each("exports").map((entry) => readExport(entry, name))),
    imports: unlessEmpty(account.each("imports").map(readImport)),
    limits: readLimits(account.fields("limits")),
    jetstream: readJetStream(account),
    mappings: readMappings(account),
    trace: readTrace(account),
    defaultPermissions,
    users: readUsers(account, defaultPermissions),
  });
  account.leaveOutUnknown();
  return read;
}

/** Servers of one cluster match accounts by their names; so an account that is a key is that key. */
function keyOf(name: string, nkey: string | undefined): string | undefined {
  return publicKeyProblem("account", name) === undefined ? name : nkey;
}

/** Reads a list of users: those with an nkey. The others are named. */
export function readUsers(holder: Fields, defaults: Permissions | undefined): StaticUser[] {
  return holder.each("users").flatMap((user) => {
    const publicKey = user.text("nkey");
    if (publicKey === undefined) {
      user.notes.leaveOut(user.path, "logs in with a password, for which a JWT has no word", "Give the user an nkey.");
      return [];
    }
    return [readUser(user, publicKey, defaults)];
  });
}

/** Permissions that say nothing give everything, and not what the account's defaults are. */
const EVERYTHING: Permissions = { publish: { allow: [">"] }, subscribe: { allow: [">"] } };

function readUser(user: Fields, publicKey: string, defaults: Permissions | undefined): StaticUser {
  const says = user.fields("permission", "permissions", "authorization");
  const own = says === undefined ? undefined : unlessEmpty(readPermissions(says));
  const permissions = says !== undefined && defaults !== undefined ? (own ?? EVERYTHING) : own;
  const types = user.texts("allowed_connection_types", "connection_types", "clients");
  const read = defined<StaticUser>({
    publicKey,
    permissions,
    connectionTypes: unlessEmpty(types.map((type) => type.toUpperCase() as ConnectionType)),
    proxyRequired: onlyTrue(user.flag("proxy_required")),
  });
  user.leaveOutUnknown();
  return read;
}
