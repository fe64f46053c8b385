import type { MappedSubject, Mappings } from "../../model/subjects/mappings";
import { defined } from "../../model/form/order";
import type { MessageTrace } from "../../model/account/trace";
import { Fields } from "../fields";
import { unlessDefault } from "../values";

/** Weights and samplings that are not said are a hundred. */
const ALL = 100;

/** Reads the mappings of an account. */
export function readMappings(says: Fields): Mappings | undefined {
  const mappings = says.members("mappings").map(({ name, value, path }) => {
    const holder = new Fields({ destinations: value }, path, says.notes);
    return [name, holder.each("destinations").map(readDestination)] as const;
  });
  return mappings.length === 0 ? undefined : Object.fromEntries(mappings);
}

function readDestination(entry: Fields): MappedSubject {
  const read = defined<MappedSubject>({
    subject: entry.text("subject") ?? "",
    weight: unlessDefault(entry.whole("weight") ?? ALL, ALL),
    cluster: entry.text("cluster"),
  });
  entry.leaveOutUnknown();
  return read;
}

/** Reads the message trace of an account. */
export function readTrace(trace: Fields | undefined): MessageTrace | undefined {
  if (trace === undefined) {
    return undefined;
  }
  const read = defined<MessageTrace>({
    destination: trace.text("dest") ?? "",
    sampling: unlessDefault(trace.whole("sampling") ?? ALL, ALL),
  });
  trace.leaveOutUnknown();
  return read;
}
