import type { Permissions, SubjectPermissions } from "../../../provider/model/access/permissions";
import { matches, matchesQueue } from "./subjects";

/** True when a user may publish to a subject, answers to requests aside. Who may answer may do nothing else unsaid. */
export function mayPublish({ publish, responses }: Permissions, subject: string): boolean {
  const { allow = responses === undefined ? [">"] : [], deny = [] } = publish ?? {};
  const found = (list: readonly string[]) => list.some((pattern) => matches(pattern, subject));
  return found(allow) && !found(deny);
}

/** How many of so many answers to a request a user may publish, where it may not publish to the subject anyway. */
export function mayAnswer({ responses }: Permissions, answers: number): number {
  const { max = 1 } = responses ?? {};
  return responses === undefined ? 0 : Math.min(answers, max === "unlimited" ? answers : max);
}

/** What one list says of a subscription: whether it names the subject, and whether it names it with this queue group. */
function mentions(list: readonly string[], subject: string, queue: string | undefined) {
  const matching = list.map((entry) => entry.split(" ")).filter(([pattern = ""]) => matches(pattern, subject));
  const groups = matching.flatMap(([, group]) => (group === undefined ? [] : [group]));
  return {
    plainly: matching.some(([, group]) => group === undefined),
    inGroups: groups.length > 0,
    inThisGroup: queue !== undefined && groups.some((group) => matchesQueue(group, queue)),
  };
}

/**
 * True when a user may subscribe to a subject, alone or in a queue group. Where an allowed subject is named with queue
 * groups, these are the only ones, even if it is named without any, too.
 */
export function maySubscribe({ subscribe }: Permissions, subject: string, queue?: string): boolean {
  const { allow } = subscribe ?? {};
  const named = allow === undefined ? undefined : mentions(allow, subject, queue);
  const allowed = named === undefined || (queue !== undefined && named.inGroups ? named.inThisGroup : named.plainly);
  return allowed && !isDenied(subscribe, subject, queue);
}

/** True when a message on a subject reaches a user by a subscription that it was allowed: denied ones are filtered out. */
export function mayReceive({ subscribe }: Permissions, subject: string, queue?: string): boolean {
  return !isDenied(subscribe, subject, queue);
}

function isDenied(subjects: SubjectPermissions | undefined, subject: string, queue: string | undefined): boolean {
  const denied = mentions(subjects?.deny ?? [], subject, queue);
  return denied.plainly || denied.inThisGroup;
}
