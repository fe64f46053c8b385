import type { Diagnostic } from "./diagnostics";
import { keyPath, shown, under } from "./diagnostics";
import { nameHere } from "./other-names";

/** Something of another shape than it should have. */
interface Misfit {
  readonly diagnostic: Diagnostic;
  /** True when nothing more can be said of the value. A key too many hides nothing. */
  readonly hides: boolean;
}

/**
 * What a value must be before its content can be looked at, as a function that says what is not so.
 *
 * The compiler tells people who write TypeScript; plain JavaScript, a cast, or an object of a stack's configuration can
 * be anything, and what is not understood must not be taken for no restriction.
 */
export type Shape = (value: unknown, path: string) => readonly Misfit[];

/** Whatever it is: said elsewhere. */
export const anything: Shape = () => [];

/** A text, of which every character can be written as UTF-8. */
export const text: Shape = (value, path) =>
  typeof value === "string" && !value.isWellFormed()
    ? [{ diagnostic: { path, value: shown(value), problem: HALF, remedy: WHOLE }, hides: true }]
    : anyText(value, path);

const anyText = being("a text", "Write a text, in quotes.", (value) => typeof value === "string");

const HALF = "is not valid Unicode, since it has half of a pair of surrogates; texts are written as UTF-8";
const WHOLE = "Write the whole character, or take the half out.";

/** A yes or no. */
export const trueOrFalse: Shape = being("true or false", "Write one of them.", (value) => typeof value === "boolean");

/**
 * Something that a test tells.
 *
 * @param what what it should be, with its article
 * @param remedy what to do when it is not, as a sentence
 */
export function being(what: string, remedy: string, test: (value: unknown) => boolean): Shape {
  return (value, path) => {
    if (value === undefined) {
      return [{ diagnostic: { path, problem: `is missing; it is ${what}`, remedy }, hides: true }];
    }
    return test(value)
      ? []
      : [{ diagnostic: { path, value: shown(value), problem: `is not ${what}`, remedy }, hides: true }];
  };
}

/** The shape, or nothing at all. */
export function optional(shape: Shape): Shape {
  return (value, path) => (value === undefined ? [] : shape(value, path));
}

/** A list of things that all have one shape. */
export function listOf(item: Shape): Shape {
  const list = being("a list", "Write a list, in square brackets.", Array.isArray);
  return (value, path) =>
    Array.isArray(value)
      ? Array.from(value, (element, index) => item(element, `${path}[${index}]`)).flat()
      : list(value, path);
}

/** An object whose keys are names, and whose values all have one shape. */
export function mapOf(item: Shape): Shape {
  const map = being("an object with a key for each name", "Write an object whose keys are names.", isRecord);
  return (value, path) =>
    isRecord(value)
      ? Object.entries(value).flatMap(([key, member]) => item(member, keyPath(path, key)))
      : map(value, path);
}

/** An object with these keys, and no others. */
export function objectOf<T extends object>(members: Readonly<Record<keyof T, Shape>>): Shape {
  const table = Object.entries<Shape>(members);
  const keys = table.map(([key]) => `\`${key}\``).join(", ");
  const object = being(`an object; its keys are ${keys}`, "Write an object with some of these keys.", isRecord);
  const unknown = (key: string, path: string): Misfit => {
    const here = nameHere(key, members);
    return {
      diagnostic: {
        path: keyPath(path, key),
        problem: `is no key that is known here; the keys are ${keys}`,
        remedy: here === undefined ? "Correct the key, or leave it out." : `Here it is called \`${here}\`.`,
      },
      hides: false,
    };
  };
  return (value, path) =>
    isRecord(value)
      ? [
          ...Object.keys(value).flatMap((key) => (Object.hasOwn(members, key) ? [] : [unknown(key, path)])),
          ...table.flatMap(([key, shape]) => shape(value[key], keyPath(path, key))),
        ]
      : object(value, path);
}

/**
 * What has another shape than it should, and what else is wrong with a value that can be looked at.
 *
 * @param path the value's; the diagnostics of `check` start at the value
 */
export function shaped<T>(
  path: string,
  shape: Shape,
  value: T,
  check: (value: T) => readonly Diagnostic[],
): Diagnostic[] {
  const misfits = shape(value, path);
  const found = misfits.map(({ diagnostic }) => diagnostic);
  return misfits.some(({ hides }) => hides) ? found : [...found, ...under(path, check(value))];
}

/** True when a value has a shape, keys too many aside. */
export function fits(shape: Shape, value: unknown): boolean {
  return !shape(value, "").some(({ hides }) => hides);
}

/** True for an object that is just keys and values: no list, no output, no `Map`. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return false;
  }
  // Whatever world it comes from: its prototype is the one that has none itself.
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
