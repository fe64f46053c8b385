import type { Diagnostic } from "./diagnostics";
import { defined, sortedEntries } from "./order";
import { anything, fits, objectOf, optional, shaped, type Shape } from "./shape";

/** How one property of something is checked and written. Everything but its shape is only asked of what has the shape. */
export interface Term {
  readonly shape: Shape;
  /** All that is wrong with it; paths start at it. */
  readonly diagnostics: (value: unknown) => readonly Diagnostic[];
  /** Its normal form: stable in its order, and undefined where it says nothing. */
  readonly normal: (value: unknown) => unknown;
}

/** A property of a type that the compiler knows. */
export function term<T>(
  shape: Shape,
  diagnostics: (value: T) => readonly Diagnostic[],
  normal: (value: T) => T | undefined = (value) => value,
): Term {
  return { shape, diagnostics: (value) => diagnostics(value as T), normal: (value) => normal(value as T) };
}

/** The properties of something, all of them optional, in the order in which problems are listed. */
export class Terms<T extends object> {
  /** The names of all properties. */
  readonly names: readonly (keyof T & string)[];
  /** The shape of something with these properties and no others. */
  readonly shape: Shape;

  /** The shape of something with these properties and no others, whatever they hold: each is checked for itself. */
  readonly keys: Shape;

  constructor(readonly table: Readonly<Record<keyof T, Term>>) {
    this.names = Object.keys(table) as (keyof T & string)[];
    this.shape = objectOf<T>(this.each((name) => optional(table[name].shape)));
    this.keys = objectOf<T>(this.each(() => anything));
  }

  /** A value for each of the properties. */
  each<R>(of: (name: keyof T & string) => R): Record<keyof T, R> {
    return Object.fromEntries(this.names.map((name) => [name, of(name)])) as Record<keyof T, R>;
  }

  /** All that is wrong with the properties, their shapes too; other properties are not looked at. */
  diagnostics(of: Partial<T>): Diagnostic[] {
    return this.names.flatMap((name) =>
      shaped<unknown>(name, optional(this.table[name].shape), of[name], (value) =>
        value === undefined ? [] : this.table[name].diagnostics(value),
      ),
    );
  }

  /**
   * The same with the properties in their normal form, and everything else as it is. A property of another shape than it
   * should have stays as it is, too: nothing is known of it yet.
   */
  normal<Holder extends Partial<T>>(holder: Holder): Holder {
    const normal = this.each((name) => {
      const { shape, normal: normalForm } = this.table[name];
      return fits(shape, holder[name]) ? normalForm(holder[name]) : holder[name];
    });
    return defined<Holder>({ ...holder, ...normal });
  }

  /** Named things with these properties in their normal form, in the order of their names. */
  normalByName<Holder extends Partial<T>>(
    holders: Readonly<Record<string, Holder>> | undefined,
  ): Record<string, Holder> {
    return Object.fromEntries(sortedEntries(holders ?? {}).map(([name, holder]) => [name, this.normal(holder)]));
  }
}
