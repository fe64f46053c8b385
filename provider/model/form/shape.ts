import type { Diagnostic, Finding } from "../../diagnostics/diagnostic";
import { diagnose, keyPath, prefixPaths } from "../../diagnostics/diagnostic";
import { propertyForAlias } from "./property-aliases";

/** A deviation from a shape. */
interface Misfit {
  readonly diagnostic: Diagnostic;
  /** True when the value cannot be checked any further. An unknown property does not prevent that. */
  readonly isFatal: boolean;
}

/**
 * Checks the structure of a value, before its content can be checked. Returns the deviations.
 *
 * TypeScript reports most of them; plain JavaScript, a cast or an object from stack configuration can contain anything,
 * and a restriction that is not understood must not pass as no restriction.
 */
export type Shape = (value: unknown, path: string) => readonly Misfit[];

/** Returns the deviation that a finding describes, if any. The value cannot be checked any further. */
export function fatal(finding: Finding): readonly Misfit[] {
  return diagnose(finding).map((diagnostic) => ({ diagnostic, isFatal: true }));
}

function tolerable(finding: Finding): Misfit[] {
  return diagnose(finding).map((diagnostic) => ({ diagnostic, isFatal: false }));
}

/** Any value. Its content is checked elsewhere. */
export const anyValue: Shape = () => [];

/** A string that can be encoded as UTF-8. */
export const stringShape: Shape = (value, path) => {
  if (typeof value !== "string") {
    return notString(value, path);
  }
  const problem = "is not valid Unicode: it contains half of a surrogate pair";
  const remedy = "Use the complete character, or remove the half.";
  return value.isWellFormed() ? [] : fatal({ code: "NA1004", path, value, problem, remedy });
};

const notString = matching("a string", "Use a string.", () => false);

/** A boolean. */
export const booleanShape: Shape = matching("true or false", "Use a boolean.", (value) => typeof value === "boolean");

/**
 * A value that passes a test, and is not undefined.
 *
 * @param expected what it must be, with its article
 * @param remedy what to do otherwise, as a sentence
 */
export function matching(expected: string, remedy: string, test: (value: unknown) => boolean): Shape {
  return (value, path) => {
    if (value === undefined) {
      return fatal({ code: "NA1002", path, problem: `is missing; it must be ${expected}`, remedy });
    }
    if (isLater(value) && !test(value)) {
      const problem = `is an output, but must be ${expected} that is known when the program runs`;
      return fatal({ code: "NA1003", path, problem, remedy: "Use a known value." });
    }
    return fatal({ code: "NA1003", path, value, problem: test(value) ? undefined : `must be ${expected}`, remedy });
  };
}

/** Returns true for an output of Pulumi, which has this property, and for a promise. */
function isLater(value: unknown): boolean {
  return value instanceof Promise || (typeof value === "object" && value !== null && "__pulumiOutput" in value);
}

/** The shape, of a value that may be a secret: it is not shown. */
export function unshown(shape: Shape): Shape {
  return (value, path) =>
    shape(value, path).map(({ diagnostic: { value: _value, ...diagnostic }, isFatal }) => ({ diagnostic, isFatal }));
}

/** The shape, or undefined. */
export function optional(shape: Shape): Shape {
  return (value, path) => (value === undefined ? [] : shape(value, path));
}

/** A list of items of one shape. */
export function listOf(item: Shape): Shape {
  const list = matching("a list", "Use a list.", Array.isArray);
  return (value, path) =>
    Array.isArray(value)
      ? Array.from(value, (element, index) => item(element, `${path}[${index}]`)).flat()
      : list(value, path);
}

/** An object with a free choice of keys, and values of one shape. */
export function mapOf(item: Shape): Shape {
  const map = matching("an object with a key for each name", "Use an object whose keys are names.", isRecord);
  return (value, path) => {
    if (hasAssignedPrototype(value)) {
      return fatal(reservedKey("__proto__", path));
    }
    return isRecord(value)
      ? Object.entries(value).flatMap(([key, member]) => [
          ...(isReservedKey(key) ? tolerable(reservedKey(key, path)) : []),
          ...item(member, keyPath(path, key)),
        ])
      : map(value, path);
  };
}

/**
 * Keys that Pulumi cannot process. Assigning `__proto__` replaces the prototype, Pulumi converts the arguments of resources
 * to strings, and it marks secrets and resources in states with the third key.
 */
const RESERVED_KEYS: readonly string[] = ["__proto__", "toString", "4dabf18193072939515e22adb298388d"];

/** True for keys that Pulumi cannot process. */
export function isReservedKey(key: string): boolean {
  return RESERVED_KEYS.includes(key);
}

/** Returns the finding that an object has a key that Pulumi cannot process. */
export function reservedKey(key: string, path: string): Finding {
  const problem = "is a reserved name: Pulumi cannot process objects with this key";
  return { code: "NA1013", path: keyPath(path, key), problem, remedy: "Use a different name." };
}

/**
 * True for an object to which `__proto__` was assigned: its prototype is a list or a plain object, and not that of a class.
 */
export function hasAssignedPrototype(value: unknown): value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return false;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    (Array.isArray(prototype) && Object.hasOwn(prototype, "length")) ||
    (isRecord(prototype) && !Object.hasOwn(prototype, "constructor"))
  );
}

/** An object with these keys, and no others. */
export function objectOf<T extends object>(members: Readonly<Record<keyof T, Shape>>): Shape {
  const table = Object.entries<Shape>(members);
  const keys = table.map(([key]) => `\`${key}\``).join(", ");
  const object = matching(
    `an object with the properties ${keys}`,
    "Use an object with some of these properties.",
    isRecord,
  );
  const unknown = (key: string, path: string): Misfit[] => {
    const name = propertyForAlias(key, members);
    return tolerable({
      code: "NA1001",
      path: keyPath(path, key),
      problem: `is not a known property; known properties: ${keys}`,
      remedy: name === undefined ? "Correct the name, or remove the property." : `Use \`${name}\`.`,
    });
  };
  return (value, path) => {
    if (!isRecord(value)) {
      return object(value, path);
    }
    const found: Misfit[] = [];
    for (const key of Object.keys(value)) {
      if (!Object.hasOwn(members, key)) {
        found.push(...unknown(key, path));
      }
    }
    for (const [key, shape] of table) {
      const member = value[key];
      // Thousands of users have few properties each, and most paths are never shown.
      if (member !== undefined || shape(member, "").length > 0) {
        found.push(...shape(member, keyPath(path, key)));
      }
    }
    return found;
  };
}

/**
 * Checks the shape of a value, and its content when the shape permits.
 *
 * @param path the path of the value
 * @param check finds problems of the content; its paths start at the value
 */
export function checkShape<T>(
  path: string,
  shape: Shape,
  value: T,
  check: (value: T) => readonly Diagnostic[],
): Diagnostic[] {
  const misfits = shape(value, path);
  if (misfits.length === 0) {
    return prefixPaths(path, check(value));
  }
  const found = misfits.map(({ diagnostic }) => diagnostic);
  return misfits.some(({ isFatal }) => isFatal) ? found : [...found, ...prefixPaths(path, check(value))];
}

/** True when a value has a shape. Unknown properties do not count. */
export function hasShape(shape: Shape, value: unknown): boolean {
  return !shape(value, "").some(({ isFatal }) => isFatal);
}

/** True for a plain object: not a list, an output or a `Map`. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return false;
  }
  // Compares no identities, because objects can come from another realm: `Object.prototype` has no prototype itself.
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
