import type { AccountLimits } from "../../../provider/model/limits";

/** What can be limited and is tried. */
export type Limited = Pick<AccountLimits, "connections" | "subscriptions" | "payload">;

/** How far one gets with so many tries. */
export function reached(limits: Limited, what: keyof Limited, tries: number): number {
  return Math.min(tries, limits[what] ?? tries);
}
