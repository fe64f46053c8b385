import assert from "node:assert/strict";

/** A resource that tests create and remove, such as a stack. */
export interface Disposable {
  /** Describes everything that remains. */
  remains(): Promise<string[]>;
}

/** Timeout of the check, in milliseconds. */
const TIMEOUT = 60_000;

const made: Disposable[] = [];

/** Fails the tests of a file if anything remains after them. */
export function mustLeaveNothing(disposable: Disposable): void {
  made.push(disposable);
}

/** Root hook, which runs after the tests of each file. */
export async function assertNothingLeft(this: Mocha.Context): Promise<void> {
  this.timeout(TIMEOUT);
  for (const disposable of made.splice(0)) {
    assert.deepEqual(await disposable.remains(), []);
  }
}
