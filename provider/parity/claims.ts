import type { ParityClass, Severity } from "./classes";

/** How each side says something; where a side has no word for it, nothing. */
interface Words {
  readonly static?: string;
  readonly operator?: string;
}

/** A claim that both sides say, or that decides nothing. */
export interface Agreement extends Words {
  readonly class: Exclude<ParityClass, "P" | "N">;
}

/** A claim that one side cannot say, or not wholly. */
export interface Difference<T> extends Words {
  readonly class: "P" | "N";
  readonly severity: Severity;
  /** A value by which the documentation shows the consequence. */
  readonly example: T;
  /**
   * What follows for this value, in plain words.
   *
   * @param who what has the claim, such as `A/test`
   */
  consequence(value: T, who: string): string;
}

/** What a claim is on both sides. */
export type Parity<T> = Agreement | Difference<T>;

/** What a claim is on both sides for some of its values. */
export interface Case<T> {
  /** Which values, for people. */
  readonly when: string;
  holds(value: T): boolean;
  readonly parity: Parity<T>;
}

/** A claim that is told as a whole. */
export interface Leaf<T> {
  readonly parity: Parity<T>;
  /** Values for which it is otherwise; the first that holds counts. */
  readonly except?: readonly Case<T>[];
  /** The value that says the same as no claim at all: there is nothing to report of it. */
  readonly silent?: T;
}

/** A claim that has parts, but is told as a whole; each part is named all the same, so that none is forgotten. */
export interface Whole<T> extends Leaf<T> {
  readonly parts: Parts<T>;
}

/** The name of each part of a claim on the operator side. */
export type Parts<T> = T extends Scalar
  ? string
  : T extends readonly (infer Item)[]
    ? Parts<Item>
    : { readonly [Key in KeyOf<T>]-?: Parts<Exclude<Member<T, Key>, undefined>> };

/** A claim that is an object: one claim for each key of its type, so that the compiler misses a key that is forgotten. */
export interface Members<T> {
  /** What the object as such is on both sides, where it is something. */
  readonly self?: Leaf<T>;
  readonly members: { readonly [Key in KeyOf<T>]-?: Claim<Exclude<Member<T, Key>, undefined>> };
}

/** Claims by name. */
export interface Entries<T> {
  readonly entry: Claim<T>;
  /** What has the claims of an entry, in words. */
  who(key: string, owner: string): string;
}

/** Claims in a list, each known by something that stays when the list is sorted otherwise. */
export interface Elements<T> {
  readonly element: Claim<T>;
  key(element: T): string;
  /** What has the claims of an element, in words. */
  who(element: T, owner: string): string;
}

type Scalar = string | number | boolean;

/** The keys of all alternatives of a type. */
type KeyOf<T> = T extends unknown ? keyof T : never;

/** What a key can hold in any alternative of a type. */
type Member<T, Key extends PropertyKey> = T extends unknown ? (Key extends keyof T ? T[Key] : never) : never;

/** What there is to know of a claim whose values have the type `T`. */
export type Claim<T> = [T] extends [Scalar | readonly Scalar[]]
  ? Leaf<T>
  : Whole<T> | ([T] extends [readonly (infer Item)[]] ? Elements<Item> : Inner<T>);

type Inner<T> = string extends KeyOf<T> ? Entries<Exclude<Member<T, string>, undefined>> : Members<T>;
