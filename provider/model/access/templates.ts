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

function expandSubjects(
  subjects: SubjectPermissions | undefined,
  filling: TemplateValues,
): SubjectPermissions | undefined {
  if (subjects === undefined) {
    return undefined;
  }
  const { allow = [], deny = [] } = subjects;
  const allowed = expandList(allow, filling, "allow");
  const denied = expandList(deny, filling, "deny");
  return allow.length > 0 && allowed.length === 0
    ? { deny: [...denied, ">"] }
    : omitUndefined<SubjectPermissions>({ allow: emptyToUndefined(allowed), deny: emptyToUndefined(denied) });
}

/** One template affects the whole list: entries without templates must be valid subjects, too, without queue groups. */
function expandList(list: readonly string[], filling: TemplateValues, kind: ListKind): readonly string[] {
  if (!list.some(hasTemplate)) {
    return list;
  }
  const expanded: string[] = [];
  for (const subject of list) {
    const results = expandSubject(subject, filling, kind, MAX_SUBJECTS - expanded.length);
    if (kind === "deny" && !results.every(isValidOnServer)) {
      throw new TemplateError(`the denied subject ${JSON.stringify(subject)} expands to an invalid subject`);
    }
    expanded.push(...results.filter(isValidOnServer));
  }
  return expanded;
}

function expandSubject(subject: string, filling: TemplateValues, kind: ListKind, max: number): string[] {
  const templates = [...subject.matchAll(TEMPLATE)].map(([template, call = ""]) => ({
    template,
    values: valuesOf(call, subject, filling, kind),
  }));
  const hasTags = templates.some(({ template }) => template.includes("tag("));
  const count = templates.reduce((product, { values }) => product * values.length, 1);
  if (hasTags && count > max) {
    throw new TemplateError(`${JSON.stringify(subject)} expands to more than ${MAX_SUBJECTS} subjects`);
  }
  // One template after the other, as in the server: inserted values can contain templates again.
  return templates.reduce<string[]>(
    (texts, { template, values }) =>
      texts.flatMap((text) => values.map((value) => text.replaceAll(template, () => value))),
    [subject],
  );
}

function valuesOf(call: string, subject: string, filling: TemplateValues, kind: ListKind): readonly string[] {
  const { plain, tags, key = "" } = TEMPLATE_CALL.exec(call)?.groups ?? {};
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
  const values: Readonly<Record<string, string>> = {
    name,
    subject: publicKey,
    "account-name": account.name,
    "account-subject": account.publicKey,
  };
  return values[plain] ?? MISSING;
}
