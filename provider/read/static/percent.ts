import type { Notes } from "../notes";

/** A share of all things, in per cent: a whole number, or a text such as `"50%"`. */
export function percentOf(value: unknown, path: string, notes: Notes): number {
  const percent = typeof value === "string" && /^\d+%?$/.test(value) ? Number.parseInt(value, 10) : value;
  if (!Number.isSafeInteger(percent)) {
    notes.wrong(path, "is no whole number of per cent");
  }
  return Number(percent);
}
