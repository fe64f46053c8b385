import type { Account } from "../../model/account/account";
import type { Diagnostic } from "../../model/form/diagnostics";
import { defined, unlessEmpty } from "../../model/form/order";
import type { Permissions } from "../../model/access/permissions";
import type { Role } from "../../model/users/roles";
import { Fields } from "../fields";
import { Notes } from "../notes";
import { checkedToken } from "../token";
import { Unreadable } from "../unreadable";
import { readAccess, readPermissions } from "./access";
import { readAuthorization } from "./authorization";
import { readLimits } from "./limits";
import { readMappings, readTrace } from "./mappings";
import { readExport, readImport, readRevocations } from "./shares";

/** What an account's JWT says. */
export interface ReadAccount {
  /** The account without users: they have JWTs of their own. Every scoped signing key is a role. */
  readonly account: Account;
  /** The public key that signed the JWT: an operator's, or the account's own. */
  readonly issuer: string;
  /** When it was signed, in seconds since 1970. */
  readonly issuedAt: number;
  /** From when it holds, in seconds since 1970. */
  readonly notBefore?: number;
  /** Until when it holds, in seconds since 1970. */
  readonly expires?: number;
  /** What stands in the JWT besides. */
  readonly leftOut: readonly Diagnostic[];
}

/**
 * Reads an account's JWT, of version 1 or 2.
 *
 * @param what what messages call it
 * @throws Unreadable when it is none, or was not signed by an operator or the account
 */
export function readAccount(jwt: string, what: string): ReadAccount {
  const notes = new Notes();
  const { kind, subject, name, says, issuer, issuedAt, notBefore, expires } = checkedToken(jwt, what, notes);
  if (kind !== "account") {
    throw new Unreadable(what, "it is not the JWT of an account");
  }
  const { roles, signingKeys } = readSigningKeys(says);
  const account = defined<Account>({
    name: name ?? subject,
    publicKey: subject,
    users: {},
    roles: unlessEmpty(roles),
    exports: unlessEmpty(says.each("exports").map(readExport)),
    imports: unlessEmpty(says.each("imports").map(readImport)),
    ...readLimits(says),
    mappings: readMappings(says),
    trace: readTrace(says.fields("trace")),
    authorization: readAuthorization(says.fields("authorization")),
    defaultPermissions: readDefaults(says.fields("default_permissions")),
    signingKeys: unlessEmpty(signingKeys),
    revocations: readRevocations(says),
    tags: unlessEmpty(says.texts("tags")),
    description: says.text("description"),
    infoUrl: says.text("info_url"),
  });
  says.leaveOutUnknown();
  notes.check(what);
  const { leftOut } = notes;
  return defined<ReadAccount>({ account, issuer, issuedAt, notBefore, expires, leftOut });
}

function readDefaults(says: Fields | undefined): Permissions | undefined {
  const permissions = says === undefined ? undefined : readPermissions(says);
  says?.leaveOutUnknown();
  return permissions;
}

/** A signing key is its public key, or an object with a scope. */
function readSigningKeys(says: Fields): { roles: Record<string, Role>; signingKeys: string[] } {
  const path = says.pathOf("signing_keys");
  const keys = says.list("signing_keys");
  const roles = new Map<string, Role>();
  keys.forEach((key, index) => {
    if (typeof key !== "string") {
      const scope = new Fields(key, `${path}[${index}]`, says.notes);
      const role = readRole(scope);
      roles.set(nameOf(scope, role, roles), role);
    }
  });
  return { roles: Object.fromEntries(roles), signingKeys: keys.filter((key) => typeof key === "string") };
}

function readRole(scope: Fields): Role {
  const path = scope.pathOf("kind");
  if (scope.text("kind") !== "user_scope") {
    scope.notes.wrong(path, "is not user_scope");
  }
  const template = scope.fields("template");
  const role = defined<Role>({
    ...(template === undefined ? {} : readAccess(template, 0)),
    signingKey: scope.text("key") ?? "",
    description: scope.text("description"),
  });
  template?.leaveOutUnknown();
  return role;
}

/** The name of a role. Roles of tokens need none, and can share one; in the model each has its own. */
function nameOf(scope: Fields, { signingKey }: Role, others: ReadonlyMap<string, Role>): string {
  const path = scope.pathOf("role");
  const name = scope.text("role") ?? "";
  scope.leaveOutUnknown();
  if (name !== "" && !others.has(name)) {
    return name;
  }
  const problem = name === "" ? "is missing" : "is the name of another role, too";
  scope.notes.leaveOut(path, problem, "The role goes by its key: give it another name.");
  return signingKey;
}
