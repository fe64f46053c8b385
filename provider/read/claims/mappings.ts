import type { MappedSubject, Mappings } from "../../model/subjects/mappings";
import type { MessageTrace } from "../../model/account/trace";
import { Fields } from "../fields";
import { readFields, type TermReaders } from "../term-readers";
import { ALL_PERCENT, defaultToUndefined } from "../values";

const DESTINATION: TermReaders<MappedSubject> = {
  subject: (entry) => entry.text("subject") ?? "",
  weight: (entry) => defaultToUndefined(entry.whole("weight") ?? ALL_PERCENT, ALL_PERCENT),
  cluster: (entry) => entry.text("cluster"),
};

const TRACE: TermReaders<MessageTrace> = {
  destination: (trace) => trace.text("dest") ?? "",
  sampling: (trace) => defaultToUndefined(trace.whole("sampling") ?? ALL_PERCENT, ALL_PERCENT),
};

/** Reads the mappings of an account. */
export function readMappings(claims: Fields): Mappings | undefined {
  const mappings = claims.members("mappings").map(({ name, value, path }) => {
    const list = new Fields({ destinations: value }, path, claims.notes).each("destinations");
    return [name, list.map((entry) => readFields(DESTINATION, entry))] as const;
  });
  return mappings.length === 0 ? undefined : Object.fromEntries(mappings);
}

/** Reads the message trace of an account. */
export function readTrace(trace: Fields | undefined): MessageTrace | undefined {
  return trace === undefined ? undefined : readFields(TRACE, trace);
}
