import { bounded, keyPath, shown, withoutSeeds } from "../model/form/diagnostics";
import { sortedBy, sortedEntries, sortedSet } from "../model/form/order";
import type { Case, Difference, Parity } from "./claims";
import type { ParityClass, Severity } from "./classes";

/** A claim of a model, and how the two sides say it. */
export interface ParityRow {
  /** The claim's name, which stays as long as the program calls things the same: `A.users.test.sourceNetworks`. */
  readonly name: string;
  readonly class: ParityClass;
  /** What the program claims, as a short text; undefined for things that are claimed by being there, such as a user. */
  readonly value?: string;
  /** How the static configuration says it; undefined where it does not. */
  readonly static?: string;
  /** How the tokens of the operator side say it; undefined where they do not. */
  readonly operator?: string;
  /** For what one side cannot say (class P or N): whether somebody may do more on one server than on the other. */
  readonly severity?: Severity;
  /** For what one side cannot say: what follows of it for this value. */
  readonly consequence?: string;
  /** The reason for which the program accepts the consequence. */
  readonly accepted?: string;
}

/** A claim's name, and what has it, in words. */
export interface Place {
  readonly name: string;
  readonly who: string;
}

/** What is known of a claim, whatever the type of its values. */
export type AnyClaim = AnyLeaf | AnyMembers | AnyEntries | AnyElements;

interface AnyLeaf {
  readonly parity: Parity<unknown>;
  readonly except?: readonly Case<unknown>[];
  readonly silent?: unknown;
}

interface AnyMembers {
  readonly self?: AnyLeaf;
  readonly members: Readonly<Record<string, AnyClaim>>;
}

interface AnyEntries {
  readonly entry: AnyClaim;
  who(key: string, owner: string): string;
}

interface AnyElements {
  readonly element: AnyClaim;
  key(element: unknown): string;
  who(element: unknown, owner: string): string;
}

/** One row for each claim that a value makes: in the order of the table, names and lists sorted. */
export function rowsOf(claim: AnyClaim, value: unknown, place: Place): ParityRow[] {
  if (value === undefined || isEmptyList(value)) {
    return [];
  }
  if ("parity" in claim) {
    return value === claim.silent ? [] : [row(claim, value, place, { value: printed(value) })];
  }
  if ("members" in claim) {
    return memberRows(claim, value as Readonly<Record<string, unknown>>, place);
  }
  return "entry" in claim
    ? entryRows(claim, value as Readonly<Record<string, unknown>>, place)
    : elementRows(claim, value as readonly unknown[], place);
}

/** A list without elements says the same as none. */
function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function memberRows(
  { self, members }: AnyMembers,
  value: Readonly<Record<string, unknown>>,
  place: Place,
): ParityRow[] {
  return [
    ...(self === undefined ? [] : [row(self, value, place, {})]),
    ...Object.entries(members).flatMap(([key, claim]) =>
      rowsOf(claim, value[key], { ...place, name: keyPath(place.name, key) }),
    ),
  ];
}

function entryRows(claim: AnyEntries, value: Readonly<Record<string, unknown>>, { name, who }: Place): ParityRow[] {
  return sortedEntries(value).flatMap(([key, entry]) =>
    rowsOf(claim.entry, entry, { name: keyPath(name, key), who: claim.who(key, who) }),
  );
}

function elementRows(claim: AnyElements, value: readonly unknown[], { name, who }: Place): ParityRow[] {
  const keyed = value.map((element) => ({ element, key: claim.key(element) }));
  return sortedBy(keyed, ({ key }) => key).flatMap(({ element, key }) =>
    rowsOf(claim.element, element, { name: keyPath(name, key), who: claim.who(element, who) }),
  );
}

function row(leaf: AnyLeaf, value: unknown, { name, who }: Place, shownValue: Pick<ParityRow, "value">): ParityRow {
  const parity = leaf.except?.find((one) => one.holds(value))?.parity ?? leaf.parity;
  const { static: onStatic, operator } = parity;
  return {
    name: withoutSeeds(name),
    class: parity.class,
    ...shownValue,
    ...(onStatic === undefined ? {} : { static: onStatic }),
    ...(operator === undefined ? {} : { operator }),
    ...(isDifference(parity)
      ? { severity: parity.severity, consequence: withoutSeeds(parity.consequence(value, who)) }
      : {}),
  };
}

/** True for what one side cannot say. */
export function isDifference<T>(parity: Parity<T>): parity is Difference<T> {
  return parity.class === "P" || parity.class === "N";
}

/** A claim's value for people. The order of a list of texts says nothing. */
function printed(value: unknown): string {
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) {
    return shown(sortedSet(value));
  }
  return typeof value === "object" ? bounded(JSON.stringify(value)) : shown(value);
}
