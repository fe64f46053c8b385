import type { Since } from "../model/cluster/server-version";

/** Parity classes, by letter. */
export const CLASSES = {
  E: { title: "exact", meaning: "Both servers enforce the same setting." },
  X: {
    title: "expanded",
    meaning: "One side has no such setting; its configuration achieves the same effect by other settings.",
  },
  M: { title: "metadata", meaning: "Information for people and tools; it affects no decision of either server." },
  P: { title: "partial", meaning: "One side supports only a part of it, or not at all times." },
  N: { title: "one side only", meaning: "One side does not support it." },
} as const satisfies Readonly<Record<string, { readonly title: string; readonly meaning: string }>>;

/** The letter of a parity class. */
export type ParityClass = keyof typeof CLASSES;

/** All letters, in the order of the reports. */
export const PARITY_CLASSES = Object.keys(CLASSES) as readonly ParityClass[];

/**
 * The severity of a difference: `security` when a user can do more on one server than on the other, `harmless` when both
 * servers allow the same, `unusable` when the servers do not work with the claim.
 */
export type Severity = "security" | "harmless" | "unusable";

/** The setting of each side; undefined for a side without an equivalent. */
interface SideSettings {
  readonly static?: string;
  readonly operator?: string;
}

/** A claim that both sides enforce alike, or that does not affect decisions. */
export interface Agreement extends SideSettings {
  readonly class: Exclude<ParityClass, "P" | "N">;
}

/** A claim that one side supports partially or not at all. */
export interface Difference<T> extends SideSettings {
  readonly class: "P" | "N";
  readonly severity: Severity;
  /** The value with which the documentation shows the consequence. */
  readonly example: T;
  /**
   * Describes the consequence of a value, as a clause.
   *
   * @param owner the object that has the claim, such as `A/test`
   */
  consequence(value: T, owner: string): string;
}

/** The parity of a claim. */
export type Parity<T> = Agreement | Difference<T>;

/** The parity of a claim for some of its values. */
export interface ValueCase<T> {
  /** The values in words, for the documentation. */
  readonly when: string;
  matches(value: T): boolean;
  readonly parity: Parity<T>;
}

/** The parity of a claim with servers of older versions. */
export interface OlderServers<T> {
  /** The first versions without this parity. */
  readonly since: Since;
  /** The values that older servers treat differently. @default every value */
  matches?(value: T): boolean;
  readonly parity: Difference<T>;
}

/** A claim that is reported in one row. */
export interface Leaf<T> {
  readonly parity: Parity<T>;
  /** The parity with older servers, the oldest first. @default it does not depend on the version */
  readonly older?: readonly OlderServers<T>[];
  /** Values with a different parity; the first match counts. */
  readonly except?: readonly ValueCase<T>[];
  /** The value that is equivalent to no claim, and is not reported. */
  readonly default?: T;
}

/** A claim with parts that is reported in one row. The parts are listed so that the compiler reports a missing one. */
export interface Whole<T> extends Leaf<T> {
  readonly parts: Parts<T>;
}

/** The operator-side name of each part of a claim. */
export type Parts<T> = T extends Scalar
  ? string
  : T extends readonly (infer Item)[]
    ? Parts<Item>
    : { readonly [Key in KeyOf<T>]-?: Parts<Exclude<Member<T, Key>, undefined>> };

/** The claims of an object: one for each key of its type, so that the compiler reports a missing key. */
export interface Members<T> {
  /** The parity of the object itself, if its presence is a claim. */
  readonly self?: Leaf<T>;
  readonly members: { readonly [Key in KeyOf<T>]-?: Claim<Exclude<Member<T, Key>, undefined>> };
}

/** Claims by name. */
export interface Entries<T> {
  readonly entry: Claim<T>;
  /** Describes the owner of an entry's claims. */
  describe(key: string, owner: string): string;
}

/** Claims in a list. The key of an element does not depend on the order of the list. */
export interface Elements<T> {
  readonly element: Claim<T>;
  key(element: T): string;
  /** Describes the owner of an element's claims. */
  describe(element: T, owner: string): string;
}

type Scalar = string | number | boolean;

/** The keys of all alternatives of a type. */
type KeyOf<T> = T extends unknown ? keyof T : never;

/** The type of a key in any alternative of a type. */
type Member<T, Key extends PropertyKey> = T extends unknown ? (Key extends keyof T ? T[Key] : never) : never;

/** The parity table of claims with values of type `T`. */
export type Claim<T> = [T] extends [Scalar | readonly Scalar[]]
  ? Leaf<T>
  : Whole<T> | ([T] extends [readonly (infer Item)[]] ? Elements<Item> : Inner<T>);

type Inner<T> = string extends KeyOf<T> ? Entries<Exclude<Member<T, string>, undefined>> : Members<T>;
