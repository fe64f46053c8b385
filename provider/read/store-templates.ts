import type { Access } from "../model/access/access";
import { hasTemplate, TEMPLATE, type Permissions, type SubjectPermissions } from "../model/access/permissions";
import { expandTemplates, TemplateError, type TemplateValues } from "../model/access/templates";
import { emptyToUndefined, omitUndefined } from "../model/form/order";

const LISTS = [
  ["publish", "allow"],
  ["publish", "deny"],
  ["subscribe", "allow"],
  ["subscribe", "deny"],
] as const;

/** A subject of permissions, and its path in them. */
interface Entry {
  readonly path: string;
  readonly direction: "publish" | "subscribe";
  readonly list: "allow" | "deny";
  readonly subject: string;
}

/** Returns all subjects of permissions. */
export function permissionEntries(permissions: Permissions): Entry[] {
  return LISTS.flatMap(([direction, list]) =>
    (permissions[direction]?.[list] ?? []).map((subject, index) => ({
      path: `${direction}.${list}[${index}]`,
      direction,
      list,
      subject,
    })),
  );
}

/** True when permissions contain a template for a name. */
export function hasTemplateOf(name: "name" | "account-name", { permissions = {} }: Access): boolean {
  const calls = permissionEntries(permissions).flatMap(({ subject }) =>
    [...subject.matchAll(TEMPLATE)].map(([, call = ""]) => call),
  );
  return calls.some((call) => call.trim().toLowerCase() === `${name}()`);
}

/** Returns why servers reject the connections of a user because of templates in the permissions of its role, if so. */
export function templateRejection({ permissions = {} }: Access, values: TemplateValues): string | undefined {
  try {
    expandTemplates(permissions, values);
    return undefined;
  } catch (error) {
    if (error instanceof TemplateError) {
      return `cannot connect: ${error.message}`;
    }
    throw error;
  }
}

/** Returns the subjects with templates. */
export function findTemplates({ permissions = {} }: Access): readonly Entry[] {
  return permissionEntries(permissions).filter(({ subject }) => hasTemplate(subject));
}

/** Returns access without the allowed subjects that contain templates. A list of which none remains allows nothing. */
export function withoutTemplates({ permissions = {}, ...access }: Access): Access {
  const { publish, subscribe, responses } = permissions;
  const literal = omitUndefined<Permissions>({
    publish: withoutAllowed(publish),
    subscribe: withoutAllowed(subscribe),
    responses,
  });
  return omitUndefined<Access>({ permissions: emptyToUndefined(literal), ...access });
}

function withoutAllowed(subjects: SubjectPermissions | undefined): SubjectPermissions | undefined {
  const { allow = [], deny = [] } = subjects ?? {};
  const literal = allow.filter((subject) => !hasTemplate(subject));
  if (literal.length === allow.length) {
    return subjects;
  }
  return literal.length === 0
    ? { deny: [">"] }
    : omitUndefined<SubjectPermissions>({ allow: literal, deny: emptyToUndefined(deny) });
}
