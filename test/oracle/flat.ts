/**
 * A value as one line a leaf, by its path. The order of a list says nothing here, nor does a text that stands in it twice, and what is empty, false or null says as
 * much as what is not there.
 */
export function flat(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(leaves("", value));
}

function leaves(path: string, value: unknown): [string, string][] {
  if (saysNothing(value)) {
    return [];
  }
  if (Array.isArray(value)) {
    const sorted = value.map((element: unknown) => [keyOf(element), element] as const).sort(byFirst);
    const once = sorted.filter(
      ([key, element], index) => typeof element !== "string" || key !== sorted[index - 1]?.[0],
    );
    return once.flatMap(([, element], index) => leaves(`${path}[${index}]`, element));
  }
  return typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, member]) => leaves(`${path}.${key}`, member))
    : [[path, JSON.stringify(value)]];
}

/** A text that is the same for values that say the same. */
function keyOf(value: unknown): string {
  return JSON.stringify(Object.entries(flat(value)).sort(byFirst));
}

function byFirst([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : Number(a > b);
}

function saysNothing(value: unknown): boolean {
  return value === undefined || value === null || value === false || value === "";
}
