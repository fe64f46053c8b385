import { emptyToUndefined, omitUndefined } from "../form/order";
import { hasTemplate, TEMPLATE, TEMPLATE_CALL, type Permissions, type SubjectPermissions } from "./permissions";
import { isValidOnServer } from "../subjects/subjects";

/** The values that replace the templates in permissions. */
export interface TemplateValues {
  /** `{{name()}}` */
  readonly name: string;
  /** `{{subject()}}`: the user's public key. */
  readonly publicKey: string;
  /** `{{tag(key)}}`: the rest of the user's tags that start with `key:`. */
  readonly tags?: readonly string[];
  readonly account: {
    /** `{{account-name()}}` */
    readonly name: string;
    /** `{{account-subject()}}`: the account's public key. */
    readonly publicKey: string;
    /** `{{account-tag(key)}}`: the rest of the account's tags that start with `key:`. */
    readonly tags?: readonly string[];
  };
}

/** Templates that cannot be expanded for a user. The operator server rejects the connections of such a user. */
export class TemplateError extends Error {
  override readonly name = "Unfillable";
}

type ListKind = "allow" | "deny";

/** The maximum number of subjects that a list expands to (`maxPermTemplateSubjectExpansions`). */
const MAX_SUBJECTS = 4096;

/** The value of a missing tag in an allowed subject: it makes the subject invalid, as in nats-server. */
const MISSING = " ";

/**
 * Expands the templates of permissions for a user, as nats-server does when the user connects
 * (`processUserPermissionsTemplate`). A tag with several values expands to several subjects. Invalid results are dropped
 * from allowed subjects, and reject the connection for denied subjects. An allow list without results allows nothing.
 *
 * @throws TemplateError when the operator server would reject the user's connection
 */
export function expandTemplates(permissions: Permissions, filling: TemplateValues): Permissions {
  return {
    ...permissions,
    ...omitUndefined<Permissions>({
      publish: expandSubjects(permissions.publish, filling),
      subscribe: expandSubjects(permissions.subscribe, filling),
    }),
  };
}

/** The lists of allowed subjects. */
export type AllowList = "publish" | "subscribe";

/**
 * Returns the lists of allowed subjects that expand to nothing for a user, who may then publish or subscribe to nothing.
 *
 * @throws TemplateError when the operator server would reject the user's connection
 */
export function findEmptyLists(permissions: Permissions, filling: TemplateValues): AllowList[] {
  return (["publish", "subscribe"] as const).filter((list) => {
    const allow = permissions[list]?.allow ?? [];
    const isFilled = parsedList(allow)?.some((subject) => hasPlainValues(subject, filling)) ?? true;
    return !isFilled && expandList(allow, filling, "allow").length === 0;
  });
}

/** Matches values with which every subject is valid. */
const TOKEN = /^[\w-]+$/;

/** Returns whether a subject certainly has values for a user. This takes much less time than its expansion. */
function hasPlainValues({ templates }: ParsedSubject, { name, tags = [] }: TemplateValues): boolean {
  return templates.every(({ plain, tags: kind, key = "" }) => {
    const prefix = `${key.toLowerCase()}:`;
    return kind === "tag"
      ? tags.some((tag) => tag.startsWith(prefix) && TOKEN.test(tag.slice(prefix.length)))
      : plain === "name" && TOKEN.test(name);
  });
}

/** Returns whether a list of subjects contains templates. */
export function hasTemplates(list: readonly string[]): boolean {
  return parsedList(list) !== undefined;
}

function expandSubjects(
  subjects: SubjectPermissions | undefined,
  filling: TemplateValues,
): SubjectPermissions | undefined {
  if (subjects === undefined) {
    return undefined;
  }
  const { allow = [], deny = [] } = subjects;
  const lists = [subjects.allow, subjects.deny];
  if (lists.every((list) => list === undefined || (list.length > 0 && parsedList(list) === undefined))) {
    return subjects;
  }
  const allowed = expandList(allow, filling, "allow");
  const denied = expandList(deny, filling, "deny");
  return allow.length > 0 && allowed.length === 0
    ? { deny: [...denied, ">"] }
    : omitUndefined<SubjectPermissions>({ allow: emptyToUndefined(allowed), deny: emptyToUndefined(denied) });
}

/** One template affects the whole list: entries without templates must be valid subjects, too, without queue groups. */
function expandList(list: readonly string[], filling: TemplateValues, kind: ListKind): readonly string[] {
  const subjects = parsedList(list);
  if (subjects === undefined) {
    return list;
  }
  const expanded: string[] = [];
  for (const subject of subjects) {
    const results = expandSubject(subject, filling, kind, MAX_SUBJECTS - expanded.length);
    if (kind === "deny" && !results.every(isValidOnServer)) {
      throw new TemplateError(`the denied subject ${JSON.stringify(subject.text)} expands to an invalid subject`);
    }
    expanded.push(...results.filter(isValidOnServer));
  }
  return expanded;
}

