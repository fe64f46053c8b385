import { formatDiagnostic, keyPath, shown, type Diagnostic } from "../model/form/diagnostics";
import { being, mapOf, objectOf, optional, text, type Shape } from "../model/form/shape";
import { acceptsSome, type Acceptances } from "./acceptance";
import { openLosses, type ParityReport, type ParitySettings } from "./report";
import type { ParityRow } from "./rows";
import { isLoss } from "./summary";

const MODE: Shape = being('"strict" or "lenient"', "Write one of them.", (value) =>
  ["strict", "lenient"].includes(value as string),
);

/** The shape of settings. */
export const PARITY: Shape = objectOf<ParitySettings>({ mode: optional(MODE), accept: optional(mapOf(text)) });

/** All that is wrong with what a program accepts, and in strict mode every loss of security that it does not accept. */
export function parityDiagnostics(report: ParityReport, { accept = {} }: ParitySettings): Diagnostic[] {
  const losses = report.mode === "strict" ? openLosses(report).map(lossDiagnostic) : [];
  return [...losses, ...acceptDiagnostics(report, accept)];
}

/** What a program is warned of in lenient mode; undefined where there is nothing. */
export function parityWarning(report: ParityReport): string | undefined {
  const losses = report.mode === "lenient" ? openLosses(report) : [];
  const count = losses.length === 1 ? "1 claim lets" : `${losses.length} claims let`;
  const lines = losses.map((row) => `  - ${formatDiagnostic(lossDiagnostic(row))}`);
  return losses.length === 0
    ? undefined
    : [`${count} somebody do more on one server than on the other:`, ...lines].join("\n");
}

function lossDiagnostic({ name, value, consequence = "" }: ParityRow): Diagnostic {
  return {
    path: name,
    ...(value === undefined ? {} : { value }),
    problem: consequence,
    remedy: `Leave it out, or accept it with a reason: \`parity: { accept: { ${JSON.stringify(name)}: "…" } }\`.`,
  };
}

/** Acceptances without a reason, and those of what is no loss: what was accepted once may be something else today. */
function acceptDiagnostics({ rows }: ParityReport, accept: Acceptances): Diagnostic[] {
  const names = new Set(rows.map(({ name }) => name));
  const losses = new Set(rows.filter(isLoss).map(({ name }) => name));
  return Object.entries(accept).flatMap(([name, reason]) => {
    const path = keyPath("parity.accept", name);
    if (!acceptsSome(name, losses)) {
      const problem = names.has(name)
        ? "names a claim that needs no acceptance"
        : "names no claim that needs acceptance";
      return [{ path, problem: `${problem}; ${nearest(name, losses)}`, remedy: "Correct the name, or leave it out." }];
    }
    const remedy = "Write why it may be so; the report shows it.";
    return reason.trim() === "" ? [{ path, value: shown(reason), problem: "gives no reason", remedy }] : [];
  });
}

/** A hint is looked for among this many names: thousands of acceptances may be stale at once. */
const MOST_CANDIDATES = 500;

function nearest(name: string, losses: ReadonlySet<string>): string {
  const [near] = [...losses].slice(0, MOST_CANDIDATES).reduce<readonly [string, number]>(
    (best, candidate) => {
      const score = common(name, candidate);
      return score > best[1] ? [candidate, score] : best;
    },
    ["", -1],
  );
  return losses.size === 0 ? "nothing here does" : `the nearest that does is ${JSON.stringify(near)}`;
}

/** How many characters two texts have in common, at their beginning and at their end. */
function common(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  let start = 0;
  while (start < length && one[start] === other[start]) {
    start += 1;
  }
  let end = 0;
  while (end < length - start && one.at(-1 - end) === other.at(-1 - end)) {
    end += 1;
  }
  return start + end;
}
