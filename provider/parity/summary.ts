import { PARITY_CLASSES, type ParityClass } from "./claims";
import type { ParityRow } from "./rows";
import { formatCount } from "./prose";

/** Counts of claims. */
export interface ParitySummary {
  /** All claims. */
  readonly claims: number;
  /** Claims by class. */
  readonly classes: Readonly<Record<ParityClass, number>>;
  /** Security gaps that the program does not accept. */
  readonly open: number;
  /** Security gaps that the program accepts. */
  readonly accepted: number;
}

/** Counts the rows of a report. */
export function summarize(rows: readonly ParityRow[]): ParitySummary {
  const classes = Object.fromEntries(PARITY_CLASSES.map((letter) => [letter, 0])) as Record<ParityClass, number>;
  for (const row of rows) {
    classes[row.class] += 1;
  }
  const gaps = rows.filter(isSecurityGap);
  const open = gaps.filter(({ accepted }) => accepted === undefined).length;
  return { claims: rows.length, classes, open, accepted: gaps.length - open };
}

/** True for a claim with which a user can do more on one server than on the other. */
export function isSecurityGap({ severity }: ParityRow): boolean {
  return severity === "security";
}

/** Formats a summary as text. */
export function formatSummary({ claims, open, accepted }: ParitySummary): string {
  const gaps = open + accepted;
  if (gaps === 0) {
    return `${formatCount(claims, "claim")}; both servers allow the same.`;
  }
  const state = open === 0 ? "accepted" : `${accepted} of them accepted`;
  return `${formatCount(claims, "claim")}; ${formatCount(gaps, "security gap")}, ${state}. A security gap means that a user can do more on one server than on the other.`;
}
