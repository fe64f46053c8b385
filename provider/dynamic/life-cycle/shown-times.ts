import { parseTime } from "../../model/keys/lifetime";
import { parseTimestamp, type Revocations } from "../../model/keys/revocations";
import { formatProgramTime } from "../../read/validity";
import type { Folding } from "./folding";

/** Names of times, of remembered keys and JWTs. */
const TIMES: readonly string[] = ["at", "expires", "issuedAt", "notBefore", "until"];

/** Returns Unix seconds as a text in UTC, as people read it in previews. Any other value stays unchanged. */
function showTime(time: unknown): unknown {
  return typeof time === "number" ? (formatProgramTime(time) ?? time) : time;
}

/** Returns revocations with their timestamps as texts. */
export function showTimestamps(revocations: Revocations): Revocations {
  const entries = Object.entries(revocations).map(([key, moment]) => [key, showTime(parseTimestamp(moment) ?? moment)]);
  return Object.fromEntries(entries) as Revocations;
}

/** Returns a copy in which times are texts. */
export function showTimes<T>(value: T): T {
  return mapTimes(value, showTime);
}

/** Returns a copy in which times are Unix seconds. Earlier versions stored them so. */
export function readTimes<T>(value: T): T {
  return mapTimes(value, (time) => (typeof time === "string" ? (parseTime(time) ?? time) : time));
}

function mapTimes<T>(value: T, change: (time: unknown) => unknown): T {
  if (Array.isArray(value)) {
    return value.map((item: unknown) => mapTimes(item, change)) as T;
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const members = Object.entries(value).map(([key, member]: [string, unknown]) => [
    key,
    TIMES.includes(key) ? change(mapTimes(member, change)) : mapTimes(member, change),
  ]);
  return Object.fromEntries(members) as T;
}

/** Adapts a folding to properties that contain times: Unix seconds for the handler, texts for the engine. */
export function showingTimes<Flat extends object, Stored extends object>(
  folding: Folding<Flat, Stored>,
  names: readonly (keyof Flat & keyof Stored & string)[],
): Folding<Flat, Stored> {
  return {
    fold: (properties) => mapNamed(folding.fold(properties), names, showTimes),
    unfold: (properties) => mapNamed(folding.unfold(properties), names, readTimes),
  };
}

/** Changes some properties of an object, if it has them. */
function mapNamed<T extends object>(properties: T, names: readonly string[], change: (value: unknown) => unknown): T {
  const entries = Object.entries(properties).map(([name, value]: [string, unknown]) => [
    name,
    names.includes(name) ? change(value) : value,
  ]);
  return Object.fromEntries(entries) as T;
}
