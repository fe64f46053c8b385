import type { Code } from "../diagnostics/codes";
import { display, keyPath, type Diagnostic } from "../diagnostics/diagnostic";
import { isRecord } from "../model/form/shape";
import { Unreadable, type Problem } from "../diagnostics/unreadable";
import { createReasonLookup, matchesAny, type Acceptances } from "../parity/acceptance";

/** Collects problems while a source is read. Values are never repeated, because they can be secrets. */
export class Notes {
  readonly #wrong: Diagnostic[] = [];
  readonly #leftOut: Diagnostic[] = [];
  readonly #gaps: Diagnostic[] = [];

  /** Everything that has no place in the model. */
  get leftOut(): readonly Diagnostic[] {
    return this.#leftOut;
  }

  /** Adds an invalid value; reading fails at the end. */
  wrong(code: Code, path: string, problem: string, remedy = "Correct it at its source."): void {
    this.#wrong.push({ code, path, problem, remedy });
  }

  /** Adds something that has no place in the model; reading continues without it. */
  leaveOut(diagnostic: Diagnostic): void {
    this.#leftOut.push(diagnostic);
  }

  /** Adds a security gap: something that the source forbids and the model allows. Reading fails unless its path is accepted. */
  gap(diagnostic: Diagnostic): void {
    this.#gaps.push(diagnostic);
  }

  /**
   * Ends the reading.
   *
   * @param origin the name of the source in messages
   * @param acceptances accepted security gaps by path, each with a reason
   * @throws Unreadable with every invalid value, every gap that is not accepted, and every wrong acceptance
   */
  check(origin: string, acceptances: Acceptances = {}): void {
    // Values of a stack's configuration can have any type.
    const accept = isRecord(acceptances) ? acceptances : {};
    if (accept !== acceptances) {
      this.wrong("NA3065", "accept", "must be an object of paths with reasons", NO_REASON.remedy);
    }
    const findReason = createReasonLookup(accept);
    this.#wrong.push(...acceptDiagnostics(accept, new Set(this.#gaps.map(({ path }) => path))));
    for (const gap of this.#gaps) {
      const reason = findReason(gap.path);
      if (reason === undefined) {
        this.#wrong.push({ ...gap, remedy: `${gap.remedy} ${formatAcceptance(gap.path)}` });
      } else {
        this.leaveOut({ ...gap, remedy: `Accepted with the reason ${display(reason)}.` });
      }
    }
    if (this.#wrong.length > 0) {
      throw new Unreadable(origin, this.#wrong);
    }
  }
}

function formatAcceptance(path: string): string {
  return `Or accept it with a reason: \`accept: { ${JSON.stringify(path)}: "…" }\`.`;
}

/** Returns acceptances without a reason, and those that match no gap, perhaps because the source has changed. */
function acceptDiagnostics(accept: Acceptances, gaps: ReadonlySet<string>): Diagnostic[] {
  return Object.entries(accept).flatMap(([name, reason]): Diagnostic[] => {
    const path = keyPath("accept", name);
    if (typeof (reason as unknown) !== "string") {
      return [{ code: "NA3065", path, problem: "must be a string", remedy: NO_REASON.remedy }];
    }
    if (!matchesAny(name, gaps)) {
      const problem = `matches no security gap; ${gaps.size === 0 ? "there are none" : `the gaps are ${[...gaps].map((gap) => JSON.stringify(gap)).join(", ")}`}`;
      return [{ code: "NA3064", path, problem, remedy: "Correct the path, or remove the entry." }];
    }
    return reason.trim() === "" ? [{ code: "NA3065", path, ...NO_REASON }] : [];
  });
}

const NO_REASON: Omit<Problem, "code"> = {
  problem: "has no reason",
  remedy: "Explain why the security gap is acceptable.",
};
