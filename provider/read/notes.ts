import { formatDiagnostics, type Diagnostic } from "../model/form/diagnostics";
import { Unreadable } from "./unreadable";

/** What is noticed while something is read. Values are not repeated: they may be secret. */
export class Notes {
  readonly #wrong: Diagnostic[] = [];
  readonly #leftOut: Diagnostic[] = [];

  /** What stands there and has no place in what was read: for each thing where, why, and what to do. */
  get leftOut(): readonly Diagnostic[] {
    return this.#leftOut;
  }

  /** Notes that something is not what it must be. */
  wrong(path: string, problem: string): void {
    this.#wrong.push({ path, problem, remedy: "Correct it where it was made." });
  }

  /** Notes that something has no place in what is read. */
  leaveOut(path: string, problem: string, remedy: string): void {
    this.#leftOut.push({ path, problem, remedy });
  }

  /**
   * Ends the reading.
   *
   * @param what what was read, for messages
   * @throws Unreadable when something was wrong: all of it
   */
  check(what: string): void {
    if (this.#wrong.length > 0) {
      throw new Unreadable(what, formatDiagnostics("it", this.#wrong));
    }
  }
}
