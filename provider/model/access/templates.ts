import { FUNCTION, hasTemplate, TEMPLATE } from "./template-syntax";
import { defined } from "../form/order";
import type { Permissions, SubjectPermissions } from "./permissions";
import { serverTakesSubject } from "../subjects/subjects";

/** Whom the templates in permissions are filled in for. */
export interface Filling {
  /** `{{name()}}` */
  readonly name: string;
  /** `{{subject()}}`: the user's public key. */
  readonly publicKey: string;
  /** `{{tag(key)}}`: what follows `key:` in the user's tags. */
  readonly tags?: readonly string[];
  readonly account: {
    /** `{{account-name()}}` */
    readonly name: string;
    /** `{{account-subject()}}`: the account's public key. */
    readonly publicKey: string;
    /** `{{account-tag(key)}}`: what follows `key:` in the account's tags. */
    readonly tags?: readonly string[];
  };
}

/**
 * Permissions without templates.
 *
 * @throws Unfillable when the operator server would refuse the user's connection
 */
export type FillIn = (permissions: Permissions, filling: Filling) => Permissions;

/** Permissions that cannot be filled in for a user: the operator server does not let such a user in. */
export class Unfillable extends Error {
  override readonly name = "Unfillable";
}

/** The server fills in at most this many subjects (`maxPermTemplateSubjectExpansions`). */
const MOST_SUBJECTS = 4096;

/** What the server writes in an allowed subject for a tag that is not there, so that no subject comes of it. */
const NO_SUBJECT = " ";

/**
 * Fills in the templates of permissions for a user, as nats-server does when the user connects
 * (`processUserPermissionsTemplate`): several values of a tag make several subjects; what is no subject then is left out
 * where it would be allowed, and keeps the user out where it would be denied; a list of allowed subjects of which nothing
 * is left allows nothing.
 */
export const filledIn: FillIn = (permissions, filling) => ({
  ...permissions,
  ...defined<Permissions>({
    publish: filledSubjects(permissions.publish, filling),
    subscribe: filledSubjects(permissions.subscribe, filling),
  }),
});

function filledSubjects(subjects: SubjectPermissions | undefined, filling: Filling): SubjectPermissions | undefined {
  if (subjects === undefined) {
    return undefined;
  }
  const { allow = [], deny = [] } = subjects;
  const allowed = filledList(allow, filling, "allow");
  const denied = filledList(deny, filling, "deny");
  return allow.length > 0 && allowed.length === 0
    ? { deny: [...denied, ">"] }
    : defined<SubjectPermissions>({ allow: listed(allowed), deny: listed(denied) });
}

function listed(subjects: readonly string[]): readonly string[] | undefined {
  return subjects.length === 0 ? undefined : subjects;
}

/** A list with one template in it is looked at as a whole: even what has none in it must be a subject without a queue. */
function filledList(list: readonly string[], filling: Filling, kind: "allow" | "deny"): readonly string[] {
  if (!list.some(hasTemplate)) {
    return list;
  }
  const filled: string[] = [];
  for (const subject of list) {
    const found = filledSubject(subject, filling, kind, MOST_SUBJECTS - filled.length);
    if (kind === "deny" && !found.every(serverTakesSubject)) {
      throw new Unfillable(`${JSON.stringify(subject)} is denied, and becomes what is no subject`);
    }
    filled.push(...found.filter(serverTakesSubject));
  }
  return filled;
}

function filledSubject(subject: string, filling: Filling, kind: "allow" | "deny", most: number): string[] {
  const templates = [...subject.matchAll(TEMPLATE)].map(([template, call = ""]) => ({
    template,
    values: valuesOf(call, subject, filling, kind),
  }));
  const tagged = templates.some(({ template }) => template.includes("tag("));
  const count = templates.reduce((product, { values }) => product * values.length, 1);
  if (tagged && count > most) {
    throw new Unfillable(`${JSON.stringify(subject)} becomes more than ${MOST_SUBJECTS} subjects`);
  }
  // One after the other, as the server does: what was filled in is looked at again.
  return templates.reduce<string[]>(
    (texts, { template, values }) =>
      texts.flatMap((text) => values.map((value) => text.replaceAll(template, () => value))),
    [subject],
  );
}

function valuesOf(call: string, subject: string, filling: Filling, kind: "allow" | "deny"): readonly string[] {
  const { plain, tags, key = "" } = FUNCTION.exec(call)?.groups ?? {};
  if (plain !== undefined) {
    return [plainValue(plain, filling)];
  }
  if (tags === undefined) {
    throw new Unfillable(`${JSON.stringify(subject)} has a template that means nothing`);
  }
  const prefix = `${key.toLowerCase()}:`;
  const { tags: own = [] } = tags === "tag" ? filling : filling.account;
  const values = own.filter((tag) => tag.startsWith(prefix)).map((tag) => tag.slice(prefix.length));
  if (values.length > 0) {
    return values;
  }
  if (kind === "deny") {
    const whose = tags === "tag" ? "the user" : "the account";
    throw new Unfillable(
      `${JSON.stringify(subject)} is denied, and ${whose} has no tag ${JSON.stringify(`${prefix}…`)}`,
    );
  }
  return [NO_SUBJECT];
}

function plainValue(plain: string, { name, publicKey, account }: Filling): string {
  const values: Readonly<Record<string, string>> = {
    name,
    subject: publicKey,
    "account-name": account.name,
    "account-subject": account.publicKey,
  };
  return values[plain] ?? NO_SUBJECT;
}
