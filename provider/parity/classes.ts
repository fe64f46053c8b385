/** How well the two sides agree about a claim, by letter. */
export const CLASSES = {
  E: { title: "exact", meaning: "Both servers are told the same, each in its own words." },
  X: {
    title: "expanded",
    meaning: "One side has no word for it: what follows from it is written out there, to the same effect.",
  },
  M: { title: "metadata", meaning: "It is for people, and decides nothing on either server." },
  P: { title: "partial", meaning: "One side can say a part of it." },
  N: { title: "one side only", meaning: "One side cannot say it at all." },
} as const satisfies Readonly<Record<string, { readonly title: string; readonly meaning: string }>>;

/** The letter of a class. */
export type ParityClass = keyof typeof CLASSES;

/** All letters, in the order in which they are told. */
export const PARITY_CLASSES = Object.keys(CLASSES) as readonly ParityClass[];

/**
 * What it means that one side cannot say a claim: `security` when somebody may do more on one of the servers than on the
 * other, `harmless` when nobody can tell the two apart by what they allow.
 */
export type Severity = "security" | "harmless";
