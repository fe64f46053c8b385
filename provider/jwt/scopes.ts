import type { Access } from "../model/access/access";
import { defined } from "../model/form/order";
import type { Permissions, SubjectPermissions } from "../model/access/permissions";
import { countedResponses, type Responses } from "../model/access/responses";
import type { Role } from "../model/users/roles";
import type { Times } from "../model/access/times";
import type { User } from "../model/users/users";
import { sizeClaim, UNLIMITED } from "./limits";

/** The claim of a scoped signing key: whoever's JWT it signed may do what its template says, and nothing else. */
export interface Scope {
  readonly kind: "user_scope";
  /** The public key (`A…`) that signs. */
  readonly key: string;
  /** A name for people. */
  readonly role: string;
  readonly template: Readonly<Record<string, unknown>>;
  readonly description?: string;
}

/** The scope of a role's key, or of the key that signed a user's JWT. */
export function scopeClaim(name: string, { signingKey, ...access }: Role | User): Scope {
  const description = "description" in access ? access.description : undefined;
  return defined<Scope>({
    kind: "user_scope",
    key: signingKey,
    role: name,
    template: templateClaim(access),
    description,
  });
}

function templateClaim({ permissions, limits, sourceNetworks, times, ...access }: Access): Record<string, unknown> {
  return defined<Record<string, unknown>>({
    ...permissionsClaim(permissions),
    ...timesClaim(times),
    src: sourceNetworks,
    subs: limits?.subscriptions ?? UNLIMITED,
    data: sizeClaim(limits?.data),
    payload: sizeClaim(limits?.payload),
    bearer_token: access.bearer,
    proxy_required: access.proxyRequired,
    allowed_connection_types: access.connectionTypes,
  });
}

/** The claims of permissions, wherever they stand. */
export function permissionsClaim(permissions: Permissions | undefined): Record<string, unknown> {
  const { publish, subscribe, responses } = permissions ?? {};
  return defined<Record<string, unknown>>({
    pub: subjectsClaim(publish),
    sub: subjectsClaim(subscribe),
    resp: responses === undefined ? undefined : responsesClaim(responses),
  });
}

function subjectsClaim(subjects: SubjectPermissions | undefined): Record<string, unknown> {
  return defined<Record<string, unknown>>({ allow: subjects?.allow, deny: subjects?.deny });
}

function responsesClaim(responses: Responses): Record<string, unknown> {
  const { max, nanoseconds } = countedResponses(responses);
  return { max, ttl: nanoseconds };
}

function timesClaim(times: Times | undefined): Record<string, unknown> {
  return times === undefined ? {} : { times: times.ranges, times_location: times.zone };
}
