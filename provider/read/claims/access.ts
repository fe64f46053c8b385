import type { Access } from "../../model/access/access";
import { isConnectionType, type ConnectionType } from "../../model/access/connection-types";
import { emptyToUndefined } from "../../model/form/order";
import type { Permissions, SubjectPermissions } from "../../model/access/permissions";
import { normalizeDuration } from "../../model/form/quantities";
import type { Responses } from "../../model/access/responses";
import type { TimeRange, Times } from "../../model/access/times";
import type { UserLimits } from "../../model/access/user-limits";
import type { Problem } from "../../diagnostics/unreadable";
import type { Fields } from "../fields";
import { readFields, readTerms, type TermReaders } from "../term-readers";
import { DEFAULT_RESPONSES, defaultToUndefined, falseToUndefined, formatNanoseconds } from "../values";
import { readAmount, readLimit, type AbsentLimit } from "./limits";

/** The claims of a user, or of the template of a scoped signing key. */
interface AccessClaims {
  readonly claims: Fields;
  /** The value of a limit without a claim. */
  readonly absent: AbsentLimit;
}

const ACCESS: TermReaders<Access, AccessClaims> = {
  permissions: ({ claims }) => readPermissions(claims),
  limits: (source) => emptyToUndefined(readTerms(USER_LIMITS, source)),
  sourceNetworks: ({ claims }) => emptyToUndefined(claims.separatedTexts("src")),
  times: ({ claims }) => readTimes(claims),
  connectionTypes: ({ claims }) => readConnectionTypes(claims),
  bearer: ({ claims }) => falseToUndefined(claims.flag("bearer_token")),
  proxyRequired: ({ claims }) => falseToUndefined(claims.flag("proxy_required")),
};

const USER_LIMITS: TermReaders<UserLimits, AccessClaims> = {
  subscriptions: ({ claims, absent }) => readLimit(claims, "subs", absent),
  payload: ({ claims, absent }) => readLimit(claims, "payload", absent),
  data: ({ claims, absent }) => readAmount(claims, "data", absent),
};

const PERMISSIONS: TermReaders<Permissions> = {
  publish: (claims) => readPublish(claims.fields("pub")),
  subscribe: (claims) => readSubjects(claims.fields("sub")),
  responses: (claims) => readResponses(claims.fields("resp")),
};

const SUBJECTS: TermReaders<SubjectPermissions> = {
  allow: (claims) => emptyToUndefined(claims.texts("allow")),
  deny: (claims) => emptyToUndefined(claims.texts("deny")),
};

/** A negative number means no limit; zero means the default. */
const RESPONSES: TermReaders<Responses> = {
  max: (claims) => toMax(claims.whole("max") ?? 0),
  expires: (claims) => toExpires(claims.whole("ttl") ?? 0),
};

const TIMES: TermReaders<Times> = {
  ranges: (claims) => claims.each("times").map((range) => readFields(TIME_RANGE, range)),
  zone: (claims) => claims.text("times_location"),
};

const TIME_RANGE: TermReaders<TimeRange> = {
  start: (range) => range.text("start") ?? "",
  end: (range) => range.text("end") ?? "",
};

/**
 * Reads the access of a user's JWT, or of the template of a scoped signing key.
 *
 * @param absent the value of a limit without a claim
 */
export function readAccess(claims: Fields, absent: AbsentLimit): Access {
  return readTerms(ACCESS, { claims, absent });
}

/** The claims that servers compare with those of a user without permissions (`HasEmptyPermissions`). */
const ACCESS_CLAIMS = [
  ...["pub", "sub", "resp", "src", "times", "times_location", "subs", "data", "payload"],
  ...["bearer_token", "proxy_required", "allowed_connection_types"],
];

/**
 * True when a user's JWT contains no access of its own, so that it needs a role. To Go's library, a list is content even if
 * it is empty, and so are response permissions without values.
 */
export function hasNoAccess(claims: Fields): boolean {
  return ACCESS_CLAIMS.every((name) => (name === "resp" || name === "src" ? !claims.has(name) : claims.isZero(name)));
}

/** Reads permissions; undefined when they restrict nothing. */
export function readPermissions(claims: Fields): Permissions | undefined {
  return emptyToUndefined(readTerms(PERMISSIONS, claims));
}

/**
 * Reads the subjects to publish to. Beside a list of denied subjects, a server takes an empty `allow` list of `pub` as
 * "nothing is allowed". For `sub`, the same list means that everything is allowed.
 */
function readPublish(pub: Fields | undefined): SubjectPermissions | undefined {
  const hasAllow = pub?.has("allow") === true;
  const read = readSubjects(pub);
  return hasAllow && read?.allow === undefined && read?.deny !== undefined ? { deny: [">"] } : read;
}

function readSubjects(claims: Fields | undefined): SubjectPermissions | undefined {
  return claims === undefined ? undefined : emptyToUndefined(readFields(SUBJECTS, claims));
}

function readResponses(claims: Fields | undefined): Responses | undefined {
  return claims === undefined ? undefined : readFields(RESPONSES, claims);
}

function toMax(max: number): Responses["max"] {
  return max < 0 ? "unlimited" : defaultToUndefined(max, DEFAULT_RESPONSES.max);
}

function toExpires(ttl: number): Responses["expires"] {
  if (ttl < 0) {
    return "never";
  }
  const nanoseconds = defaultToUndefined(ttl, DEFAULT_RESPONSES.nanoseconds);
  return nanoseconds === undefined ? undefined : normalizeDuration(formatNanoseconds(nanoseconds));
}

/**
 * Reads the types of connections, of which servers ignore the case and those that they do not support. Without a supported type, they
 * reject every connection, so all are kept.
 */
function readConnectionTypes(claims: Fields): Access["connectionTypes"] {
  const path = claims.pathOf("allowed_connection_types");
  const types = claims.texts("allowed_connection_types").map((type) => type.toUpperCase());
  const known = types.filter(isConnectionType);
  types.forEach((type, index) => {
    if (known.length > 0 && !isConnectionType(type)) {
      claims.notes.leaveOut({ ...UNKNOWN_TYPE, path: `${path}[${index}]` });
    }
  });
  return emptyToUndefined(known.length > 0 ? known : (types as ConnectionType[]));
}

const UNKNOWN_TYPE: Problem = {
  code: "NA3022",
  problem: "is not a connection type that servers support, and is ignored by them",
  remedy: "No action is needed.",
};

function readTimes(claims: Fields): Times | undefined {
  const times = readTerms(TIMES, claims);
  return times.ranges.length === 0 ? undefined : times;
}
