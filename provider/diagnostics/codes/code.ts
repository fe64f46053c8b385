/** The documentation of a code. */
export interface CodeEntry {
  /** The kind of problem, as a noun phrase. */
  readonly title: string;
  /** The rule, and why NATS or Pulumi has it. */
  readonly cause: string;
  /** What to do, as one or two sentences. */
  readonly remedy: string;
}

/** The kinds of problems of one area, by their codes. */
export type CodeTable = Readonly<Record<`NA${number}`, CodeEntry>>;
