/** The marker by which the engine represents a value that is not known yet in the inputs of a preview. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** True when a value, or a part of it, is not known yet. */
export function hasUnknown(value: unknown): boolean {
  if (typeof value === "object" && value !== null) {
    return Object.values(value).some(hasUnknown);
  }
  return value === UNKNOWN;
}

/** Returns the value, or undefined when it, or a part of it, is not known yet. */
export function ifKnown<T>(value: T): T | undefined {
  return hasUnknown(value) ? undefined : value;
}

/** True when nothing of a value is known, not even its shape. */
export function isUnknown(value: unknown): boolean {
  return value === UNKNOWN;
}

/** Applies a function to a value that is entirely known. Returns any other value unchanged. */
export function mapKnown<T>(value: T, change: (value: T) => T): T {
  return value === undefined || hasUnknown(value) ? value : change(value);
}
