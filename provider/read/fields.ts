import { keyPath } from "../diagnostics/diagnostic";
import { isRecord } from "../model/form/shape";
import { Section } from "../language/section";
import type { Notes } from "./notes";
import type { Problem } from "../diagnostics/unreadable";
import { isEmptyValue, isZeroValue } from "./values";

/** A type of a field: its name in messages, and a conversion that returns undefined for values of other types. */
interface Kind<T> {
  readonly expected: string;
  readonly convert: (value: unknown) => T | undefined;
}

const TEXT: Kind<string> = {
  expected: "must be a string",
  convert: (value) => (typeof value === "string" ? value : undefined),
};

const FLAG: Kind<boolean> = {
  expected: "must be true or false",
  convert: (value) => (typeof value === "boolean" ? value : undefined),
};

const WHOLE: Kind<number> = {
  expected: `must be a whole number of at most ${Number.MAX_SAFE_INTEGER}`,
  convert: (value) => (Number.isSafeInteger(value) ? (value as number) : undefined),
};

/** Any negative number means unlimited. A number too large for JavaScript is converted to it, since nothing reaches it. */
const LIMIT: Kind<number> = {
  expected: "must be a whole number",
  convert: (value) => WHOLE.convert(value) ?? (typeof value === "bigint" || Number.isInteger(value) ? -1 : undefined),
};

const LIST: Kind<readonly unknown[]> = {
  expected: "must be a list",
  convert: (value) => (Array.isArray(value) ? value : undefined),
};

const OBJECT: Kind<[string, unknown][]> = {
  expected: "must be an object",
  convert(value) {
    if (value instanceof Section) {
      return value.entries();
    }
    return isRecord(value) ? Object.entries(value) : undefined;
  },
};

/**
 * The fields of an object of a JWT, or of a block of a configuration. A field is taken by its name, or by any of several
 * names; fields that nothing takes are named at the end. Null and empty strings count as absent.
 */
export class Fields {
  readonly #values: Map<string, unknown>;
  readonly #variables: ReadonlySet<string>;
  /** The names as the source spells them, by the names that are looked up. */
  readonly #spellings = new Map<string, string>();

  /** Notes a value that is not an object or block, and treats it as one without fields. */
  constructor(
    value: unknown,
    readonly path: string,
    readonly notes: Notes,
  ) {
    const entries = this.#convert(OBJECT, value, path) ?? [];
    // nats-server ignores the case of option names.
    const normalize = (key: string) => (value instanceof Section ? key.toLowerCase() : key);
    this.#values = new Map(entries.map(([key, own]) => [normalize(key), own]));
    const variables = entries.filter(([key]) => value instanceof Section && value.isVariable(key));
    this.#variables = new Set(variables.map(([key]) => normalize(key)));
    for (const [key] of entries) {
      this.#checkRepetition(this.#spellings.get(normalize(key)), key);
      this.#spellings.set(normalize(key), key);
    }
  }

