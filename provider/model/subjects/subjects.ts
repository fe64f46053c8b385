/** The token that stands for exactly one token. */
export const ANY_TOKEN = "*";
/** The last token that stands for one or more tokens. */
export const ANY_REST = ">";

/**
 * Bytes of the longest subject. Servers read no line of more than 4,096 bytes: neither from clients, nor from each other,
 * with an account and a subject for answers beside it. A longer one would break the route between them, message by message.
 */
const LONGEST = 3_000;

/**
 * Says what keeps a text from being a NATS subject, or undefined when it is one.
 *
 * The rules are the server's (`IsValidSubject`) and the JWT library's (`Subject.Validate`): tokens separated by single
 * dots, no white space, `>` only as a whole last token.
 */
export function subjectProblem(subject: string): string | undefined {
  if (subject === "") {
    return "is empty; a subject is one or more tokens separated by dots";
  }
  // The server splits texts at U+0085, too, which is no white space to JavaScript.
  if (/[\s\0\u0085]/u.test(subject)) {
    return "contains white space or NUL; a subject contains neither";
  }
  if (!subject.isWellFormed()) {
    return "is not valid Unicode; a subject is sent as UTF-8";
  }
  if (Buffer.byteLength(subject) > LONGEST) {
    return `is longer than ${LONGEST} bytes, and does not fit into a line that servers send each other`;
  }
  const tokens = subject.split(".");
  if (tokens.includes("")) {
    return "has an empty token; tokens are separated by single dots, with none at either end";
  }
  if (tokens.slice(0, -1).includes(ANY_REST)) {
    return 'has ">" before the end; ">" matches the rest of a subject and can only be its last token';
  }
  return undefined;
}

/**
 * Says what keeps a text from being the subject of an export or import, or undefined when it can be. Where the server holds
 * these against each other (`isSubsetMatch`) it takes every token that begins with `*` for the wildcard; elsewhere not.
 */
export function sharedSubjectProblem(subject: string): string | undefined {
  const odd = subject.split(".").find((token) => token.startsWith(ANY_TOKEN) && token !== ANY_TOKEN);
  return (
    subjectProblem(subject) ??
    (odd === undefined ? undefined : `has the token ${JSON.stringify(odd)}, which the servers half take for a "*"`)
  );
}

/**
 * Says what keeps a text from being a subject that one may subscribe to: a subject, or a subject, one space and a queue
 * group (JWT library, `Permission.Validate`).
 */
export function subscribeSubjectProblem(text: string): string | undefined {
  const [subject = "", queue, ...rest] = text.split(" ");
  if (queue === undefined) {
    return subjectProblem(subject);
  }
  if (rest.length > 0 || queue === "") {
    return "has more than a subject, one space and a queue group";
  }
  return subjectProblem(subject) ?? subjectProblem(queue);
}

/** True when the server takes a text for a subject (`IsValidSubject`): it knows fewer white spaces than JavaScript. */
export function serverTakesSubject(text: string): boolean {
  const tokens = text.split(".");
  return !tokens.includes("") && !tokens.slice(0, -1).includes(ANY_REST) && !/[\t\n\f\r ]/.test(text);
}

/** True when the subject stands for more than one: it has a `*` token or ends in `>`. */
export function hasWildcard(subject: string): boolean {
  const tokens = subject.split(".");
  return tokens.includes(ANY_TOKEN) || tokens.at(-1) === ANY_REST;
}

/**
 * True when every subject that `inner` matches is matched by `outer`.
 *
 * @param outer a valid subject, with or without wildcards
 * @param inner a valid subject, with or without wildcards
 */
export function covers(outer: string, inner: string): boolean {
  const outerTokens = outer.split(".");
  const innerTokens = inner.split(".");
  for (const [index, token] of outerTokens.entries()) {
    const other = innerTokens[index];
    if (other === undefined) {
      return false;
    }
    if (token === ANY_REST) {
      return true;
    }
    if (token !== other && (token !== ANY_TOKEN || other === ANY_REST)) {
      return false;
    }
  }
  return outerTokens.length === innerTokens.length;
}

/**
 * True when the JWT library takes `inner` to be contained in `outer`: as {@link covers}, but that a `*` takes in a final
 * `>`, too. It refuses accounts that export one subject inside another, or use services under such local subjects.
 */
export function takesIn(outer: string, inner: string): boolean {
  return covers(outer, inner.replace(/(?<=^|\.)>$/, ANY_TOKEN));
}

/** True when some subject is matched by both. */
export function collide(one: string, other: string): boolean {
  const [a, b] = [one.split("."), other.split(".")];
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const [x, y] = [a[index], b[index]];
    if (x === undefined || y === undefined) {
      return false;
    }
    if (x === ANY_REST || y === ANY_REST) {
      return true;
    }
    if (x !== y && x !== ANY_TOKEN && y !== ANY_TOKEN) {
      return false;
    }
  }
  return true;
}
