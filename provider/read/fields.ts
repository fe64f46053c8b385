import { keyPath } from "../model/form/diagnostics";
import { isRecord } from "../model/form/shape";
import { Section } from "./language/section";
import type { Notes } from "./notes";
import { saysNothing } from "./values";

/** A value as what it must be, or undefined when it is something else. */
type Kind<T> = (value: unknown) => T | undefined;

const text: Kind<string> = (value) => (typeof value === "string" ? value : undefined);
const flag: Kind<boolean> = (value) => (typeof value === "boolean" ? value : undefined);
const whole: Kind<number> = (value) => (Number.isSafeInteger(value) ? (value as number) : undefined);
const list: Kind<readonly unknown[]> = (value) => (Array.isArray(value) ? value : undefined);
const entriesOf: Kind<[string, unknown][]> = (value) => {
  if (value instanceof Section) {
    return value.entries();
  }
  return isRecord(value) ? Object.entries(value) : undefined;
};
/** A number that JavaScript cannot hold is taken for no limit, since nothing reaches it. */
const limit: Kind<number> = (value) =>
  whole(value) ?? (typeof value === "bigint" || Number.isInteger(value) ? UNLIMITED : undefined);

const NO_TEXT = "is not a text";

/** How tokens and configurations say that something is not limited; any negative number does. */
const UNLIMITED = -1;

/**
 * The fields of something that others made: of an object in a token, or of a section of a configuration. Each is taken by
 * its name, or by one of its names; what nobody takes is named at the end. Null and an empty text say nothing.
 */
export class Fields {
  readonly #values: Map<string, unknown>;
  readonly #variables: ReadonlySet<string>;

  /** The fields of an object or section. What is neither is noted as wrong, and has none. */
  constructor(
    value: unknown,
    readonly path: string,
    readonly notes: Notes,
  ) {
    const entries = this.#as(entriesOf, value, path, "is nothing with fields") ?? [];
    // To nats-server, the keys of options are the same in any case.
    const keyOf = (key: string) => (value instanceof Section ? key.toLowerCase() : key);
    this.#values = new Map(entries.map(([key, own]) => [keyOf(key), own]));
    const variables = entries.filter(([key]) => value instanceof Section && value.isVariable(key));
    this.#variables = new Set(variables.map(([key]) => keyOf(key)));
    const spelled = new Map<string, string>();
    for (const [key] of entries) {
      this.#refuseTwice(spelled.get(keyOf(key)), key);
      spelled.set(keyOf(key), key);
    }
  }

  /** True when nothing is left that says something. */
  get saysNothing(): boolean {
    return [...this.#values.values()].every(saysNothing);
  }

  /** True when a field stands here, and is not null. */
  has(name: string): boolean {
    return (this.#values.get(name) ?? undefined) !== undefined;
  }

  text(...names: string[]): string | undefined {
    const value = this.#take(text, NO_TEXT, names);
    return value === "" ? undefined : value;
  }

  flag(...names: string[]): boolean | undefined {
    return this.#take(flag, "is not true or false", names);
  }

  whole(...names: string[]): number | undefined {
    return this.#take(whole, "is not a whole number, or larger than JavaScript can hold", names);
  }

  /** A number of which negative ones mean that there is no limit. */
  limit(...names: string[]): number | undefined {
    return this.#take(limit, "is not a whole number", names);
  }

  list(...names: string[]): readonly unknown[] {
    return this.#take(list, "is not a list", names) ?? [];
  }

  texts(...names: string[]): readonly string[] {
    const path = this.pathOf(...names);
    return this.list(...names).flatMap((value, index) => this.#as(text, value, `${path}[${index}]`, NO_TEXT) ?? []);
  }

  /** Texts in a list, or in one text with commas between them. */
  separatedTexts(name: string): readonly string[] {
    const value = this.#values.get(name);
    if (typeof value === "string") {
      this.#values.set(name, value.split(","));
    }
    return this.texts(name);
  }

  /** A field that has fields itself. */
  fields(...names: string[]): Fields | undefined {
    const path = this.pathOf(...names);
    const value = this.take(...names);
    return value === undefined ? undefined : new Fields(value, path, this.notes);
  }

  /** The members of a list, each of which has fields. */
  each(...names: string[]): Fields[] {
    const path = this.pathOf(...names);
    return this.list(...names).map((value, index) => new Fields(value, `${path}[${index}]`, this.notes));
  }

  /** The members of a field whose keys are names: values by name, and the path of each. */
  members(...names: string[]): { name: string; value: unknown; path: string }[] {
    const at = this.pathOf(...names);
    const value = this.take(...names);
    if (value === undefined) {
      return [];
    }
    const entries = this.#as(entriesOf, value, at, "is nothing with names") ?? [];
    return entries.map(([name, own]) => ({ name, value: own, path: keyPath(at, name) }));
  }

  /** A field as it stands there; undefined when it does not. */
  take(...names: string[]): unknown {
    const name = this.#nameOf(names);
    const value = name === undefined ? undefined : this.#values.get(name);
    const [first, second] = names.filter((one) => this.#values.has(one));
    if (second !== undefined) {
      this.#refuseTwice(first, second);
    }
    names.forEach((one) => this.#values.delete(one));
    return value ?? undefined;
  }

  /** The path of a field, by that of its names under which it stands there. */
  pathOf(...names: string[]): string {
    return keyPath(this.path, this.#nameOf(names) ?? names[0] ?? "");
  }

  /** Names what nobody has taken and says something. What is there for variables alone is meant for other places. */
  leaveOutRest(problem: string, remedy: string): void {
    for (const [name, value] of this.#values) {
      if (!this.#variables.has(name) && !saysNothing(value)) {
        this.notes.leaveOut(keyPath(this.path, name), problem, remedy);
      }
    }
  }

  /** Names what is left as something that this package does not know. */
  leaveOutUnknown(): void {
    this.leaveOutRest("is nothing that this package knows", "Find out what it means before you go on without it.");
  }

  /** Which of two spellings of one field holds is chance, to servers. */
  #refuseTwice(first: string | undefined, second: string): void {
    if (first !== undefined && !this.#variables.has(first) && !this.#variables.has(second)) {
      this.notes.wrong(keyPath(this.path, second), `stands beside \`${first}\`, which is the same`);
    }
  }

  #nameOf(names: readonly string[]): string | undefined {
    return names.find((name) => this.#values.has(name));
  }

  #take<T>(kind: Kind<T>, problem: string, names: readonly string[]): T | undefined {
    const path = this.pathOf(...names);
    const value = this.take(...names);
    return value === undefined ? undefined : this.#as(kind, value, path, problem);
  }

  #as<T>(kind: Kind<T>, value: unknown, path: string, problem: string): T | undefined {
    const known = kind(value);
    if (known === undefined) {
      this.notes.wrong(path, problem);
    }
    return known;
  }
}
