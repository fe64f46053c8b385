import { formatDiagnostic, formatDiagnostics, type Diagnostic } from "./diagnostic";

/** A diagnostic without its path. */
export type Problem = Omit<Diagnostic, "path">;

/** A JWT, a credentials file or a configuration cannot be read. */
export class Unreadable extends Error {
  /** Every problem; a path is empty when the problem concerns the whole source. */
  readonly diagnostics: readonly Diagnostic[];

  /**
   * @param origin the source, such as `nats.conf, line 3`
   * @param problem the problem of the whole source, or problems with their paths; they contain no values, which can be secrets
   */
  constructor(
    readonly origin: string,
    problem: Problem | readonly Diagnostic[],
    options?: { readonly cause?: unknown },
  ) {
    const diagnostics = "problem" in problem ? [{ path: "", ...problem }] : problem;
    super(
      "problem" in problem ? formatDiagnostic({ ...problem, path: origin }) : formatDiagnostics(origin, problem),
      options,
    );
    this.name = "Unreadable";
    this.diagnostics = diagnostics;
  }

  /** The code of the first problem. */
  get code(): Diagnostic["code"] | undefined {
    return this.diagnostics[0]?.code;
  }

  /** The problem as a clause, for the diagnostic of an argument that contains the source. */
  get problem(): string {
    const [first, ...more] = this.diagnostics;
    if (first?.path === "" && more.length === 0) {
      return first.problem;
    }
    const clauses = this.diagnostics.map(({ path, problem }) => `\`${path}\` ${problem}`);
    return `is invalid: ${clauses.join("; ")}`;
  }
}
