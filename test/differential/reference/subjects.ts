/**
 * Subjects as the reference understands them, written without a look at the package's own functions, so that a mistake
 * there is not made here, too.
 */

/**
 * True when a subject is one of those that a pattern stands for. Wildcards in the subject are tokens like others: that is
 * how servers hold a subscription against a permission, so that `a.*` permits a subscription to `a.>`, too.
 */
export function matches(pattern: string, subject: string): boolean {
  const wanted = pattern.split(".");
  const tokens = subject.split(".");
  const open = wanted.at(-1) === ">";
  const fixed = open ? wanted.slice(0, -1) : wanted;
  return (
    (open ? tokens.length > fixed.length : tokens.length === fixed.length) &&
    fixed.every((token, index) => token === "*" || token === tokens[index])
  );
}

/** True when a pattern stands for everything that another one stands for. */
export function covers(pattern: string, inner: string): boolean {
  const open = (subject: string) => subject.split(".").at(-1) === ">";
  return matches(pattern, inner) && (!open(inner) || open(pattern));
}

/** True when a name of a queue group is one of those that a pattern stands for; a final `>` is not taken by a `*`. */
export function matchesQueue(pattern: string, queue: string): boolean {
  return pattern === queue || (queue.split(".").at(-1) !== ">" && matches(pattern, queue));
}

/** What the wildcards of a pattern stand for in one subject: by number from 1 on, and the tokens under a final `>`. */
interface Binding {
  readonly tokens: ReadonlyMap<number, string>;
  readonly rest: readonly string[];
}

/** The number of the wildcard that a token refers to, as `$1` does. */
function referenceIn(token: string): number | undefined {
  return /^\$\d+$/.test(token) ? Number(token.slice(1)) : undefined;
}

/** @param isReference whether a token such as `$1` is one that refers to a wildcard, and no token like others */
function bind(pattern: string, subject: string, isReference: boolean): Binding | undefined {
  const wanted = pattern.split(".");
  const reference = (token: string) => (isReference ? referenceIn(token) : undefined);
  const plain = wanted.map((token) => (reference(token) === undefined ? token : "*")).join(".");
  if (!matches(plain, subject)) {
    return undefined;
  }
  const tokens = new Map<number, string>();
  const parts = subject.split(".");
  wanted.forEach((token, index) => {
    if (token === "*" || reference(token) !== undefined) {
      tokens.set(reference(token) ?? tokens.size + 1, parts[index] ?? "");
    }
  });
  return { tokens, rest: wanted.at(-1) === ">" ? parts.slice(wanted.length - 1) : [] };
}

function fill(pattern: string, { tokens, rest }: Binding): string {
  const wanted = pattern.split(".");
  let seen = 0;
  const filled = wanted.flatMap((token, index) => {
    if (token === ">" && index === wanted.length - 1) {
      return rest;
    }
    const number = token === "*" ? (seen += 1) : referenceIn(token);
    return number === undefined ? [token] : [tokens.get(number) ?? token];
  });
  return filled.join(".");
}

/**
 * The subject by which something is known on the other side of an import, or undefined when the import does not take it.
 *
 * @param from the pattern on the side where the subject is known; the wildcards of the other side may be references here, as `$1`
 * @param to the pattern on the other side
 */
export function renamed(subject: string, from: string, to: string): string | undefined {
  if (from === to) {
    return matches(from, subject) ? subject : undefined;
  }
  const binding = bind(from, subject, to.split(".").includes("*"));
  return binding === undefined ? undefined : fill(to, binding);
}
