/** Accepted security gaps by claim name or pattern, each with a reason. */
export type Acceptances = Readonly<Record<string, string>>;

/** A part of a claim's name: `.name`, or `["odd name"]`. */
const PART = String.raw`(?:\.?[A-Za-z_][\w-]*|\["(?:[^"\\]|\\.)*"\]|\((?:operator|servers)\))`;
/** The part of a pattern that matches every name. */
const WILDCARD = ".*";
const PARTS = new RegExp(String.raw`\.\*|${PART}`, "g");

/**
 * Creates a function that returns the reason for accepting a claim, or undefined. An exact name takes precedence over
 * patterns.
 */
export function createReasonLookup(acceptances: Acceptances): (claim: string) => string | undefined {
  const patterns = Object.entries(acceptances).flatMap(([acceptance, reason]) => {
    const pattern = toPattern(acceptance);
    return pattern === undefined ? [] : [{ pattern, reason }];
  });
  return (claim) =>
    Object.hasOwn(acceptances, claim)
      ? acceptances[claim]
      : patterns.find(({ pattern }) => pattern.test(claim))?.reason;
}

/** Converts an acceptance with a `*` in place of a name, such as `A.users.*.times`; undefined when it has none. */
function toPattern(acceptance: string): RegExp | undefined {
  const parts: readonly string[] = acceptance.match(PARTS) ?? [];
  if (parts.join("") !== acceptance || !parts.includes(WILDCARD)) {
    return undefined;
  }
  const escape = (part: string) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  return new RegExp(`^${parts.map((part) => (part === WILDCARD ? PART : escape(part))).join("")}$`);
}

/** True when an acceptance matches at least one claim. */
export function matchesAny(acceptance: string, claims: ReadonlySet<string>): boolean {
  const pattern = toPattern(acceptance);
  return claims.has(acceptance) || (pattern !== undefined && [...claims].some((claim) => pattern.test(claim)));
}
