import type { Permissions, SubjectPermissions } from "../../../provider/model/access/permissions";
import { matches, matchesQueue } from "./subjects";

/** Returns true when a user may publish to a subject, apart from responses. With `responses`, the default is to deny. */
export function mayPublish({ publish, responses }: Permissions, subject: string): boolean {
  const { allow = responses === undefined ? [">"] : [], deny = [] } = publish ?? {};
  const found = (list: readonly string[]) => list.some((pattern) => matches(pattern, subject));
  return found(allow) && !found(deny);
}

/** Returns how many answers to a request a user may publish on a subject that its permissions do not allow. */
export function mayAnswer({ responses }: Permissions, answers: number): number {
  const { max = 1 } = responses ?? {};
  return responses === undefined ? 0 : Math.min(answers, max === "unlimited" ? answers : max);
}

/** Returns whether a list contains a subject, and whether it contains it with this queue group. */
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
 * Returns true when a user may subscribe to a subject, alone or in a queue group. If the allow list contains a subject
 * with queue groups, only these are allowed, even if it also contains the subject without one.
 */
export function maySubscribe({ subscribe }: Permissions, subject: string, queue?: string): boolean {
  const { allow } = subscribe ?? {};
  const named = allow === undefined ? undefined : mentions(allow, subject, queue);
  const allowed = named === undefined || (queue !== undefined && named.inGroups ? named.inThisGroup : named.plainly);
  return allowed && !isDenied(subscribe, subject, queue);
}

/** Returns true when an allowed subscription receives a message on a subject. Denied subjects are filtered out. */
export function mayReceive({ subscribe }: Permissions, subject: string, queue?: string): boolean {
  return !isDenied(subscribe, subject, queue);
}

function isDenied(subjects: SubjectPermissions | undefined, subject: string, queue: string | undefined): boolean {
  const denied = mentions(subjects?.deny ?? [], subject, queue);
  return denied.plainly || denied.inThisGroup;
}
