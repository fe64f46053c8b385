import { defined, unlessEmpty } from "../../model/form/order";
import type { Permissions, SubjectPermissions } from "../../model/access/permissions";
import { nanosecondsOf, normalDuration, type Duration } from "../../model/form/quantities";
import type { Responses } from "../../model/access/responses";
import { Fields } from "../fields";
import { Section } from "../language/section";
import type { Notes } from "../notes";
import { DEFAULT_RESPONSES, durationOf, unlessDefault, unlessZero } from "../values";

/** Reads permissions. Where they stand and say nothing, they say that everything is allowed, whatever the defaults are. */
export function readPermissions(says: Fields): Permissions {
  const permissions = defined<Permissions>({
    publish: readSubjects(says, "pub", "publish", "import"),
    subscribe: readSubjects(says, "sub", "subscribe", "export"),
    responses: readResponses(says),
  });
  says.leaveOutUnknown();
  return permissions;
}

/** Subjects stand in a section with `allow` and `deny`; a text or a list alone is what is allowed. */
function readSubjects(says: Fields, ...names: string[]): SubjectPermissions | undefined {
  const path = says.pathOf(...names);
  const value = says.take(...names);
  if (!(value instanceof Section)) {
    const allow = textsOf(value, path, says.notes);
    return allow === undefined ? undefined : { allow };
  }
  const subjects = new Fields(value, path, says.notes);
  const [allow, deny] = ["allow", "deny"].map((name) => textsOf(subjects.take(name), `${path}.${name}`, says.notes));
  subjects.leaveOutUnknown();
  return unlessEmpty(defined<SubjectPermissions>({ allow, deny }));
}

/** A text, or a list of texts; an empty list restricts nothing. */
function textsOf(value: unknown, path: string, notes: Notes): readonly string[] | undefined {
  const texts = typeof value === "string" ? [value] : (value ?? []);
  if (Array.isArray(texts) && texts.every((text) => typeof text === "string")) {
    return unlessEmpty(texts);
  }
  notes.wrong(path, "is no text, and no list of texts");
  return undefined;
}

function readResponses(says: Fields): Responses | undefined {
  const names = ["publish_allow_responses", "allow_responses"];
  const path = says.pathOf(...names);
  const value = says.take(...names) ?? false;
  if (typeof value === "boolean") {
    return value ? {} : undefined;
  }
  const responses = new Fields(value, path, says.notes);
  const max = responses.whole("max", "max_msgs", "max_messages", "max_responses") ?? 0;
  const expires = readDuration(responses, "expires", "expiration", "ttl");
  responses.leaveOutUnknown();
  return defined<Responses>({
    max: max < 0 ? "unlimited" : unlessDefault(max, DEFAULT_RESPONSES.max),
    expires: expires === normalDuration(durationOf(DEFAULT_RESPONSES.nanoseconds)) ? undefined : expires,
  });
}

/** A duration as Go writes it; a negative one has no end, and zero is the default. */
export function readDuration(fields: Fields, ...names: string[]): Duration | undefined {
  const path = fields.pathOf(...names);
  const text = fields.text(...names) ?? "0";
  const nanoseconds = text === "0" ? 0 : nanosecondsOf(text.replace(/^[+-]/, ""));
  if (nanoseconds === undefined) {
    fields.notes.wrong(path, "is no duration, or longer than 104 days");
  }
  if (text.startsWith("-")) {
    return "never";
  }
  return unlessZero(nanoseconds) === undefined ? undefined : normalDuration(text.replace(/^\+/, ""));
}
