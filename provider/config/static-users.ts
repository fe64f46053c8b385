import type { Permissions, SubjectPermissions } from "../model/access/permissions";
import { resolveResponses, type Responses } from "../model/access/responses";
import type { UserLimits } from "../model/access/user-limits";
import type { Account } from "../model/account/account";
import { getEffectiveUsers, type EffectiveUser } from "../model/account/effective-users";
import type { Role } from "../model/users/roles";
import type { User } from "../model/users/users";
import { getPlaceholderKey } from "../nkeys/keys";
import {
  block,
  comment,
  element,
  inlineSetting,
  type Line,
  type Lines,
  linesOf,
  type LineTable,
  list,
  noLines,
  renderedKeys,
  setting,
  settings,
  texts,
  within,
  withinLater,
} from "./lines";
import { userOrigin } from "./origin-names";

/** The users of an account who may log in, each with what the operator server reads in the scope of its signing key. */
export function usersLines(account: Account): Lines {
  return list(
    "users",
    getEffectiveUsers(account).map((user) => withinLater([], () => userLines(user))),
    [],
  );
}

/**
 * A user that nobody can log in as. A static server without any user lets everyone in, so this one replaces the others when
 * all of them are left out, for example because their JWTs are revoked.
 */
export function nobodyLines(): Lines {
  return list(
    "users",
    [
      comment("Nobody has the seed of this key: without any user, everyone would be let in."),
      ...element([setting("nkey", getPlaceholderKey("user"))], "one line"),
    ],
    [],
  );
}

/** Each property of a user or role, rendered from what the user may do in effect. */
const USER: Readonly<Record<keyof User | keyof Role, (user: EffectiveUser) => Lines>> = {
  publicKey: ({ publicKey }) => [setting("nkey", publicKey)],
  connectionTypes: ({ access }) => texts("allowed_connection_types", access.connectionTypes),
  proxyRequired: ({ access }) => settings({ proxy_required: access.proxyRequired }),
  // An empty block would count as permissions, and disable the account's default permissions.
  permissions: ({ access }) => block("permissions", permissionsLines(access.permissions)),
  limits: ({ access }) => linesOf(LIMITS, access.limits ?? {}, undefined),
  // Static users have no such settings: these restrictions hold in operator mode only, and are in the parity report.
  sourceNetworks: noLines,
  times: noLines,
  bearer: noLines,
  // What the role allows is rendered for each of its users.
  role: noLines,
  description: noLines,
  // A comment above the user.
  tags: noLines,
  // Users whose JWTs are not valid now are left out.
  expires: noLines,
  notBefore: noLines,
  issuedAt: noLines,
  // About keys and JWTs, not about what the user may do.
  signingKey: noLines,
  lifetime: noLines,
  renewBefore: noLines,
  rotation: noLines,
};

/** Static users have no limits of their own. */
const LIMITS: LineTable<UserLimits> = {
  subscriptions: noLines,
  payload: noLines,
  data: noLines,
};

function userLines(user: EffectiveUser): Lines {
  const { name, tags } = user;
  const parts = renderedKeys(USER).flatMap((key) => USER[key](user));
  const lines = element(parts, parts.length === 1 ? "one line" : "braces");
  return [comment(name), ...tagComments(tags), ...within([userOrigin(name)], lines)];
}

/** Tags as a comment: only the operator server reads them, in JWTs. */
export function tagComments(tags: readonly string[] | undefined): Line[] {
  return tags === undefined ? [] : [comment(`tags: ${tags.join(", ")}`)];
}

const PERMISSIONS: LineTable<Permissions> = {
  publish: memoizedLast((subjects = {}) => block("publish", linesOf(SUBJECTS, subjects, undefined))),
  subscribe: memoizedLast((subjects = {}) => block("subscribe", linesOf(SUBJECTS, subjects, undefined))),
  responses: (responses) =>
    responses === undefined ? [] : inlineSetting("allow_responses", responsesLines(responses)),
};

const SUBJECTS: LineTable<SubjectPermissions> = {
  allow: (subjects) => texts("allow", subjects),
  deny: (subjects) => texts("deny", subjects),
};

/** Returns a function that remembers its last result: successive users often have the same permissions. */
function memoizedLast<T, R>(compute: (value: T) => R): (value: T) => R {
  let last: { readonly value: T; readonly result: R } | undefined;
  return (value) => {
    if (last === undefined || last.value !== value) {
      last = { value, result: compute(value) };
    }
    return last.result;
  };
}

/** The body of a `permissions` or `default_permissions` block. */
export function permissionsLines(permissions: Permissions = {}): Lines {
  return linesOf(PERMISSIONS, permissions, undefined);
}

function responsesLines(responses: Responses): Lines {
  const { max, expires } = resolveResponses(responses);
  return settings({ max, expires });
}
