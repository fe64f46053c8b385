import type { Diagnostic } from "../../diagnostics/diagnostic";
import { diagnose, prefixPaths } from "../../diagnostics/diagnostic";
import { emptyToUndefined, omitUndefined, sortUnique } from "../form/order";
import { normalizeResponses, RESPONSES, responsesDiagnostics, type Responses } from "./responses";
import { listOf, objectOf, optional, stringShape, type Shape } from "../form/shape";
import { subjectProblem, subscribeSubjectProblem } from "../subjects/subjects";

/** Allowed and denied subjects. A denied subject takes precedence over an allowed one. */
export interface SubjectPermissions {
  /**
   * Allowed subjects, with or without wildcards. Without a list, every subject that is not denied is allowed.
   *
   * @default every subject
   */
  readonly allow?: readonly string[];
  /**
   * Denied subjects, with or without wildcards.
   *
   * @default no subject
   */
  readonly deny?: readonly string[];
}

/**
 * Permissions to publish and subscribe, enforced in both modes: from the user's entry in static mode, from the scope of the
 * user's signing key in operator mode.
 *
 * Subjects can contain templates, which are expanded for each user: `{{name()}}`, `{{subject()}}` (the user's public key),
 * `{{tag(key)}}`, `{{account-name()}}`, `{{account-subject()}}`, `{{account-tag(key)}}`. A tag with several values expands to
 * several subjects, at most 4,096 in a list. When an expansion is not a valid subject, for example because a tag is missing,
 * an allowed subject is dropped; for a denied subject the connection is rejected. In operator mode the server expands
 * templates; the static configuration contains the expanded subjects.
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
   * @default every subject
   */
  readonly publish?: SubjectPermissions;
  /**
   * Subjects to subscribe to. `"orders.> workers"` is a subscription in the queue group `workers` only.
   *
   * @default every subject
   */
  readonly subscribe?: SubjectPermissions;
  /**
   * Permission to respond to requests, in addition to `publish`.
   *
   * @default responses only to subjects that `publish` allows
   */
  readonly responses?: Responses;
}

/** Matches templates as nats-server does (`mustacheRE`). */
export const TEMPLATE = /\{\{([^}]+)\}\}/g;
/** Matches the function call in a template. */
export const TEMPLATE_CALL =
  /^(?:(?<plain>name|subject|account-name|account-subject)\(\)|(?<tags>tag|account-tag)\((?<key>.+)\))$/s;

/** True when a text contains a template. */
export function hasTemplate(text: string): boolean {
  return text.search(TEMPLATE) >= 0;
}

/** Returns the problem of a subject with an unknown template, or undefined. */
export function templateProblem(subject: string): string | undefined {
  const unknown = [...subject.matchAll(TEMPLATE)].find(([, call = ""]) => !TEMPLATE_CALL.test(call));
  return unknown === undefined
    ? undefined
    : `contains the unknown template ${unknown[0]}; known templates: {{name()}}, {{subject()}}, {{tag(key)}}, {{account-name()}}, {{account-subject()}} and {{account-tag(key)}}`;
}

const SUBJECTS: Shape = objectOf<SubjectPermissions>({
  allow: optional(listOf(stringShape)),
  deny: optional(listOf(stringShape)),
});

/** The shape of permissions. */
export const PERMISSIONS: Shape = objectOf<Permissions>({
  publish: optional(SUBJECTS),
  subscribe: optional(SUBJECTS),
  responses: optional(RESPONSES),
});

/** Whether a server expands templates in the permissions. */
export type Templates = "expanded" | "literal";

/** The rules for the entries of a list. */
interface EntryRules {
  readonly subjectProblem: (entry: string) => string | undefined;
  readonly templates: Templates;
}

/** Finds problems with permissions; paths start at the permissions. */
export function permissionsDiagnostics(
  { publish, subscribe, responses }: Permissions,
  templates: Templates,
): Diagnostic[] {
  return [
    ...prefixPaths("publish", subjectsDiagnostics(publish, { subjectProblem, templates })),
    ...prefixPaths("subscribe", subjectsDiagnostics(subscribe, { subjectProblem: subscribeSubjectProblem, templates })),
    ...(responses === undefined ? [] : prefixPaths("responses", responsesDiagnostics(responses))),
  ];
}

function subjectsDiagnostics({ allow, deny }: SubjectPermissions = {}, rules: EntryRules): Diagnostic[] {
  return [
    ...emptyAllowDiagnostics(allow),
    ...prefixPaths("allow", listDiagnostics(allow, rules)),
    ...prefixPaths("deny", listDiagnostics(deny, rules)),
  ];
}

/**
 * An empty list must not be rendered: together with denied subjects it allows no subject in a JWT, and every subject in a static
 * configuration.
 */
function emptyAllowDiagnostics(allow: readonly string[] | undefined): Diagnostic[] {
  return diagnose({
    code: "NA1202",
    path: "allow",
    value: allow,
    problem:
      allow?.length === 0
        ? "is an empty list, which allows every subject in one mode and none in the other"
        : undefined,
    remedy: 'Remove `allow` to allow every subject, or use `deny: [">"]` to allow none.',
  });
}

function listDiagnostics(list: readonly string[] = [], { subjectProblem, templates }: EntryRules): Diagnostic[] {
  const besideTemplates = list.some(hasTemplate);
  return list.flatMap((entry, index) => {
    const problem = subjectProblem(entry);
    const remedy = "Use a subject such as `orders.*.new` or `orders.>`.";
    const found =
      problem === undefined
        ? TEMPLATE_CHECKS[templates](entry, besideTemplates)
        : diagnose({ code: "NA1101", value: entry, problem, remedy });
    return prefixPaths(`[${index}]`, found);
  });
}

const TEMPLATE_CHECKS: Readonly<Record<Templates, (entry: string, besideTemplates: boolean) => Diagnostic[]>> = {
  literal: literalDiagnostics,
  expanded: (entry, besideTemplates) =>
    besideTemplates && entry.includes(" ") ? queueDiagnostics(entry) : templateDiagnostics(entry),
};

function literalDiagnostics(value: string): Diagnostic[] {
  const problem = hasTemplate(value) ? "contains a template, which servers do not expand here" : undefined;
  const remedy = "Move the permissions to users or roles, or use a subject without templates.";
  return diagnose({ code: "NA1204", value, problem, remedy });
}

function queueDiagnostics(value: string): Diagnostic[] {
  const problem = "has a queue group in a list with templates, where the operator server drops it";
  return diagnose({ code: "NA1205", value, problem, remedy: "Remove the queue group, or the templates of the list." });
}

function templateDiagnostics(value: string): Diagnostic[] {
  return diagnose({ code: "NA1203", value, problem: templateProblem(value), remedy: "Use one of these templates." });
}

/** Sorts each list and removes duplicates; drops parts without effect. */
export function normalizePermissions(permissions: Permissions | undefined): Permissions | undefined {
  const { publish, subscribe, responses } = permissions ?? {};
  return emptyToUndefined(
    omitUndefined<Permissions>({
      publish: normalizeSubjects(publish),
      subscribe: normalizeSubjects(subscribe),
      responses: responses === undefined ? undefined : normalizeResponses(responses),
    }),
  );
}

function normalizeSubjects({ allow = [], deny = [] }: SubjectPermissions = {}): SubjectPermissions | undefined {
  return emptyToUndefined(
    omitUndefined<SubjectPermissions>({
      allow: emptyToUndefined(sortUnique(allow)),
      deny: emptyToUndefined(sortUnique(deny)),
    }),
  );
}
