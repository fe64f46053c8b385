/** The server's own expression (`mustacheRE`). */
export const TEMPLATE = /\{\{([^}]+)\}\}/g;
/** A function of a template. */
export const FUNCTION =
  /^(?:(?<plain>name|subject|account-name|account-subject)\(\)|(?<tags>tag|account-tag)\((?<key>.+)\))$/s;

/** True when a text has a template in it. */
export function hasTemplate(text: string): boolean {
  return text.search(TEMPLATE) >= 0;
}

/** Says which template of a subject means nothing to the server, or undefined when all of them mean something. */
export function templateProblem(subject: string): string | undefined {
  const strange = [...subject.matchAll(TEMPLATE)].find(([, call = ""]) => !FUNCTION.test(call));
  return strange === undefined
    ? undefined
    : `has a template ${strange[0]} that means nothing; templates are {{name()}}, {{subject()}}, {{tag(key)}}, {{account-name()}}, {{account-subject()}} and {{account-tag(key)}}`;
}
