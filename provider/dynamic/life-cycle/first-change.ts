/**
 * The time at which the first resource changes. What other resources need for their change can be prepared then, while the engine has
 * other work. A preview checks the same resources, and changes none.
 */
export class FirstChange {
  readonly #waiting: (() => void)[] = [];
  #hasBegun = false;

  /** Calls a function at this time, or now if it is over. @param prepare waits for nothing, and does not fail */
  prepare(prepare: () => void): void {
    if (this.#hasBegun) {
      prepare();
    } else {
      this.#waiting.push(prepare);
    }
  }

  /** Records that a resource is about to change. */
  begin(): void {
    this.#hasBegun = true;
    this.#waiting.splice(0).forEach((prepare) => {
      prepare();
    });
  }
}

/** That of this process. */
export const firstChange = new FirstChange();
