import type { Access } from "../../model/access/access";
import type { ConnectionType } from "../../model/access/connection-types";
import { defined, unlessEmpty } from "../../model/form/order";
import type { Permissions, SubjectPermissions } from "../../model/access/permissions";
import { normalDuration } from "../../model/form/quantities";
import type { Responses } from "../../model/access/responses";
import type { TimeRange, Times } from "../../model/access/times";
import type { UserLimits } from "../../model/access/user-limits";
import type { Fields } from "../fields";
import { DEFAULT_RESPONSES, durationOf, limitOf, onlyTrue, unlessDefault } from "../values";

/**
 * Reads what one may do: what a user's token says, or the template of a scoped signing key.
 *
 * @param absent what a limit is that is not said
 */
export function readAccess(says: Fields, absent: number): Access {
  return defined<Access>({
    permissions: readPermissions(says),
    limits: readLimits(says, absent),
    sourceNetworks: unlessEmpty(says.separatedTexts("src")),
    times: readTimes(says),
    connectionTypes: unlessEmpty(says.texts("allowed_connection_types") as readonly ConnectionType[]),
    bearer: onlyTrue(says.flag("bearer_token")),
    proxyRequired: onlyTrue(says.flag("proxy_required")),
  });
}

/** Reads permissions, wherever they stand; undefined when they say nothing. */
export function readPermissions(says: Fields): Permissions | undefined {
  const permissions = defined<Permissions>({
    publish: readPublish(says.fields("pub")),
    subscribe: readSubjects(says.fields("sub")),
    responses: readResponses(says.fields("resp")),
  });
  return unlessEmpty(permissions);
}

/**
 * What may be published: beside what is denied, a server takes an empty list of what is allowed for nothing at all. What may
 * be subscribed to it takes for everything then.
 */
function readPublish(pub: Fields | undefined): SubjectPermissions | undefined {
  const saysAllow = pub?.has("allow") === true;
  const read = readSubjects(pub);
  return saysAllow && read?.allow === undefined && read?.deny !== undefined ? { deny: [">"] } : read;
}

function readSubjects(subjects: Fields | undefined): SubjectPermissions | undefined {
  if (subjects === undefined) {
    return undefined;
  }
  const allow = unlessEmpty(subjects.texts("allow"));
  const deny = unlessEmpty(subjects.texts("deny"));
  subjects.leaveOutUnknown();
  return unlessEmpty(defined<SubjectPermissions>({ allow, deny }));
}

/** Negative numbers have no end, and zero is the default. */
function readResponses(resp: Fields | undefined): Responses | undefined {
  if (resp === undefined) {
    return undefined;
  }
  const [max = 0, ttl = 0] = [resp.whole("max"), resp.whole("ttl")];
  resp.leaveOutUnknown();
  return defined<Responses>({
    max: max < 0 ? "unlimited" : unlessDefault(max, DEFAULT_RESPONSES.max),
    expires: ttl < 0 ? "never" : expiresOf(unlessDefault(ttl, DEFAULT_RESPONSES.nanoseconds)),
  });
}

function expiresOf(nanoseconds: number | undefined): Responses["expires"] {
  return nanoseconds === undefined ? undefined : normalDuration(durationOf(nanoseconds));
}

function readLimits(says: Fields, absent: number): UserLimits | undefined {
  const limit = (name: string) => limitOf(says.limit(name) ?? absent);
  const limits = { subscriptions: limit("subs"), payload: limit("payload"), data: limit("data") };
  return unlessEmpty(defined<UserLimits>(limits));
}

function readTimes(says: Fields): Times | undefined {
  const ranges = says.each("times").map((range): TimeRange => {
    const read = { start: range.text("start") ?? "", end: range.text("end") ?? "" };
    range.leaveOutUnknown();
    return read;
  });
  const zone = says.text("times_location");
  return ranges.length === 0 ? undefined : defined<Times>({ ranges, zone });
}
