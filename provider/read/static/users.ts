import { CONNECTION_TYPES, isConnectionType, type ConnectionType } from "../../model/access/connection-types";
import { display } from "../../diagnostics/diagnostic";
import type { Permissions } from "../../model/access/permissions";
import { listenerProblem } from "../../model/cluster/listeners";
import { emptyToUndefined } from "../../model/form/order";
import type { UserTerms } from "../../model/users/users";
import { publicKeyProblem } from "../../nkeys/keys";
import type { Fields } from "../fields";
import { readTerms, type Absent, type TermReaders } from "../term-readers";
import { ADD_STANDARD, falseToUndefined } from "../values";
import type { FoundInFile } from "./found-in-file";
import { leaveOutUser } from "./logins";
import { readPermissions } from "./permissions";

/** A user of a static configuration with an nkey. */
export interface StaticUser extends UserTerms {
  /** The user's public key (`U…`). */
  readonly publicKey: string;
}

/** A term that nsc and this package store in JWTs. */
const JWT_ONLY: Absent = { absent: "nats-server has no such setting outside of JWTs" };

/** Reads the users that have an nkey, and names the others. */
export function readUsers(holder: Fields, defaults: Permissions | undefined, found: FoundInFile): StaticUser[] {
  return holder.each("users").flatMap((user) => {
    found.addUser();
    const path = user.pathOf("nkey");
    const isText = typeof (user.peek("nkey") ?? "") === "string";
    const publicKey = user.text("nkey");
    if (publicKey === undefined) {
      if (isText && !user.isEmpty) {
        leaveOutUser(user, found.mapsCertificates);
      }
      return [];
    }
    const wrong = publicKeyProblem("user", publicKey);
    if (wrong !== undefined) {
      user.notes.wrong(wrong.code, path, wrong.problem, wrong.remedy);
    }
    found.checkUser(path, publicKey);
    checkNoName(user);
    const read = readTerms(USER, { user, publicKey, defaults });
    user.leaveOutUnknown();
    return hasListener(read, user) ? [read] : [];
  });
}

/** Returns whether the new servers have a listener for a user, and names it otherwise. */
function hasListener(read: StaticUser, { path, notes }: Fields): boolean {
  const problem = listenerProblem(read);
  if (problem !== undefined) {
    notes.leaveOut({ code: "NA3049", path, value: display(read.publicKey), problem, remedy: ADD_STANDARD });
  }
  return problem === undefined;
}

/** A server does not start with a user that has both. */
function checkNoName(user: Fields): void {
  for (const names of [
    ["user", "username"],
    ["pass", "password"],
  ]) {
    const path = user.pathOf(...names);
    if (user.take(...names) !== undefined) {
      user.notes.wrong("NA3014", path, "conflicts with `nkey`", "Remove one of the two.");
    }
  }
}

/** The fields of a user, and the default permissions of its account. */
interface UserFields {
  readonly user: Fields;
  readonly publicKey: string;
  readonly defaults: Permissions | undefined;
}

const USER: TermReaders<StaticUser, UserFields> = {
  publicKey: ({ publicKey }) => publicKey,
  permissions: ({ user, defaults }) => readUserPermissions(user, defaults),
  connectionTypes: ({ user }) => readConnectionTypes(user),
  proxyRequired: ({ user }) => falseToUndefined(user.flag("proxy_required")),
  limits: JWT_ONLY,
  sourceNetworks: JWT_ONLY,
  times: JWT_ONLY,
  bearer: JWT_ONLY,
  tags: JWT_ONLY,
  role: { absent: "roles are signing keys of JWTs; a static configuration repeats the permissions for each user" },
  lifetime: JWT_ONLY,
  renewBefore: { absent: "it decides when a program renews credentials, and is part of no configuration" },
  expires: JWT_ONLY,
  notBefore: JWT_ONLY,
};

/** Everything is allowed to a user with an empty `permissions` block, also where its account has default permissions. */
export const EVERYTHING: Permissions = { publish: { allow: [">"] }, subscribe: { allow: [">"] } };

function readUserPermissions(user: Fields, defaults: Permissions | undefined): Permissions | undefined {
  const fields = user.fields("permission", "permissions", "authorization");
  const own = fields === undefined ? undefined : emptyToUndefined(readPermissions(fields));
  return fields !== undefined && defaults !== undefined ? (own ?? EVERYTHING) : own;
}

/** Reads connection types: one, or a list. nats-server ignores their case. */
function readConnectionTypes(user: Fields): StaticUser["connectionTypes"] {
  const names = ["allowed_connection_types", "connection_types", "clients"];
  const path = user.pathOf(...names);
  const types = user.oneOrMoreTexts(...names).map((type) => type.toUpperCase());
  if (!types.every(isConnectionType)) {
    user.notes.wrong("NA3014", path, `must be of the types ${CONNECTION_TYPES.join(", ")}`);
  }
  return emptyToUndefined(types as ConnectionType[]);
}
