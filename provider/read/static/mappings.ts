import type { MappedSubject, Mappings } from "../../model/subjects/mappings";
import { defined } from "../../model/form/order";
import type { MessageTrace } from "../../model/account/trace";
import { Fields } from "../fields";
import { unlessDefault } from "../values";
import { percentOf } from "./percent";

/** Weights and samplings that are not said are a hundred. */
const ALL = 100;

/** Reads the mappings of an account: to a subject, to a section, or to a list of sections. */
export function readMappings(account: Fields): Mappings | undefined {
  const mappings = account.members("mappings", "maps").map(({ name, value, path }): [string, MappedSubject[]] => {
    if (typeof value === "string") {
      return [name, [{ subject: value }]];
    }
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    return [name, list.map((one, index) => readDestination(new Fields(one, `${path}[${index}]`, account.notes)))];
  });
  return mappings.length === 0 ? undefined : Object.fromEntries(mappings);
}

function readDestination(entry: Fields): MappedSubject {
  const weight = percentOf(entry.take("weight") ?? ALL, entry.pathOf("weight"), entry.notes);
  const read = defined<MappedSubject>({
    subject: entry.text("dest", "destination") ?? "",
    weight: unlessDefault(weight, ALL),
    cluster: entry.text("cluster"),
  });
  entry.leaveOutUnknown();
  return read;
}

/** Reads the message trace of an account: a subject, or a section. */
export function readTrace(account: Fields): MessageTrace | undefined {
  const path = account.pathOf("msg_trace", "trace_dest");
  const value = account.take("msg_trace", "trace_dest");
  if (value === undefined || typeof value === "string") {
    return value === undefined ? undefined : { destination: value };
  }
  const trace = new Fields(value, path, account.notes);
  const sampling = percentOf(trace.take("sampling") ?? ALL, trace.pathOf("sampling"), account.notes);
  const read = defined<MessageTrace>({ destination: trace.text("dest") ?? "", sampling: unlessDefault(sampling, ALL) });
  trace.leaveOutUnknown();
  return read;
}
