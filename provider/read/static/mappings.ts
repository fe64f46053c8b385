import type { MappedSubject, Mappings } from "../../model/subjects/mappings";
import type { MessageTrace } from "../../model/account/trace";
import { Fields } from "../fields";
import type { Notes } from "../notes";
import { readFields, type TermReaders } from "../term-readers";
import { ALL_PERCENT, defaultToUndefined, parsePercent } from "../values";

const DESTINATION: TermReaders<MappedSubject> = {
  subject: (entry) => entry.text("dest", "destination") ?? "",
  weight: (entry) => readPercent(entry, "weight"),
  cluster: (entry) => entry.text("cluster"),
};

const TRACE: TermReaders<MessageTrace> = {
  destination: (trace) => trace.text("dest") ?? "",
  sampling: (trace) => readPercent(trace, "sampling"),
};

/** Reads the mappings of an account: each to a subject, to a block, or to a list of blocks. */
export function readMappings(account: Fields): Mappings | undefined {
  const mappings = account.members("mappings", "maps").map(({ name, value, path }): [string, MappedSubject[]] => {
    if (typeof value === "string") {
      return [name, [{ subject: value }]];
    }
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    const destinations = list.map((one, index) => readDestination(one, `${path}[${index}]`, account.notes));
    noteUnused(name, destinations, account.notes);
    return [name, destinations.filter(({ isUsed }) => isUsed).map(({ mapped }) => mapped)];
  });
  const used = mappings.filter(([, destinations]) => destinations.length > 0);
  return used.length === 0 ? undefined : Object.fromEntries(used);
}

/** A destination of a configuration. With a weight of 0, which only JWTs take for 100, it gets no messages. */
interface Destination {
  readonly path: string;
  readonly mapped: MappedSubject;
  readonly isUsed: boolean;
}

const NONE = /^0+%?$/;

function readDestination(value: unknown, path: string, notes: Notes): Destination {
  const entry = new Fields(value, path, notes);
  const isUsed = !NONE.test(String(entry.peek("weight")));
  return { path, mapped: readFields(DESTINATION, entry), isUsed };
}

/** Names the destinations without messages. Some of them have an effect: they stop messages, or keep them at the source. */
function noteUnused(source: string, destinations: readonly Destination[], notes: Notes): void {
  const used = destinations.filter(({ isUsed }) => isUsed).map(({ mapped }) => mapped);
  for (const { path, mapped, isUsed } of destinations) {
    if (isUsed) {
      continue;
    }
    if (mapped.subject === source) {
      const problem = "drops the messages beyond the other weights; the new servers deliver them to the source";
      notes.gap({ code: "NA3072", path, problem, remedy: "Remove the destination, or deny publishing." });
    } else if (used.length > 0 && used.every(({ cluster }) => cluster !== mapped.cluster)) {
      const problem = `keeps the messages of ${mapped.cluster === undefined ? "other clusters" : "its cluster"} at the source; the new servers deliver them to the other destinations`;
      notes.gap({ code: "NA3072", path, problem, remedy: "Give the destination a weight, or remove it." });
    } else {
      const problem = "has a weight of 0 and gets no messages, so it is left out";
      notes.leaveOut({ code: "NA3072", path, problem, remedy: "No action is needed." });
    }
  }
}

/** Reads the message trace of an account: a subject, or a block. */
export function readTrace(account: Fields): MessageTrace | undefined {
  const path = account.pathOf("msg_trace", "trace_dest");
  const value = account.take("msg_trace", "trace_dest");
  if (value === undefined || typeof value === "string") {
    return value === undefined ? undefined : { destination: value };
  }
  return readFields(TRACE, new Fields(value, path, account.notes));
}

function readPercent(fields: Fields, name: string): number | undefined {
  const path = fields.pathOf(name);
  return defaultToUndefined(parsePercent(fields.take(name) ?? ALL_PERCENT, path, fields.notes), ALL_PERCENT);
}
