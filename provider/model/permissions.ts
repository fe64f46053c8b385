import type { Diagnostic } from "./diagnostics";
import { shown, under } from "./diagnostics";
import { defined, sortedSet } from "./order";
import { listOf, objectOf, optional, shaped, text, type Shape } from "./shape";
import { subjectProblem, subscribeSubjectProblem } from "./subjects";

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
 * @example
 * ```ts
 * { publish: { allow: ["orders.>"] }, subscribe: { allow: ["_INBOX.>"], deny: ["_INBOX.admin.>"] } }
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
}

const SUBJECTS: Shape = objectOf<SubjectPermissions>({ allow: optional(listOf(text)), deny: optional(listOf(text)) });

/** The shape of permissions. */
export const PERMISSIONS: Shape = objectOf<Permissions>({ publish: optional(SUBJECTS), subscribe: optional(SUBJECTS) });

type SubjectRule = (subject: string) => string | undefined;

/** All that is wrong with permissions, their shape too; paths start at the permissions. */
export function permissionsDiagnostics(permissions: Permissions | undefined): Diagnostic[] {
  return shaped("", optional(PERMISSIONS), permissions, (are) => [
    ...under("publish", subjectsDiagnostics(are?.publish, subjectProblem)),
    ...under("subscribe", subjectsDiagnostics(are?.subscribe, subscribeSubjectProblem)),
  ]);
}

function subjectsDiagnostics(subjects: SubjectPermissions | undefined, rule: SubjectRule): Diagnostic[] {
  return [
    ...emptyAllowDiagnostics(subjects),
    ...under("allow", listDiagnostics(subjects?.allow, rule)),
    ...under("deny", listDiagnostics(subjects?.deny, rule)),
  ];
}

/** An empty list means "everything" in a JWT and "nothing" in a static configuration, so it must not be written. */
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

/** In the scope of a signing key, the operator server fills such templates in; the static server takes them literally. */
const TEMPLATE = /\{\{[^}]+\}\}/;

function templateProblem(subject: string): string | undefined {
  return TEMPLATE.test(subject)
    ? "contains a template in double braces, which one server would fill in and the other would not"
    : undefined;
}

function listDiagnostics(list: readonly string[] | undefined, rule: SubjectRule): Diagnostic[] {
  return (list ?? []).flatMap((subject, index) => {
    const problem = rule(subject) ?? templateProblem(subject);
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
  const publish = normalSubjects(permissions?.publish);
  const subscribe = normalSubjects(permissions?.subscribe);
  return publish === undefined && subscribe === undefined ? undefined : defined<Permissions>({ publish, subscribe });
}

function normalSubjects(subjects: SubjectPermissions | undefined): SubjectPermissions | undefined {
  const allow = normalList(subjects?.allow);
  const deny = normalList(subjects?.deny);
  return allow === undefined && deny === undefined ? undefined : defined<SubjectPermissions>({ allow, deny });
}

function normalList(list: readonly string[] | undefined): string[] | undefined {
  return list === undefined || list.length === 0 ? undefined : sortedSet(list);
}
