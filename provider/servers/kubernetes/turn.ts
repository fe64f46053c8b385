/** Requests of the present turn: of a callback of the event loop, and of the promises that follow from it. Responses arrive between turns. */
export class Turn {
  readonly #begun = new Map<string, unknown>();

  /** Begins something, unless it was begun in this turn under the same key. @returns the thing that was begun */
  share<T>(key: string, begin: () => T): T {
    if (!this.#begun.has(key)) {
      void endOfTurn().then(() => this.#begun.delete(key));
      this.#begun.set(key, begin());
    }
    return this.#begun.get(key) as T;
  }
}

/** Waits until nothing more can begin in the present turn. */
export function endOfTurn(): Promise<void> {
  return new Promise((resolve) => {
    // A tick that begins in a microtask follows after all microtasks.
    queueMicrotask(() => {
      process.nextTick(resolve);
    });
  });
}
