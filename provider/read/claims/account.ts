import type { Account } from "../../model/account/account";
import type { Access } from "../../model/access/access";
import type { Diagnostic } from "../../diagnostics/diagnostic";
import type { Problem } from "../../diagnostics/unreadable";
import { omitUndefined, emptyToUndefined } from "../../model/form/order";
import type { Permissions } from "../../model/access/permissions";
import type { Import } from "../../model/shares/imports";
import type { Role } from "../../model/users/roles";
import { Fields } from "../fields";
import { Notes } from "../notes";
import { readTerms, type TermReaders } from "../term-readers";
import { unexpectedKind, verifyToken, type VerifiedToken } from "../token";
import { NAMED_BY_KEY } from "../values";
import { readAccess, readPermissions } from "./access";
import { readAuthorization } from "./authorization";
import { NO_LIMIT, readJetStream, readLimits } from "./limits";
import { readMappings, readTrace } from "./mappings";
import { readExport, readImport, readRevocations, type ReadImport } from "./shares";

/** The content of an account JWT. */
export interface ReadAccount {
  /** The account without users, which have JWTs of their own. Every scoped signing key is a role. */
  readonly account: Account;
  /** The deprecated claim `to` of the imports that have it. */
  readonly to?: ReadonlyMap<Import, string>;
  /** The public key that signed the JWT: an operator's, or the account's own. */
  readonly issuer: string;
  /** When the JWT was signed, in Unix seconds. */
  readonly issuedAt: number;
  /** When the JWT becomes valid, in Unix seconds. */
  readonly notBefore?: number;
  /** When the JWT expires, in Unix seconds. */
  readonly expires?: number;
  /** Claims without a place in the model. */
  readonly leftOut: readonly Diagnostic[];
}

/** The claims of an account, and the parts of them that several terms share. */
interface AccountClaims {
  readonly token: VerifiedToken;
  readonly claims: Fields;
  /** Limits of the account and of its streams. */
  readonly limits: Fields;
  readonly imports: readonly ReadImport[];
  readonly keys: SigningKeys;
}

const ACCOUNT: TermReaders<Account, AccountClaims> = {
  name: ({ token }) => token.name ?? token.subject,
  publicKey: ({ token }) => token.subject,
  users: () => ({}),
  roles: ({ keys }) => emptyToUndefined(keys.roles),
  exports: ({ claims }) => emptyToUndefined(claims.each("exports").map(readExport)),
  imports: ({ imports }) => emptyToUndefined(imports.map(({ entry }) => entry)),
  limits: ({ limits }) => readLimits(limits),
  jetstream: ({ claims, limits }) => readJetStream(claims, limits),
  mappings: ({ claims }) => readMappings(claims),
  trace: ({ claims }) => readTrace(claims.fields("trace")),
  authorization: ({ claims }) => readAuthorization(claims.fields("authorization")),
  defaultPermissions: ({ claims }) => readDefaults(claims.fields("default_permissions")),
  signingKeys: ({ keys }) => emptyToUndefined(keys.signingKeys),
  revocations: ({ claims }) => readRevocations(claims),
  tags: ({ claims }) => emptyToUndefined(claims.texts("tags")),
  description: ({ claims }) => claims.text("description"),
  infoUrl: ({ claims }) => claims.text("info_url"),
  previous: { absent: "a JWT does not record which keys were replaced" },
  revoked: { absent: "a JWT does not record why a user was revoked; every revocation is read as `revocations`" },
};

/**
 * Reads an account JWT of version 1 or 2.
 *
 * @param origin where the JWT comes from, for messages
 * @throws Unreadable when it is not an account JWT signed by an operator or by the account
 */
