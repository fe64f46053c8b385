import type { Permissions, SubjectPermissions } from "../../model/access/permissions";
import type { AccountTerms } from "../../model/account/account-terms";
import { omitUndefined } from "../../model/form/order";
import type { Export } from "../../model/shares/exports";
import type { Mappings } from "../../model/subjects/mappings";
import type { StaticAccount } from "./account";

/**
 * Returns the same subject or another one in its place, and after it the subjects that permissions contain as well.
 *
 * @param isDenied true for a subject that a permission denies
 */
export type Change = (subject: string, isDenied?: boolean) => readonly [string, ...string[]];

/** Changes every subject of an account, except those of its imports, which belong to other accounts or to their clients. */
export function mapSubjects(account: StaticAccount, change: Change): StaticAccount {
  const { exports, mappings, trace, defaultPermissions, users } = account;
  return omitUndefined<StaticAccount>({
    ...account,
    exports: exports?.map((entry) => mapExport(entry, change)),
    mappings: mappings && mapMappings(mappings, change),
    trace: trace && mapTrace(trace, change),
    defaultPermissions: defaultPermissions && mapPermissions(defaultPermissions, change),
    users: users.map((user) =>
      omitUndefined<typeof user>({
        ...user,
        permissions: user.permissions && mapPermissions(user.permissions, change),
      }),
    ),
  });
}

/** Changes the subjects of an export. */
export function mapExport({ subject, latency, ...entry }: Export, change: Change): Export {
  const results = latency && { ...latency, results: change(latency.results)[0] };
  return omitUndefined<Export>({ ...entry, subject: change(subject)[0], latency: results });
}

/** Changes the sources and destinations of mappings. */
export function mapMappings(mappings: Mappings, change: Change): Mappings {
  const changed = Object.entries(mappings).map(([source, destinations]) => [
    change(source)[0],
    destinations.map((destination) => ({ ...destination, subject: change(destination.subject)[0] })),
  ]);
  return Object.fromEntries(changed) as Mappings;
}

/** Changes the destination of a trace. */
export function mapTrace(
  trace: NonNullable<AccountTerms["trace"]>,
  change: Change,
): NonNullable<AccountTerms["trace"]> {
  return { ...trace, destination: change(trace.destination)[0] };
}

/** Changes the subjects of permissions. */
export function mapPermissions({ publish, subscribe, ...rest }: Permissions, change: Change): Permissions {
  return omitUndefined<Permissions>({
    ...rest,
    publish: publish && mapSubjectPermissions(publish, change),
    subscribe: subscribe && mapSubjectPermissions(subscribe, change),
  });
}

function mapSubjectPermissions({ allow, deny }: SubjectPermissions, change: Change): SubjectPermissions {
  const changeAll = (subjects: readonly string[], isDenied: boolean) => [
    ...new Set(subjects.flatMap((subject) => change(subject, isDenied))),
  ];
  return omitUndefined<SubjectPermissions>({
    allow: allow && changeAll(allow, false),
    deny: deny && changeAll(deny, true),
  });
}
