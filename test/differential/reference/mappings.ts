import type { AccountDeclaration } from "../../../provider/model/account/account";
import { CLUSTER } from "../../support/arbitraries";
import { covers, renamed } from "./subjects";

/** What a message is published to in an account instead of what it was meant for; each mapping takes all messages. */
export function mapped({ mappings = {} }: AccountDeclaration, subject: string): string {
  const [source, destinations] = Object.entries(mappings).find(([from]) => covers(from, subject)) ?? [];
  if (source === undefined || destinations === undefined) {
    return subject;
  }
  const to =
    destinations.find(({ cluster }) => cluster === CLUSTER) ??
    destinations.find(({ cluster }) => cluster === undefined);
  const pattern = to?.subject.replaceAll(/\{\{wildcard\((\d+)\)\}\}/g, "$$$1");
  return pattern === undefined ? subject : (renamed(subject, source, pattern) ?? subject);
}