export function readAccount(jwt: string, origin: string): ReadAccount {
  const notes = new Notes();
  const token = verifyToken(jwt, origin, notes);
  const { kind, claims, issuer, issuedAt, notBefore, expires } = token;
  if (kind !== "account") {
    throw unexpectedKind(origin, kind, "account");
  }
  const limits = claims.fields("limits") ?? new Fields({}, claims.pathOf("limits"), notes);
  const imports = claims.each("imports").map(readImport);
  const account = readTerms(ACCOUNT, { token, claims, limits, imports, keys: readSigningKeys(claims) });
  limits.leaveOutUnknown();
  claims.leaveOutUnknown();
  notes.check(origin);
  const { leftOut } = notes;
  const to = new Map(imports.flatMap((read) => (read.to === undefined ? [] : [[read.entry, read.to] as const])));
  return omitUndefined<ReadAccount>({
    account,
    to: to.size === 0 ? undefined : to,
    issuer,
    issuedAt,
    notBefore,
    expires,
    leftOut,
  });
}

function readDefaults(claims: Fields | undefined): Permissions | undefined {
  const permissions = claims === undefined ? undefined : readPermissions(claims);
  claims?.leaveOutUnknown();
  return permissions;
}

/** The signing keys of an account: those with a scope by the names of their roles, and those without. */
interface SigningKeys {
  readonly roles: Readonly<Record<string, Role>>;
  readonly signingKeys: readonly string[];
}

/** A signing key, and its role if it has a scope. */
interface SigningKey {
  readonly path: string;
  readonly signingKey: string;
  readonly scope?: { readonly name: string; readonly role: Role };
}

/**
 * Reads `signing_keys`: each entry is a public key, or an object with a scope. Of several entries for one key, servers use
 * the last.
 */
function readSigningKeys(claims: Fields): SigningKeys {
  const path = claims.pathOf("signing_keys");
  const listed = claims
    .list("signing_keys")
    .map((key, index) => readSigningKey(key, `${path}[${index}]`, claims.notes));
  const last = new Map(listed.map((key) => [key.signingKey, key]));
  const roles = new Map<string, Role>();
  for (const key of listed) {
    if (last.get(key.signingKey) !== key) {
      claims.notes.leaveOut({ ...LISTED_AGAIN, path: key.path });
    } else if (key.scope !== undefined) {
      roles.set(toRoleName(key.scope, key.path, roles, claims.notes), key.scope.role);
    }
  }
  const unscoped = [...last.values()].filter(({ scope }) => scope === undefined);
  return { roles: Object.fromEntries(roles), signingKeys: unscoped.map(({ signingKey }) => signingKey) };
}

const LISTED_AGAIN: Problem = {
  code: "NA3022",
  problem: "has no effect: a later entry lists the same key",
  remedy: "No action is needed.",
};

function readSigningKey(key: unknown, path: string, notes: Notes): SigningKey {
  if (typeof key === "string") {
    return { path, signingKey: key };
  }
  const scope = new Fields(key, path, notes);
  const role = readRole(scope);
  const name = scope.text("role") ?? "";
  scope.leaveOutUnknown();
  return { path, signingKey: role.signingKey, scope: { name, role } };
}

/** The terms of a role other than the access of its template. */
const ROLE: TermReaders<Omit<Role, keyof Access>> = {
  signingKey: (scope) => scope.text("key") ?? "",
  description: (scope) => scope.text("description"),
  rotation: { absent: "a JWT does not record which key a signing key replaces" },
};

function readRole(scope: Fields): Role {
  const path = scope.pathOf("kind");
  if (scope.text("kind") !== "user_scope") {
    scope.notes.wrong("NA3014", path, "must be `user_scope`");
  }
  const template = scope.fields("template");
  const access = template === undefined ? {} : readAccess(template, NO_LIMIT);
  template?.leaveOutUnknown();
  return { ...access, ...readTerms(ROLE, scope) };
}

/** Returns the name of a role. In a JWT, roles can share a name or have none; in the model, each needs its own. */
function toRoleName(
  { name, role }: Required<SigningKey>["scope"],
  path: string,
  others: ReadonlyMap<string, Role>,
  notes: Notes,
): string {
  if (name !== "" && !others.has(name)) {
    return name;
  }
  const problem = name === "" ? "is missing" : "is already used by another role";
  notes.leaveOut({ code: "NA3025", path: `${path}.role`, problem, remedy: NAMED_BY_KEY });
  return role.signingKey;
}
