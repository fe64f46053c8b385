import fc from "fast-check";
import type { AccountDeclaration } from "../../provider/model/account/account";
import type { Oracle } from "../oracle/oracle";
import { tryModel } from "./run";
import { tried } from "./spoiled";

/** How much is tried, and with which models. */
export interface Plan {
  /** The least number of decisions to compare. */
  readonly decisions: number;
  /** Determines every model. */
  readonly seed: number;
}

/** The smallest model on which something went wrong, and what. */
export interface Mismatch {
  readonly accounts: readonly AccountDeclaration[];
  readonly found: readonly string[];
}

/** What a campaign has done. */
export interface Report {
  readonly models: number;
  readonly decisions: number;
  readonly mismatches: readonly Mismatch[];
  /** Models with which a server did not start; each is a mismatch, too. */
  readonly refused: number;
}

/** Models between two looks at the number of decisions. */
const BATCH = 5;
/** Mismatches after which a campaign ends: more of them seldom tell more. */
const ENOUGH = 5;

/** Tries generated models until enough decisions have been compared. */
export async function campaign(
  { decisions, seed }: Plan,
  oracle: Oracle,
  progress?: (report: Report, found: readonly Mismatch[]) => void,
): Promise<Report> {
  let report: Report = { models: 0, decisions: 0, mismatches: [], refused: 0 };
  for (let batch = 0; report.decisions < decisions && report.mismatches.length < ENOUGH; batch += 1) {
    const next = await tryBatch(seed + batch, oracle);
    report = {
      models: report.models + next.models,
      decisions: report.decisions + next.decisions,
      mismatches: [...report.mismatches, ...next.mismatches],
      refused: report.refused + next.refused,
    };
    progress?.(report, next.mismatches);
  }
  return report;
}

/** Milliseconds after which a batch ends, and with it the search for a smaller model: what comes of chance has no end. */
const LONGEST = 180_000;

/** Tries some models; where one of them shows a mismatch, smaller ones until none does. */
async function tryBatch(seed: number, oracle: Oracle): Promise<Report> {
  let [count, decisions, refused, shrinking] = [0, 0, 0, false];
  let found: readonly string[] = [];
  const property = fc.asyncProperty(tried, async (accounts) => {
    const verdict = await tryModel(accounts, oracle);
    if (!shrinking) {
      count += 1;
      decisions += verdict.decisions;
      refused += Number(verdict.refused);
    }
    if (verdict.mismatches.length > 0) {
      shrinking = true;
      found = verdict.mismatches;
    }
    return verdict.mismatches.length === 0;
  });
  const result = await fc.check(property, { seed, numRuns: BATCH, interruptAfterTimeLimit: LONGEST });
  if (result.failed && found.length === 0) {
    throw new Error("a model could not be tried", { cause: result.errorInstance });
  }
  const [accounts] = result.counterexample ?? [];
  return { models: count, decisions, refused, mismatches: accounts === undefined ? [] : [{ accounts, found }] };
}
