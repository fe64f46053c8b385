/** The losses that a program accepts, by their names or by patterns of them, each with its reason. */
export type Acceptances = Readonly<Record<string, string>>;

/** A part of a claim's name: `.name`, or `["odd name"]`. */
const PART = String.raw`(?:\.?[A-Za-z_][\w-]*|\["(?:[^"\\]|\\.)*"\])`;
/** A part in which a pattern leaves the name open. */
const OPEN = ".*";
const PARTS = new RegExp(String.raw`\.\*|${PART}`, "g");

/** Says why a claim is accepted; undefined where it is not. The claim's own name counts before any pattern. */
export function reasonsOf(acceptances: Acceptances): (claim: string) => string | undefined {
  const patterns = Object.entries(acceptances).flatMap(([acceptance, reason]) => {
    const pattern = patternOf(acceptance);
    return pattern === undefined ? [] : [{ pattern, reason }];
  });
  return (claim) =>
    Object.hasOwn(acceptances, claim)
      ? acceptances[claim]
      : patterns.find(({ pattern }) => pattern.test(claim))?.reason;
}

/** What an acceptance with a `*` in the place of a name stands for: `A.users.*.times`. Undefined where it has none. */
function patternOf(acceptance: string): RegExp | undefined {
  const parts: readonly string[] = acceptance.match(PARTS) ?? [];
  if (parts.join("") !== acceptance || !parts.includes(OPEN)) {
    return undefined;
  }
  const exact = (part: string) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  return new RegExp(`^${parts.map((part) => (part === OPEN ? PART : exact(part))).join("")}$`);
}

/** True when an acceptance is one of some claim. */
export function acceptsSome(acceptance: string, claims: ReadonlySet<string>): boolean {
  const pattern = patternOf(acceptance);
  return claims.has(acceptance) || (pattern !== undefined && [...claims].some((claim) => pattern.test(claim)));
}
