/** What a fact is about. */
export type Topic = "login" | "connections" | "subscriptions" | "payload" | "permission" | "flow" | "answer" | "system";

/** Something that a server lets clients do. */
export interface Fact {
  readonly topic: Topic;
  /** The clients that take part. */
  readonly clients: readonly string[];
  /** The fact as text, the same on every server. */
  readonly text: string;
  /** The texts of the facts without which there cannot be this one. */
  readonly requires: readonly string[];
  /** The subject that it is about, if any. */
  readonly subject?: string;
}

/** A reference to an account in a text, as in `$SYS.ACCOUNT.{ONE}.CONNECT`. */
const REFERENCE = /\{(?<name>[^{}]+)\}/g;

/** The text with the name of an account in place of each reference to it. */
export function named(text: string): string {
  return text.replaceAll(REFERENCE, "$<name>");
}

/**
 * The questions to one server, and the facts that were found. A fact is the same whether a subject contains the name of an account, or
 * what the server calls this account now.
 */
export class Facts {
  readonly #facts = new Map<string, Fact>();
  readonly #asked = new Set<string>();
  /** Facts of clients that use the names of accounts, as they did before. */
  readonly #byName = new Set<string>();

  /** The number of questions. */
  get asked(): number {
    return this.#asked.size;
  }

  /** Notes a question, whatever the answer is. */
  ask(question: string): void {
    this.#asked.add(named(question));
  }

  /** Notes a fact, and that it was asked about. */
  add({ text, requires, ...fact }: Fact): void {
    const name = named(text);
    this.#asked.add(name);
    this.#facts.set(name, { ...fact, text: name, requires: requires.map(named) });
    if (text === name) {
      this.#byName.add(name);
    }
  }

  /** Whether a fact was found. */
  has(text: string): boolean {
    return this.#facts.has(named(text));
  }

  /** Facts that another server does not have, although it was asked. Facts that follow from others are left out. */
  beyond(other: Facts): Fact[] {
    return [...this.#facts.values()].filter(
      ({ text, requires }) => !other.#facts.has(text) && requires.every((needed) => other.#facts.has(needed)),
    );
  }

  /** Facts that hold on another server only for clients that no longer use the names of accounts. */
  renamed(other: Facts): Fact[] {
    return [...this.#facts.values()].filter(
      ({ text }) => this.#byName.has(text) && other.#facts.has(text) && !other.#byName.has(text),
    );
  }
}

/** That a client may log in. */
export function loginOf(client: string): string {
  return `${client} logs in`;
}

/** That a client may publish on a subject. */
export function publishing(client: string, subject: string): string {
  return `${client} publishes on ${subject}`;
}

/** That a client may subscribe to a subject. */
export function subscribing(client: string, subject: string): string {
  return `${client} subscribes to ${subject}`;
}
