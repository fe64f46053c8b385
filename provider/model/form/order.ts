/** Compares two texts by their UTF-16 code units: the same everywhere, whatever the machine's locale. */
export function byText(a: string, b: string): number {
  if (a === b) {
    return 0;
  }
  return a < b ? -1 : 1;
}

/** A sorted copy, each element once. */
export function sortedSet(values: readonly string[]): string[] {
  return [...new Set(values)].sort(byText);
}

/** A sorted copy, ordered by a text taken from each element. */
export function sortedBy<T>(values: readonly T[], key: (value: T) => string): T[] {
  return [...values].sort((a, b) => byText(key(a), key(b)));
}

/** An object's entries, sorted by key. */
export function sortedEntries<T>(record: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(record).sort(([a], [b]) => byText(a, b));
}

/** What a record has under a name: names can be those that every object inherits, such as `constructor`. */
export function own<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}

/** A copy without the keys whose value is undefined: such keys do not survive the way through the engine. */
export function defined<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T;
}

/** A list or an object, or undefined when it is empty: then it says nothing. */
export function unlessEmpty<T extends object>(value: T): T | undefined {
  return Object.keys(value).length === 0 ? undefined : value;
}

/** Where each value stands first in a list. */
export function firstIndexes<T>(values: readonly T[]): ReadonlyMap<T, number> {
  return new Map(values.map((value, index) => [value, index] as const).toReversed());
}
