/** A value of nats-server's configuration language. Whole numbers that JavaScript cannot hold exactly are bigints. */
export type ConfigValue = string | number | bigint | boolean | readonly ConfigValue[] | Section;

/** What stands in braces, or in a whole file: values by key. */
export class Section {
  readonly #values = new Map<string, ConfigValue>();
  readonly #variables = new Set<string>();

  /** Sets a value; of two with the same key, the later one holds. */
  set(key: string, value: ConfigValue): void {
    this.#values.set(key, value);
  }

  /** The value that stands here under exactly this key. */
  get(key: string): ConfigValue | undefined {
    return this.#values.get(key);
  }

  /** The keys and values, in the order in which they stand here. */
  entries(): [string, ConfigValue][] {
    return [...this.#values];
  }

  /** Notes that a variable refers to this key: its value is meant for other places. */
  noteVariable(key: string): void {
    this.#variables.add(key);
  }

  /** True when a variable refers to this key. */
  isVariable(key: string): boolean {
    return this.#variables.has(key);
  }

  /** Takes over all that stands in an included file. */
  include(other: Section): void {
    for (const [key, value] of other.#values) {
      this.#values.set(key, value);
    }
    other.#variables.forEach((key) => this.#variables.add(key));
  }
}
