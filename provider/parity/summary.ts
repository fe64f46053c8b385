import { PARITY_CLASSES, type ParityClass } from "./classes";
import type { ParityRow } from "./rows";
import { counted } from "./words";

/** How many claims there are, and of what kind. */
export interface ParitySummary {
  /** All claims. */
  readonly claims: number;
  /** Claims by class. */
  readonly classes: Readonly<Record<ParityClass, number>>;
  /** Losses of security that the program does not accept. */
  readonly open: number;
  /** Losses of security that the program accepts, with a reason. */
  readonly accepted: number;
}

/** Counts the rows of a report. */
export function summaryOf(rows: readonly ParityRow[]): ParitySummary {
  const classes = Object.fromEntries(PARITY_CLASSES.map((letter) => [letter, 0])) as Record<ParityClass, number>;
  for (const row of rows) {
    classes[row.class] += 1;
  }
  const losses = rows.filter(isLoss);
  const open = losses.filter(({ accepted }) => accepted === undefined).length;
  return { claims: rows.length, classes, open, accepted: losses.length - open };
}

/** True for a claim by which somebody may do more on one of the servers than on the other. */
export function isLoss({ severity }: ParityRow): boolean {
  return severity === "security";
}

/** A summary as a sentence. */
export function conclusion({ claims, open, accepted }: ParitySummary): string {
  const losses = open + accepted;
  if (losses === 0) {
    return `${counted(claims, "claim")}; both servers allow the same.`;
  }
  const taken = { 0: "none of them is accepted", [losses]: "all of them are accepted" }[accepted];
  return `${counted(claims, "claim")}; by ${losses} of them somebody may do more on one server than on the other, and ${taken ?? `${accepted} of those are accepted`}.`;
}
