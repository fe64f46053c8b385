import type { Diagnostic } from "../../diagnostics/diagnostic";
import { omitUndefined, sortEntries } from "./order";
import { anyValue, hasShape, objectOf, optional, checkShape, type Shape } from "./shape";

/** Checks and normalizes one property. Its functions receive only values of its shape. */
export interface Term {
  readonly shape: Shape;
  /** Finds problems; paths start at the value. */
  readonly diagnostics: (value: unknown) => readonly Diagnostic[];
  /** Returns the normal form: in a stable order, and undefined when the value has no effect. */
  readonly normalize: (value: unknown) => unknown;
}

/** Creates the term of a property of type `T`. */
export function term<T>(
  shape: Shape,
  diagnostics: (value: T) => readonly Diagnostic[],
  normal: (value: T) => T | undefined = (value) => value,
): Term {
  return { shape, diagnostics: (value) => diagnostics(value as T), normalize: (value) => normal(value as T) };
}

/** Checks and normalizes the properties of `T`, all of them optional, in the order of the table. */
export class Terms<T extends object> {
  /** The names of all properties. */
  readonly names: readonly (keyof T & string)[];
  /** The shape of an object with these properties and no others. */
  readonly shape: Shape;
  /** The shape of an object with these properties and no others, of any value: `diagnostics` checks each one. */
  readonly keys: Shape;

  /** The properties that can have a normal form when they are missing. */
  readonly #hasDefault: ReadonlySet<string>;
  /** Objects in normal form: models of thousands of users are normalized several times. */
  readonly #normal = new WeakSet();

  constructor(readonly table: Readonly<Record<keyof T, Term>>) {
    this.names = Object.keys(table) as (keyof T & string)[];
    this.shape = objectOf<T>(this.each((name) => optional(table[name].shape)));
    this.keys = objectOf<T>(this.each(() => anyValue));
    this.#hasDefault = new Set(this.names.filter((name) => hasShape(table[name].shape, undefined)));
  }

  /** Creates an object with a value for each property. */
  each<R>(of: (name: keyof T & string) => R): Record<keyof T, R> {
    return Object.fromEntries(this.names.map((name) => [name, of(name)])) as Record<keyof T, R>;
  }

  /** Finds problems of the properties, including their shapes. Ignores other properties. */
  diagnostics(of: Partial<T>): Diagnostic[] {
    return this.names.flatMap((name) =>
      checkShape<unknown>(name, optional(this.table[name].shape), of[name], (value) =>
        value === undefined ? [] : this.table[name].diagnostics(value),
      ),
    );
  }

  /** Returns a copy with normalized properties. Other properties, and those of a wrong shape, remain unchanged. */
  normalize<Holder extends Partial<T>>(holder: Holder): Holder {
    if (this.#normal.has(holder)) {
      return holder;
    }
    const changed: Record<string, unknown> = { ...holder };
    for (const name of this.names) {
      const value = holder[name];
      if (value === undefined && !this.#hasDefault.has(name)) {
        continue;
      }
      const { shape, normalize: normalForm } = this.table[name];
      if (hasShape(shape, value)) {
        changed[name] = normalForm(value);
      }
    }
    const normal = omitUndefined<Holder>(changed as Holder);
    this.#normal.add(normal);
    return normal;
  }

  /** Remembers that an object is in normal form. */
  markNormal<Holder extends Partial<T>>(holder: Holder): Holder {
    this.#normal.add(holder);
    return holder;
  }

  /** Normalizes each member of a map, and sorts them by name. */
  normalizeByName<Holder extends Partial<T>>(
    holders: Readonly<Record<string, Holder>> | undefined,
  ): Record<string, Holder> {
    return Object.fromEntries(sortEntries(holders ?? {}).map(([name, holder]) => [name, this.normalize(holder)]));
  }
}
