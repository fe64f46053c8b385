/**
 * Returns the leaves of a value by their paths, to compare values that mean the same: the order of lists and duplicate strings
 * in them do not count, and an empty, false or null value counts as a missing one.
 */
export function flatten(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(leaves("", value));
}

function leaves(path: string, value: unknown): [string, string][] {
  if (isEmpty(value)) {
    return [];
  }
  if (Array.isArray(value)) {
    const sorted = value.map((element: unknown) => [sortKey(element), element] as const).sort(byFirst);
    const once = sorted.filter(
      ([key, element], index) => typeof element !== "string" || key !== sorted[index - 1]?.[0],
    );
    return once.flatMap(([, element], index) => leaves(`${path}[${index}]`, element));
  }
  return typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, member]) => leaves(`${path}.${key}`, member))
    : [[path, JSON.stringify(value)]];
}

/** Returns the same string for values that mean the same. */
function sortKey(value: unknown): string {
  return JSON.stringify(Object.entries(flatten(value)).sort(byFirst));
}

function byFirst([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : Number(a > b);
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === false || value === "";
}
