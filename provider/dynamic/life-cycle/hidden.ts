/**
 * The property that is true while the outputs that are derived from inputs are secrets, because an input is one. The engine
 * changes the secrecy of an output in an update only, so that a change of this property is a reason for one. Previews do not
 * show properties whose names begin with two underscores.
 */
export const HIDDEN = "__hidden";

/** True when derived outputs become secrets, or no longer are. */
export function changesHidden(olds: unknown, news: unknown): boolean {
  return isHidden(olds) !== isHidden(news);
}

/** Returns properties that are as hidden as the inputs. */
export function hiddenAs<T>(inputs: unknown, properties: T): T {
  const rest = withoutHidden(properties);
  return isHidden(inputs) ? { ...rest, [HIDDEN]: true } : rest;
}

/** Returns properties as handlers use them. */
export function withoutHidden<T>(properties: T): T {
  return Object.fromEntries(Object.entries(properties as object).filter(([key]) => key !== HIDDEN)) as T;
}

function isHidden(properties: unknown): boolean {
  return (properties as Record<string, unknown>)[HIDDEN] === true;
}
