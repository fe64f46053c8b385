/** A value of nats-server's configuration language. Whole numbers that JavaScript cannot hold exactly are bigints. */
export type ConfigValue = string | number | bigint | boolean | readonly ConfigValue[] | Section;

/** A block or a whole file: values by key. */
export class Section {
  readonly #values = new Map<string, ConfigValue>();
  readonly #variables = new Set<string>();

  /** Sets a value; it replaces an earlier one with the same key. */
  set(key: string, value: ConfigValue): void {
    this.#values.set(key, value);
  }

  /** The value of exactly this key. */
  get(key: string): ConfigValue | undefined {
    return this.#values.get(key);
  }

  /** The keys and values, in their order. */
  entries(): [string, ConfigValue][] {
    return [...this.#values];
  }

  /** Marks a key that a variable refers to, whose value is therefore not a setting of its own. */
  noteVariable(key: string): void {
    this.#variables.add(key);
  }

  /** True when a variable refers to this key. */
  isVariable(key: string): boolean {
    return this.#variables.has(key);
  }

  /** Adds the values of an included file. */
  include(other: Section): void {
    for (const [key, value] of other.#values) {
      this.#values.set(key, value);
    }
    other.#variables.forEach((key) => this.#variables.add(key));
  }
}
