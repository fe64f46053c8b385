import { diagnose, type Diagnostic } from "../diagnostics/diagnostic";
import { labelProblem, type Labelled } from "../model/cluster/servers";

/** The most characters of a DNS label. */
const MAX_LABEL = 63;

/** Checks a name that must be a DNS label. */
export function labelDiagnostics(kind: Labelled, path: string, name: unknown, longest = MAX_LABEL): Diagnostic[] {
  const text = typeof name === "string" ? name : "";
  const tooLong = text.length > longest ? `has more than ${longest} characters` : undefined;
  return diagnose({
    code: "NA2100",
    path,
    value: name,
    problem: labelProblem(kind, text) ?? tooLong,
    remedy: "Use another name.",
  });
}
