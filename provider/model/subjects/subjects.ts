/** The wildcard for exactly one token. */
export const ANY_TOKEN = "*";
/** The wildcard for one or more tokens; only as the last token. */
export const ANY_REST = ">";

/**
 * The maximum length of a subject, in bytes. Servers accept protocol lines of at most 4,096 bytes. Between servers a line
 * also contains an account and a reply subject: a longer subject would break the route with every message.
 */
const MAX_BYTES = 3_000;

/**
 * Returns the problem of a subject (NA1101), or undefined when it is valid.
 *
 * The rules are those of nats-server (`IsValidSubject`) and of the JWT library (`Subject.Validate`): tokens separated by
 * single dots, no white space, `>` only as the last token.
 */
export function subjectProblem(subject: string): string | undefined {
  if (subject === "") {
    return "is not a valid subject: it is empty";
  }
  // nats-server also splits at U+0085, which JavaScript does not treat as white space.
  if (/[\s\0\u0085]/u.test(subject)) {
    return "is not a valid subject: it contains white space or a NUL character";
  }
  if (!subject.isWellFormed()) {
    return "is not a valid subject: it is not valid Unicode";
  }
  if (Buffer.byteLength(subject) > MAX_BYTES) {
    return `is not a valid subject: it is longer than ${MAX_BYTES} bytes and does not fit into a protocol line between servers`;
  }
  const tokens = subject.split(".");
  if (tokens.includes("")) {
    return "is not a valid subject: it has an empty token";
  }
  if (tokens.slice(0, -1).includes(ANY_REST)) {
    return 'is not a valid subject: ">" must be its last token';
  }
  return undefined;
}

/**
 * Returns the problem of the subject of an export, import or mapping (NA1101), or undefined when it is valid. When
 * nats-server compares such subjects (`isSubsetMatch`) it treats every token that begins with `*` as a wildcard; elsewhere
 * it does not.
 */
export function sharedSubjectProblem(subject: string): string | undefined {
  const ambiguous = subject.split(".").find((token) => token.startsWith(ANY_TOKEN) && token !== ANY_TOKEN);
  return (
    subjectProblem(subject) ??
    (ambiguous === undefined
      ? undefined
      : `is not a valid subject here: servers treat the token ${JSON.stringify(ambiguous)} as "*" in some places only`)
  );
}

/**
 * Returns the problem of a subject to subscribe to (NA1101), or undefined when it is valid: a subject, optionally followed
 * by one space and a queue group (JWT library, `Permission.Validate`).
 */
export function subscribeSubjectProblem(text: string): string | undefined {
  const [subject = "", queue, ...rest] = text.split(" ");
  if (queue === undefined) {
    return subjectProblem(subject);
  }
  if (rest.length > 0 || queue === "") {
    return "must be a subject, optionally followed by one space and a queue group";
  }
  return subjectProblem(subject) ?? subjectProblem(queue);
}

/** True for a valid subject by the rules of nats-server (`IsValidSubject`): it rejects less white space than we do. */
export function isValidOnServer(text: string): boolean {
  const tokens = text.split(".");
  return !tokens.includes("") && !tokens.slice(0, -1).includes(ANY_REST) && !/[\t\n\f\r ]/.test(text);
}

/** True when a subject has a `*` token or ends in `>`. */
export function hasWildcard(subject: string): boolean {
  const tokens = subject.split(".");
  return tokens.includes(ANY_TOKEN) || tokens.at(-1) === ANY_REST;
}

/**
 * True when `outer` matches every subject that `inner` matches.
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
 * True when `inner` is contained in `outer` by the rules of the JWT library: as {@link covers}, except that `*` also
 * contains a final `>`. The library rejects accounts with exports or local service subjects that contain each other.
 */
export function coversSubject(outer: string, inner: string): boolean {
  return covers(outer, inner.replace(/(?<=^|\.)>$/, ANY_TOKEN));
}

/** True when both match a common subject. */
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