  /** True when a field has the value that Go gives to an absent one. A list is not such a value, even if it is empty. */
  isZero(name: string): boolean {
    return isZeroValue(this.#values.get(name));
  }

  /** True when no remaining field has content. */
  get isEmpty(): boolean {
    return [...this.#values.values()].every(isEmptyValue);
  }

  /** True when a field is present and not null. */
  has(name: string): boolean {
    return (this.#values.get(name) ?? undefined) !== undefined;
  }

  text(...names: string[]): string | undefined {
    const value = this.#take(TEXT, names);
    return value === "" ? undefined : value;
  }

  flag(...names: string[]): boolean | undefined {
    return this.#take(FLAG, names);
  }

  whole(...names: string[]): number | undefined {
    return this.#take(WHOLE, names);
  }

  /** Takes a number; a negative one means unlimited. */
  limit(...names: string[]): number | undefined {
    return this.#take(LIMIT, names);
  }

  list(...names: string[]): readonly unknown[] {
    return this.#take(LIST, names) ?? [];
  }

  texts(...names: string[]): readonly string[] {
    const path = this.pathOf(...names);
    return this.list(...names).flatMap((value, index) => this.#convert(TEXT, value, `${path}[${index}]`) ?? []);
  }

  /** Takes a list of strings, or one string in place of a list with this string alone. */
  oneOrMoreTexts(...names: string[]): readonly string[] {
    const name = this.#nameOf(names);
    const value = name === undefined ? undefined : this.#values.get(name);
    if (name !== undefined && typeof value === "string") {
      this.#values.set(name, [value]);
    }
    return this.texts(...names);
  }

  /** Takes a list of strings, or one string with commas between them, and spaces around them. */
  separatedTexts(name: string): readonly string[] {
    const value = this.#values.get(name);
    if (typeof value === "string") {
      const texts = value.split(",").map((text) => text.trim());
      this.#values.set(
        name,
        texts.filter((text) => text !== ""),
      );
    }
    return this.texts(name);
  }

  /** Takes an object or block. */
  fields(...names: string[]): Fields | undefined {
    const path = this.pathOf(...names);
    const value = this.take(...names);
    return value === undefined ? undefined : new Fields(value, path, this.notes);
  }

  /** Takes a list of objects or blocks. */
  each(...names: string[]): Fields[] {
    const path = this.pathOf(...names);
    return this.list(...names).map((value, index) => new Fields(value, `${path}[${index}]`, this.notes));
  }

  /** Takes an object or block whose keys are names of things. */
  members(...names: string[]): { name: string; value: unknown; path: string }[] {
    const at = this.pathOf(...names);
    const value = this.take(...names);
    if (value === undefined) {
      return [];
    }
    const entries = this.#convert(OBJECT, value, at) ?? [];
    return entries.map(([name, own]) => ({ name, value: own, path: keyPath(at, name) }));
  }

  /** Takes a field of any type; undefined when it is absent. */
  take(...names: string[]): unknown {
    const name = this.#nameOf(names);
    const value = name === undefined ? undefined : this.#values.get(name);
    const [first, second] = names.filter((one) => this.#values.has(one));
    if (second !== undefined) {
      this.#checkRepetition(first, second);
    }
    names.forEach((one) => this.#values.delete(one));
    return value ?? undefined;
  }

  /** Returns a field without taking it. */
  peek(name: string): unknown {
    return this.#values.get(name);
  }

  /** The path of a field, by the one of its names that is present. */
  pathOf(...names: string[]): string {
    return keyPath(this.path, this.#nameOf(names) ?? names[0] ?? "");
  }

  /** Names the remaining fields with content as the source spells them, except those that only variables refer to. */
  leaveOutRest(problem: Problem | ((value: unknown, name: string) => Problem)): void {
    for (const [name, value] of this.#values) {
      if (!this.#variables.has(name) && !isEmptyValue(value)) {
        const found = typeof problem === "function" ? problem(value, name) : problem;
        this.notes.leaveOut({ ...found, path: keyPath(this.path, this.#spellings.get(name) ?? name) });
      }
    }
  }

  /** Names the remaining fields as unsupported. */
  leaveOutUnknown(): void {
    this.leaveOutRest({
      code: "NA3020",
      problem: "is not supported and will be dropped",
      remedy: "Check whether you need it.",
    });
  }

  /** Rejects two names of the same field: which of them a server applies is not defined. */
  #checkRepetition(first: string | undefined, second: string): void {
    if (first !== undefined && !this.#variables.has(first) && !this.#variables.has(second)) {
      this.notes.wrong("NA3015", keyPath(this.path, second), `is the same setting as \`${first}\``);
    }
  }

  #nameOf(names: readonly string[]): string | undefined {
    return names.find((name) => this.#values.has(name));
  }

  #take<T>(kind: Kind<T>, names: readonly string[]): T | undefined {
    const path = this.pathOf(...names);
    const value = this.take(...names);
    return value === undefined ? undefined : this.#convert(kind, value, path);
  }

  #convert<T>({ expected, convert }: Kind<T>, value: unknown, path: string): T | undefined {
    const converted = convert(value);
    if (converted === undefined) {
      this.notes.wrong("NA3013", path, expected);
    }
    return converted;
  }
}
