import { createHash } from "node:crypto";
import { emptyToUndefined, omitUndefined, sortBy } from "../../model/form/order";
import { isRecord } from "../../model/form/shape";
import type { Revocations } from "../../model/keys/revocations";
import { normalizeImports, type Import } from "../../model/shares/imports";
import type { NamedAccounts } from "../../model/account/named-accounts";
import type { SignedAccount } from "../checks/account";
import { propertyLines } from "../life-cycle/property-lines";
import { hasUnknown } from "../life-cycle/unknown";
import { showTimes, showTimestamps } from "../life-cycle/shown-times";

/**
 * The texts by which previews show an account. A text is unknown as long as a part of it is, so that keys, which a preview may
 * not know, are apart from the terms. A property is always in the same text: an update must keep to each text that its plan
 * knows.
 */
export interface AccountTexts {
  /** The terms of the account, its users and its roles, without keys. */
  readonly account: string;
  /** The keys, and the times that result from signing. */
  readonly accountKeys: string;
  /** The number of signing keys, and the revocations. Undefined if there are none. */
  readonly accountKeyLists?: string;
  /** The accounts and activations of imports, which are secret if a reference to another account is. */
  readonly accountImports?: string;
}

/** The names of the texts. */
export const ACCOUNT_TEXTS = [
  "account",
  "accountKeys",
  "accountKeyLists",
  "accountImports",
] as const satisfies readonly (keyof AccountTexts)[];

/** An account of which any part may be unknown. Replaced keys and revoked users have properties of their own. */
type Described = Omit<SignedAccount, "previous" | "revoked">;

type Properties = Readonly<Record<string, unknown>>;

const USER_KEYS = ["publicKey", "signingKey", "issuedAt", "expires", "notBefore"];
/** Those of a user with a role, which has the signing key. */
const OWN_USER_KEYS = USER_KEYS.filter((key) => key !== "signingKey");
const ROLE_KEYS = ["signingKey"];
/**
 * Seeds; what another stack remembers, and sets, which are shown elsewhere; and the public key, which is the resource's id.
 */
const NOT_SHOWN = ["signer", "grantSigner", "remembered", "publicKey", "sets", "issued"];

/** Describes an account in normal form. @param issuer its public key; unknown if the signer is */
export function describeAccount(described: Described, issuer: string): AccountTexts {
  const { users, roles, imports, exports, grants, named = {}, ...rest } = described;
  const { signingKeys, authorization, revocations, ...terms } = rest;
  const lists = omitUndefined<object>({
    exports: exportRevocations(exports),
    revocations: showRevocations(revocations),
    signingKeys: countOf(signingKeys),
  });
  return omitUndefined<AccountTexts>({
    account: propertyLines({
      ...except({ ...terms }, NOT_SHOWN),
      authorization: authorizationTerms(authorization, named),
      exports: mapRecords(exports, (entry) => except(entry, ["revocations"])),
      imports: importTerms(imports, named),
      roles: mapRecords(roles, (role) => except(role, ROLE_KEYS)),
      users: mapRecords(users, (user) => except(user, USER_KEYS)),
    }),
    accountKeys: propertyLines({
      issuer,
      authorization: isRecord(authorization) ? except(authorization, ["users"]) : authorization,
      grants,
      roles: mapRecords(roles, (role) => only(role, ROLE_KEYS)),
      signingKeys,
      users: mapRecords(users, (user) => showTimes(only(user, user.role === undefined ? USER_KEYS : OWN_USER_KEYS))),
    }),
    accountKeyLists: emptyToUndefined(lists) && propertyLines(lists),
    accountImports: imports && propertyLines({ imports: mapRecords(imports, importKeys) }),
  });
}

/** Returns the users that need no service, and the names of the accounts that it may choose. */
function authorizationTerms(authorization: unknown, { allowedAccounts }: NamedAccounts): unknown {
  if (!isRecord(authorization)) {
    return authorization;
  }
  const { users } = authorization;
  return { users, allowedAccounts: allowedAccounts ?? countOf(authorization.allowedAccounts) };
}

/** Returns the imports without keys, in an order that does not depend on keys. */
function importTerms(imports: Described["imports"], named: NamedAccounts): unknown {
  const terms = named.imports ?? mapRecords(imports, (entry) => except(entry, ["account", "token"]));
  return isListOfRecords(terms)
    ? emptyToUndefined(sortBy(normalizeImports(terms as unknown as Import[]) ?? [], (entry) => JSON.stringify(entry)))
    : terms;
}

function importKeys({ account, subject, type, token }: Properties): Properties {
  return { account, subject, type, ...(typeof token === "string" ? { token: toDigest(token) } : {}) };
}

/** A JWT is long, and two of the same issuer begin alike. */
function toDigest(token: string): string {
  return hasUnknown(token) ? token : createHash("sha256").update(token).digest("hex").slice(0, 16);
}

/** Returns the revocations of each export that has some; undefined if none has. */
function exportRevocations(exports: unknown): unknown {
  if (!Array.isArray(exports)) {
    return exports;
  }
  const revoking = exports.filter((entry) => !isRecord(entry) || entry.revocations !== undefined);
  return emptyToUndefined(
    mapRecords(revoking, ({ subject, type, revocations }) => ({
      subject,
      type,
      revocations: showRevocations(revocations),
    })) as unknown[],
  );
}

function isListOfRecords(value: unknown): value is Properties[] {
  return Array.isArray(value) && value.every(isRecord);
}

function showRevocations(revocations: unknown): unknown {
  return isRecord(revocations) ? showTimestamps(revocations as Revocations) : revocations;
}

/** Returns the length of a list. */
function countOf(value: unknown): unknown {
  return Array.isArray(value) ? value.length : value;
}

function except(record: Properties, keys: readonly string[]): Properties {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)));
}

function only(record: Properties, keys: readonly string[]): Properties {
  return Object.fromEntries(Object.entries(record).filter(([key]) => keys.includes(key)));
}

/** Changes each known member of a list or a record that is a record itself. */
function mapRecords(value: unknown, change: (record: Properties) => Properties): unknown {
  return mapMembers(value, (member) => (isRecord(member) ? change(member) : member));
}

/** Changes each member of a list or a record. */
function mapMembers(value: unknown, change: (member: unknown) => unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(change);
  }
  return isRecord(value)
    ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, change(member)]))
    : value;
}
