import type { Diagnostic } from "../form/diagnostics";
import { shown, under } from "../form/diagnostics";
import { defined, sortedSet } from "../form/order";
import { normalResponses, RESPONSES, responsesDiagnostics, type Responses } from "./responses";
import { listOf, objectOf, optional, text, type Shape } from "../form/shape";
import { subjectProblem, subscribeSubjectProblem } from "../subjects/subjects";
import { hasTemplate, templateProblem } from "./template-syntax";

/** Subjects that one may use and subjects that one may not. A denied subject wins over an allowed one. */
export interface SubjectPermissions {
  /**
   * The subjects allowed, wildcards included. When there is no list, everything is allowed that is not denied.
   *
   * @default everything
   */
  readonly allow?: readonly string[];
  /**
   * The subjects denied, wildcards included.
   *
   * @default nothing
   */
  readonly deny?: readonly string[];
}

/**
 * What a user may publish and subscribe to. Both servers decide by the same lists: the static one finds them at the
 * user, the operator one in the scope of the user's signing key.
 *
 * Subjects may have templates, which stand for something else with each user: `{{name()}}`, `{{subject()}}` (the user's
 * public key), `{{tag(key)}}`, `{{account-name()}}`, `{{account-subject()}}`, `{{account-tag(key)}}`. A tag with several
 * values makes several subjects, at most 4,096 in a list. What is no subject then, for want of a tag say, is not allowed;
 * where it stands among the denied ones, nobody gets in. The operator server fills templates in; in the static
 * configuration they are filled in already.
 *
 * @example
 * ```ts
 * { publish: { allow: ["orders.{{name()}}.>"] }, subscribe: { allow: ["_INBOX.>"], deny: ["_INBOX.admin.>"] } }
 * ```
 */
export interface Permissions {
  /**
   * Subjects to publish to.
   *
   * @default everything
   */
  readonly publish?: SubjectPermissions;
  /**
   * Subjects to subscribe to. `"orders.> workers"` is a subscription in the queue group `workers` only.
   *
   * @default everything
   */
  readonly subscribe?: SubjectPermissions;
  /**
   * Answers to requests, beyond what may be published otherwise.
   *
   * @default none beyond it
   */
  readonly responses?: Responses;
}

const SUBJECTS: Shape = objectOf<SubjectPermissions>({ allow: optional(listOf(text)), deny: optional(listOf(text)) });

/** The shape of permissions. */
export const PERMISSIONS: Shape = objectOf<Permissions>({
  publish: optional(SUBJECTS),
  subscribe: optional(SUBJECTS),
  responses: optional(RESPONSES),
});

/** Whether a server fills in templates where the permissions stand. */
export type Templates = "filled in" | "literal";

/** What keeps a text from being an entry of a list, in which there may be templates. */
type EntryRule = (entry: string, besideTemplates: boolean) => string | undefined;

/** All that is wrong with permissions; paths start at the permissions. */
export function permissionsDiagnostics(
  { publish, subscribe, responses }: Permissions,
  templates: Templates,
): Diagnostic[] {
  const rule = (subject: (text: string) => string | undefined): EntryRule => {
    return (entry, besideTemplates) => subject(entry) ?? TEMPLATE_RULES[templates](entry, besideTemplates);
  };
  return [
    ...under("publish", subjectsDiagnostics(publish, rule(subjectProblem))),
    ...under("subscribe", subjectsDiagnostics(subscribe, rule(subscribeSubjectProblem))),
    ...(responses === undefined ? [] : under("responses", responsesDiagnostics(responses))),
  ];
}

const TEMPLATE_RULES: Readonly<Record<Templates, EntryRule>> = {
  literal: (entry) =>
    hasTemplate(entry) ? "has a template in double braces, which no server fills in here" : undefined,
  "filled in": (entry, besideTemplates) =>
    besideTemplates && entry.includes(" ")
      ? "has a queue group in a list with templates, in which the operator server takes it for no subject"
      : templateProblem(entry),
};

function subjectsDiagnostics(subjects: SubjectPermissions | undefined, rule: EntryRule): Diagnostic[] {
  return [
    ...emptyAllowDiagnostics(subjects),
    ...under("allow", listDiagnostics(subjects?.allow, rule)),
    ...under("deny", listDiagnostics(subjects?.deny, rule)),
  ];
}

/**
 * An empty list must not be written: of what may be published it allows nothing in a JWT, where something is denied beside
 * it, and everything in a static configuration.
 */
function emptyAllowDiagnostics(subjects: SubjectPermissions | undefined): Diagnostic[] {
  if (subjects?.allow?.length !== 0) {
    return [];
  }
  return [
    {
      path: "allow",
      value: "[]",
      problem: "an empty list would allow everything on one server and nothing on the other",
      remedy: 'Leave `allow` out to allow everything, or write `deny: [">"]` to allow nothing.',
    },
  ];
}

function listDiagnostics(list: readonly string[] = [], rule: EntryRule): Diagnostic[] {
  const hasTemplates = list.some(hasTemplate);
  return list.flatMap((subject, index) => {
    const problem = rule(subject, hasTemplates);
    return problem === undefined
      ? []
      : [
          {
            path: `[${index}]`,
            value: shown(subject),
            problem,
            remedy: "Write a subject such as `orders.*.new` or `orders.>`.",
          },
        ];
  });
}

/** The same permissions, each list sorted and without repetition; parts that say nothing are left out. */
export function normalPermissions(permissions: Permissions | undefined): Permissions | undefined {
  const { publish, subscribe, responses } = permissions ?? {};
  const normal = defined<Permissions>({
    publish: normalSubjects(publish),
    subscribe: normalSubjects(subscribe),
    responses: responses === undefined ? undefined : normalResponses(responses),
  });
  return Object.keys(normal).length === 0 ? undefined : normal;
}

function normalSubjects(subjects: SubjectPermissions | undefined): SubjectPermissions | undefined {
  const allow = normalList(subjects?.allow);
  const deny = normalList(subjects?.deny);
  return allow === undefined && deny === undefined ? undefined : defined<SubjectPermissions>({ allow, deny });
}

function normalList(list: readonly string[] | undefined): string[] | undefined {
  return list === undefined || list.length === 0 ? undefined : sortedSet(list);
}
