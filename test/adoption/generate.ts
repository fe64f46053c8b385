import fc from "fast-check";
import { OWN_KEY } from "../../provider/model/shares/imports";
import { renamedTo, wantedOf } from "../support/arbitraries";
import type { ShareType } from "../../provider/model/shares/exports";

/** Names of accounts. Other subjects do not contain them. */
export const NAMES: readonly string[] = ["ONE", "TWO", "THREE"];

/** A value that is mostly missing. @param weight of no value, against one */
export function seldom<T>(what: fc.Arbitrary<T>, weight = 3): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: what });
}

/** An import, generated before the exports of other accounts are known. */
export interface DrawnImport {
  /** Selects one of the exports of other accounts. */
  readonly choice: number;
  /** Imports part of an export that has wildcards. */
  readonly narrow: boolean;
  /** Local subject: 0 the exported one, 1 a different one, 2 one with wildcard references, 3 in the older notation. */
  readonly naming: number;
  readonly prefix: string;
  readonly share: boolean;
}

/** An import of one of several exports. */
export const drawnImport: fc.Arbitrary<DrawnImport> = fc.record({
  choice: fc.nat(100),
  narrow: fc.boolean(),
  naming: fc.nat(3),
  prefix: fc.constantFrom("local", "a", "x.y"),
  share: fc.boolean(),
});

/** An export of an account, as far as an import of it depends on it. */
export interface Offer {
  readonly account: string;
  readonly subject: string;
  readonly type: ShareType;
  readonly accountTokenPosition: number | undefined;
}

/** What an import takes of which account, and by which subject it is known there. */
export interface Taken {
  readonly offer: Offer;
  readonly wanted: string;
  readonly local: string;
}

/**
 * Returns what an import takes of the exports of other accounts, if there are any.
 *
 * @param id what the importer is called in a subject that contains its own name or key
 */
export function takenBy(drawn: DrawnImport, offers: readonly Offer[], id: string): Taken[] {
  const offer = offers[drawn.choice % Math.max(1, offers.length)];
  if (offer === undefined) {
    return [];
  }
  const { subject, type, accountTokenPosition: position } = offer;
  const model = { subject, type, ...(position === undefined ? {} : { accountTokenPosition: position }) };
  const wanted = wantedOf(model, drawn.narrow).replaceAll(OWN_KEY, id);
  return [{ offer, wanted, local: renamedTo(wanted, drawn.prefix, drawn.naming === 2) }];
}

/** Returns the items that overlap with no earlier one of the same group. */
export function disjoint<T>(items: readonly T[], group: (item: T) => string, subject: (item: T) => string): T[] {
  return items.filter(
    (one, index) =>
      !items.slice(0, index).some((other) => group(other) === group(one) && overlaps(subject(other), subject(one))),
  );
}

/** True when some subject matches both patterns. */
function overlaps(one: string, other: string): boolean {
  const [left, right] = [one.split("."), other.split(".")];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const [a, b] = [left[index], right[index]];
    if (a === ">" || b === ">") {
      return a !== undefined && b !== undefined;
    }
    if (a === undefined || b === undefined || (a !== b && a !== "*" && b !== "*")) {
      return false;
    }
  }
  return true;
}
