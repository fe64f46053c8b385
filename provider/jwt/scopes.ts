import type { Permissions, SubjectPermissions } from "../model/access/permissions";
import { resolveResponses, type Responses } from "../model/access/responses";
import type { Times } from "../model/access/times";
import type { UserLimits } from "../model/access/user-limits";
import { omitUndefined } from "../model/form/order";
import type { Role } from "../model/users/roles";
import type { User } from "../model/users/users";
import { claim, claimsOf, noClaim, type ClaimTable } from "./claim-table";
import { limitClaim, sizeClaim } from "./limits";

/** A scoped signing key: the users whose JWTs it signed may do what its template allows, and nothing else. */
export interface Scope {
  readonly kind: "user_scope";
  /** The public key (`A…`) that signs. */
  readonly key: string;
  /** Display name. */
  readonly role: string;
  readonly template: Readonly<Record<string, unknown>>;
  readonly description?: string;
}

/** What a scope can be of: a role, or a user without a role. */
type ScopeHolder = Partial<User & Role>;

const PERMISSIONS: ClaimTable<Permissions> = {
  publish: (subjects) => ({ pub: subjectsClaim(subjects) }),
  subscribe: (subjects) => ({ sub: subjectsClaim(subjects) }),
  responses: claim("resp", (responses: Responses) => {
    const { max, nanoseconds } = resolveResponses(responses);
    return { max, ttl: nanoseconds };
  }),
};

const TIMES: ClaimTable<Times> = {
  ranges: claim("times"),
  zone: claim("times_location"),
};

const USER_LIMITS: ClaimTable<UserLimits> = {
  subscriptions: limitClaim("subs"),
  data: sizeClaim("data"),
  payload: sizeClaim("payload"),
};

/** The template of a scope. */
const TEMPLATE: ClaimTable<ScopeHolder> = {
  permissions: (permissions) => permissionsClaim(permissions),
  times: (times) => (times === undefined ? {} : claimsOf(TIMES, times, undefined)),
  sourceNetworks: claim("src"),
  limits: (limits = {}) => claimsOf(USER_LIMITS, limits, undefined),
  bearer: claim("bearer_token"),
  proxyRequired: claim("proxy_required"),
  connectionTypes: claim("allowed_connection_types"),
  // Claims of the scope itself.
  signingKey: noClaim,
  description: noClaim,
  // A user of a role has no scope of its own: the role's key signs its JWT.
  role: noClaim,
  // The user's own JWT has these.
  publicKey: noClaim,
  tags: noClaim,
  expires: noClaim,
  notBefore: noClaim,
  issuedAt: noClaim,
  // How keys and JWTs are replaced; the claims have only the outcome.
  lifetime: noClaim,
  renewBefore: noClaim,
  rotation: noClaim,
};

/** The scope of a role's key, or of the key that signed a user's JWT. */
export function scopeClaim(name: string, holder: Role | User): Scope {
  const description = "description" in holder ? holder.description : undefined;
  return omitUndefined<Scope>({
    kind: "user_scope",
    key: holder.signingKey,
    role: name,
    template: claimsOf<ScopeHolder, undefined>(TEMPLATE, holder, undefined),
    description,
  });
}

/** Permissions of a scope, or the default permissions of an account. */
export function permissionsClaim(permissions: Permissions = {}): Record<string, unknown> {
  return claimsOf(PERMISSIONS, permissions, undefined);
}

/** Both lists are optional, but the server expects the object. */
function subjectsClaim({ allow, deny }: SubjectPermissions = {}): Record<string, unknown> {
  return omitUndefined<Record<string, unknown>>({ allow, deny });
}
