/** Template values of one user. */
export interface Values {
  readonly name: string;
  readonly publicKey: string;
  readonly tags: readonly string[];
  readonly accountName: string;
  readonly accountKey: string;
  readonly accountTags: readonly string[];
}

/** Fills in a list of subjects. Returns undefined when a denied subject becomes invalid, which rejects the user. */
export function filled(list: readonly string[], values: Values, kind: "allow" | "deny"): string[] | undefined {
  if (!list.some((subject) => /\{\{[^}]+\}\}/.test(subject))) {
    return [...list];
  }
  const subjects = list.flatMap((subject) => everyFilling(subject, values));
  return kind === "deny" && !subjects.every(isSubject) ? undefined : [...new Set(subjects.filter(isSubject))];
}

/**
 * Returns one subject for each combination of values, and an invalid subject when a tag is missing. Only templates of the
 * declared subject are filled in: a value that looks like a template is replaced only if the subject contains the same
 * template later.
 */
function everyFilling(subject: string, values: Values): string[] {
  const templates = Array.from(subject.matchAll(/\{\{([^}]+)\}\}/g), ([template, call = ""]) => ({ template, call }));
  return templates.reduce<string[]>(
    (texts, { template, call }) =>
      texts.flatMap((text) => valuesOf(call, values).map((value) => text.split(template).join(value))),
    [subject],
  );
}

function valuesOf(call: string, values: Values): readonly string[] {
  const { name, publicKey, accountName, accountKey } = values;
  const [, whose, key] = /^(tag|account-tag)\((.*)\)$/.exec(call) ?? [];
  if (whose !== undefined) {
    const tags = whose === "tag" ? values.tags : values.accountTags;
    const own = tags.flatMap((tag) => (tag.startsWith(`${key ?? ""}:`) ? [tag.slice(`${key ?? ""}:`.length)] : []));
    return own.length === 0 ? [" "] : own;
  }
  const plain: Readonly<Record<string, string>> = {
    "name()": name,
    "subject()": publicKey,
    "account-name()": accountName,
    "account-subject()": accountKey,
  };
  return [plain[call] ?? " "];
}

function isSubject(text: string): boolean {
  const tokens = text.split(".");
  return tokens.every((token, index) => !/^$|\s/.test(token) && (token !== ">" || index === tokens.length - 1));
}
