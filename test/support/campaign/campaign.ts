import fc from "fast-check";

/** Result of trying one input. */
export interface Verdict {
  /** Number of decisions compared. */
  readonly decisions: number;
  /** One line for each unexpected decision, or the error of a server that refuses the input. */
  readonly mismatches: readonly string[];
  /** What kept an input from being compared, if anything did. Counted by its text. */
  readonly skipped?: string;
}

/** Generated inputs, and servers that make decisions on each. */
export interface Experiment<Input> {
  readonly inputs: fc.Arbitrary<Input>;
  readonly attempt: (input: Input) => Promise<Verdict>;
}

/** How much is tried, and with which inputs. */
export interface Plan {
  /** The least number of decisions to compare. */
  readonly decisions: number;
  /** Determines every input. */
  readonly seed: number;
}

/** The smallest input on which something went wrong, and what. */
export interface Mismatch<Input> {
  readonly input: Input;
  readonly found: readonly string[];
}

/** What a campaign has done. */
export interface Report<Input> {
  readonly inputs: number;
  readonly decisions: number;
  readonly mismatches: readonly Mismatch<Input>[];
  /** How many inputs could not be compared, by reason. */
  readonly skipped: Readonly<Record<string, number>>;
}

/** Inputs between two looks at the number of decisions. */
const BATCH = 5;
/** Mismatches after which a campaign ends: more of them seldom tell more. */
const ENOUGH = 5;

/** Tries generated inputs until enough decisions have been compared. */
export async function campaign<Input>(
  { decisions, seed }: Plan,
  experiment: Experiment<Input>,
  progress?: (report: Report<Input>, found: readonly Mismatch<Input>[]) => void,
): Promise<Report<Input>> {
  let report: Report<Input> = { inputs: 0, decisions: 0, mismatches: [], skipped: {} };
  for (let batch = 0; report.decisions < decisions && report.mismatches.length < ENOUGH; batch += 1) {
    const next = await tryBatch(seed + batch, experiment);
    report = {
      inputs: report.inputs + next.inputs,
      decisions: report.decisions + next.decisions,
      mismatches: [...report.mismatches, ...next.mismatches],
      skipped: sums(report.skipped, next.skipped),
    };
    progress?.(report, next.mismatches);
  }
  return report;
}

function sums(...counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const [key, count] of counts.flatMap((one) => Object.entries(one))) {
    total[key] = (total[key] ?? 0) + count;
  }
  return total;
}

/** Milliseconds after which a batch ends, and with it the search for a smaller input: what comes of chance has no end. */
const LONGEST = 180_000;

/** Tries some inputs; where one of them shows a mismatch, smaller ones until none does. */
async function tryBatch<Input>(seed: number, { inputs, attempt }: Experiment<Input>): Promise<Report<Input>> {
  let [count, decisions, shrinking] = [0, 0, false];
  let skipped: Record<string, number> = {};
  let found: readonly string[] = [];
  const property = fc.asyncProperty(inputs, async (input) => {
    const verdict = await attempt(input);
    if (!shrinking) {
      count += 1;
      decisions += verdict.decisions;
      skipped = sums(skipped, verdict.skipped === undefined ? {} : { [verdict.skipped]: 1 });
    }
    if (verdict.mismatches.length > 0) {
      shrinking = true;
      found = verdict.mismatches;
    }
    return verdict.mismatches.length === 0;
  });
  const timeLimit = fc.interruptAfterTimeLimit(LONGEST);
  const plugins = [(index: number, store: fc.PluginStore) => timeLimit<[Input]>(index, store)];
  const result = await fc.check(property, { seed, numRuns: BATCH, plugins });
  // A batch that takes long on a busy machine ends without a result.
  if (result.failed && !result.interrupted && found.length === 0) {
    throw new Error("an input could not be tried", { cause: result.errorInstance });
  }
  const counterexample = result.counterexample ?? undefined;
  const mismatches = counterexample === undefined ? [] : [{ input: counterexample[0], found }];
  return { inputs: count, decisions, skipped, mismatches };
}
