import { keyPath } from "../../diagnostics/diagnostic";
import { isRecord } from "../../model/form/shape";
import { hasUnknown, UNKNOWN } from "./unknown";

/**
 * Lists properties, one a line with its path. A preview shows a changed text as changed lines with their neighbors,
 * whereas it lists unchanged members of an object or a list beside the changed ones.
 *
 * The text is unknown as long as a part of it is: a plan of an update (`preview --save-plan`) holds the update to each text
 * that the preview knew.
 *
 * @param properties in their normal form; keys are sorted here, lists keep their order
 */
export function propertyLines(properties: object): string {
  return hasUnknown(properties)
    ? UNKNOWN
    : linesAt("", properties)
        .map((line) => `${line}\n`)
        .join("");
}

function linesAt(path: string, value: unknown): string[] {
  if (value === undefined) {
    return [];
  }
  const isEmpty = typeof value === "object" && value !== null && Object.keys(value).length === 0;
  if (Array.isArray(value) && !isEmpty) {
    return value.flatMap((item: unknown) => (Array.isArray(item) ? [inline(path, item)] : itemLines(path, item)));
  }
  if (isRecord(value) && !isEmpty) {
    const keys = Object.keys(value).sort();
    return keys.flatMap((key) => linesAt(keyPath(path, key), value[key]));
  }
  return [inline(path, value)];
}

/** A list's member has no path of its own: an index would change with every insertion before it. */
function itemLines(path: string, item: unknown): string[] {
  return isRecord(item) ? [inline(path, item)] : linesAt(path, item);
}

function inline(path: string, value: unknown): string {
  return `${path} ${JSON.stringify(value)}`;
}