/** A subject with its templates. */
interface ParsedSubject {
  readonly text: string;
  readonly templates: readonly ParsedTemplate[];
  readonly hasTags: boolean;
}

/** A template, and the parts of its call; those of an unknown one are undefined. */
interface ParsedTemplate {
  readonly template: string;
  readonly plain?: string;
  readonly tags?: string;
  readonly key?: string;
}

/** The lists of roles, which are expanded for each of their users. */
const parsedLists = new WeakMap<readonly string[], readonly ParsedSubject[] | "plain">();

/** Returns the subjects of a list; undefined without any template. */
function parsedList(list: readonly string[]): readonly ParsedSubject[] | undefined {
  let parsed = parsedLists.get(list);
  if (parsed === undefined) {
    parsed = list.some(hasTemplate) ? list.map(parseSubject) : "plain";
    parsedLists.set(list, parsed);
  }
  return parsed === "plain" ? undefined : parsed;
}

function parseSubject(text: string): ParsedSubject {
  const templates = [...text.matchAll(TEMPLATE)].map(([template, call = ""]): ParsedTemplate => {
    const { plain, tags, key } = TEMPLATE_CALL.exec(call)?.groups ?? {};
    return omitUndefined<ParsedTemplate>({ template, plain, tags, key });
  });
  return { text, templates, hasTags: templates.some(({ template }) => template.includes("tag(")) };
}

function expandSubject(
  { text: subject, templates, hasTags }: ParsedSubject,
  filling: TemplateValues,
  kind: ListKind,
  max: number,
): string[] {
  const values = templates.map((template) => valuesOf(template, subject, filling, kind));
  const count = values.reduce((product, { length }) => product * length, 1);
  if (hasTags && count > max) {
    throw new TemplateError(`${JSON.stringify(subject)} expands to more than ${MAX_SUBJECTS} subjects`);
  }
  // One template after the other, as in the server: inserted values can contain templates again.
  let texts = [subject];
  templates.forEach(({ template }, index) => {
    const parts = texts.map((text) => text.split(template));
    texts = parts.flatMap((between) => (values[index] ?? []).map((value) => between.join(value)));
  });
  return texts;
}

/**
 * Returns whether permissions can be expanded for every user that has no more than some number of tags, as their account does: no
 * denied subject has a template, and no list becomes too long.
 */
export function areAlwaysExpandable({ publish = {}, subscribe = {} }: Permissions, tags: number): boolean {
  return [publish, subscribe].every(({ allow = [], deny = [] }) => {
    const subjects = parsedList(allow) ?? [];
    const isKnown = ({ plain, tags: kind }: ParsedTemplate) => plain !== undefined || kind !== undefined;
    const counts = subjects.map(({ templates }) => tags ** templates.filter((one) => one.tags !== undefined).length);
    const total = counts.reduce((sum, count) => sum + count, 0);
    return (
      parsedList(deny) === undefined &&
      subjects.every(({ templates }) => templates.every(isKnown)) &&
      total <= MAX_SUBJECTS
    );
  });
}

function valuesOf(
  { plain, tags, key = "" }: ParsedTemplate,
  subject: string,
  filling: TemplateValues,
  kind: ListKind,
): readonly string[] {
  if (plain !== undefined) {
    return [plainValue(plain, filling)];
  }
  if (tags === undefined) {
    throw new TemplateError(`${JSON.stringify(subject)} contains an unknown template`);
  }
  const prefix = `${key.toLowerCase()}:`;
  const { tags: list = [] } = tags === "tag" ? filling : filling.account;
  const values = list.filter((tag) => tag.startsWith(prefix)).map((tag) => tag.slice(prefix.length));
  if (values.length > 0) {
    return values;
  }
  if (kind === "deny") {
    const owner = tags === "tag" ? "user" : "account";
    throw new TemplateError(
      `the denied subject ${JSON.stringify(subject)} requires a tag ${JSON.stringify(`${prefix}…`)}, which the ${owner} does not have`,
    );
  }
  return [MISSING];
}

function plainValue(plain: string, { name, publicKey, account }: TemplateValues): string {
  switch (plain) {
    case "name":
      return name;
    case "subject":
      return publicKey;
    case "account-name":
      return account.name;
    case "account-subject":
      return account.publicKey;
    default:
      return MISSING;
  }
}
