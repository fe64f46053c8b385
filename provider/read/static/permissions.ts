import { emptyToUndefined } from "../../model/form/order";
import type { Permissions, SubjectPermissions } from "../../model/access/permissions";
import { parseDuration, normalizeDuration, type Duration } from "../../model/form/quantities";
import type { Responses } from "../../model/access/responses";
import { Fields } from "../fields";
import { Section } from "../../language/section";
import type { Notes } from "../notes";
import { readFields, type TermReaders } from "../term-readers";
import { DEFAULT_RESPONSES, defaultToUndefined, formatNanoseconds, zeroToUndefined } from "../values";

const PERMISSIONS: TermReaders<Permissions> = {
  publish: (fields) => readSubjects(fields, "pub", "publish", "import"),
  subscribe: (fields) => readSubjects(fields, "sub", "subscribe", "export"),
  responses: (fields) => readResponses(fields),
};

const SUBJECTS: TermReaders<SubjectPermissions> = {
  allow: (fields) => readTexts(fields, "allow"),
  deny: (fields) => readTexts(fields, "deny"),
};

/** A negative number means no limit; zero means the default. */
const RESPONSES: TermReaders<Responses> = {
  max: (fields) => toMax(fields.whole("max", "max_msgs", "max_messages", "max_responses") ?? 0),
  expires: (fields) => toExpires(readDuration(fields, "expires", "expiration", "ttl")),
};

/** Reads permissions. An empty block allows everything, whatever the default permissions are. */
export function readPermissions(fields: Fields): Permissions {
  return readFields(PERMISSIONS, fields);
}

/** Reads subjects: a block with `allow` and `deny`, or a string or list of the allowed ones. */
function readSubjects(fields: Fields, ...names: string[]): SubjectPermissions | undefined {
  const path = fields.pathOf(...names);
  const value = fields.take(...names);
  if (!(value instanceof Section)) {
    const allow = parseTexts(value, path, fields.notes);
    return allow === undefined ? undefined : { allow };
  }
  return emptyToUndefined(readFields(SUBJECTS, new Fields(value, path, fields.notes)));
}

function readTexts(fields: Fields, name: string): readonly string[] | undefined {
  const path = fields.pathOf(name);
  return parseTexts(fields.take(name), path, fields.notes);
}

/** Parses a string or a list of strings; an empty list restricts nothing. */
function parseTexts(value: unknown, path: string, notes: Notes): readonly string[] | undefined {
  const texts = typeof value === "string" ? [value] : (value ?? []);
  if (Array.isArray(texts) && texts.every((text) => typeof text === "string")) {
    return emptyToUndefined(texts);
  }
  notes.wrong("NA3013", path, "must be a string or a list of strings");
  return undefined;
}

/** Reads response permissions: a block, or true for the defaults. */
function readResponses(fields: Fields): Responses | undefined {
  const names = ["publish_allow_responses", "allow_responses"];
  const path = fields.pathOf(...names);
  const value = fields.take(...names) ?? false;
  if (typeof value === "boolean") {
    return value ? {} : undefined;
  }
  return readFields(RESPONSES, new Fields(value, path, fields.notes));
}

function toMax(max: number): Responses["max"] {
  return max < 0 ? "unlimited" : defaultToUndefined(max, DEFAULT_RESPONSES.max);
}

function toExpires(expires: Duration | undefined): Responses["expires"] {
  return expires === normalizeDuration(formatNanoseconds(DEFAULT_RESPONSES.nanoseconds)) ? undefined : expires;
}

/** Reads a duration in Go's notation; a negative one is "never", and zero is the default. */
export function readDuration(fields: Fields, ...names: string[]): Duration | undefined {
  const path = fields.pathOf(...names);
  const text = fields.text(...names) ?? "0";
  const nanoseconds = text === "0" ? 0 : parseDuration(text.replace(/^[+-]/, ""));
  if (nanoseconds === undefined) {
    fields.notes.wrong("NA3014", path, "must be a duration of at most 104 days");
  }
  if (text.startsWith("-")) {
    return "never";
  }
  return zeroToUndefined(nanoseconds) === undefined ? undefined : normalizeDuration(text.replace(/^\+/, ""));
}
