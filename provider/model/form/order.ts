/** Compares two texts by their UTF-16 code units, independent of the locale. */
export function compareText(a: string, b: string): number {
  if (a === b) {
    return 0;
  }
  return a < b ? -1 : 1;
}

/** Returns a sorted copy without duplicates. */
export function sortUnique(values: readonly string[]): string[] {
  if (values.length < 2) {
    return [...values];
  }
  return [...new Set(values)].sort(compareText);
}

/** Returns a copy sorted by a key of each element. */
export function sortBy<T>(values: readonly T[], key: (value: T) => string): T[] {
  return [...values].sort((a, b) => compareText(key(a), key(b)));
}

/** Returns the entries of an object, sorted by key. */
export function sortEntries<T>(record: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(record).sort(([a], [b]) => compareText(a, b));
}

/** Groups values by a key of each, in the order in which they are. */
export function groupBy<T, Key>(values: readonly T[], keyOf: (value: T) => Key): ReadonlyMap<Key, readonly T[]> {
  const keys = [...new Set(values.map(keyOf))];
  return new Map(keys.map((key) => [key, values.filter((value) => keyOf(value) === key)]));
}

/** Returns an own property of a record. Names can be those that every object inherits, such as `constructor`. */
export function getOwn<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}

/** Returns a copy without undefined properties, which the engine would drop. */
export function omitUndefined<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  const copy: Partial<T> = {};
  // A loop, because models have thousands of users.
  for (const key of Object.keys(value) as (keyof T)[]) {
    const property = value[key];
    if (property === undefined) {
      continue;
    }
    if (key === "__proto__") {
      Object.defineProperty(copy, key, { value: property, enumerable: true, configurable: true, writable: true });
    } else {
      copy[key] = property;
    }
  }
  return copy as T;
}

/** Returns a list or an object, or undefined when it is empty. */
export function emptyToUndefined<T extends object>(value: T): T | undefined {
  return Object.keys(value).length === 0 ? undefined : value;
}

/** Maps each value of a list to its first index. */
export function indexFirst<T>(values: readonly T[]): ReadonlyMap<T, number> {
  return new Map(values.map((value, index) => [value, index] as const).toReversed());
}
