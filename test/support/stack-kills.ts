import { setTimeout as sleep } from "node:timers/promises";
import { failed, succeeded, type TestStack } from "./stack";
import type { CliResult } from "./stack-cli";

/** How often updates are killed: a few times in every run, as often as this variable says in a long one. */
const KILLS = "KILLS";
const FEW = 3;

/** Milliseconds that an update takes, as long as nobody knows. */
const FIRST_GUESS = 8_000;

/** A line by which an update says what it does with a resource. */
const STEP = /^ *[+~-]+ .*$/gm;

/** How many times updates are to be killed. */
export function killsToMake(): number {
  const said = Number(process.env[KILLS] ?? FEW);
  if (!Number.isInteger(said) || said < 1) {
    throw new Error(`${KILLS} must be a whole number, at least 1`);
  }
  return said;
}

/** What became of an update that was to be killed. */
export interface Kill {
  /** Milliseconds from its start. */
  readonly after: number;
  /** What it had begun or done last. */
  readonly at: string;
  /** False when it was over before. */
  readonly hit: boolean;
}

/** Kills updates of a stack, each with everything that it has started, at moments spread over their whole length. */
export class Kills {
  readonly made: Kill[] = [];
  #length = FIRST_GUESS;

  constructor(private readonly stack: TestStack) {}

  /** How many updates were killed before they were over. */
  get hits(): number {
    return this.made.filter(({ hit }) => hit).length;
  }

  /**
   * Kills an update at a random moment, and does what the documentation says to do then: takes its lock away, puts back the
   * state where it was being written, and updates again. What the killed one deployed goes on in between.
   *
   * @returns what became of the one that was to be killed
   */
  async killAndGoOn(): Promise<Kill> {
    const kill = await this.#kill();
    this.made.push(kill);
    await this.stack.unlock();
    const begin = performance.now();
    succeeded(await this.stack.up());
    this.#length = performance.now() - begin;
    return kill;
  }

  async #kill(): Promise<Kill> {
    const after = Math.random() * this.#length;
    let result: CliResult | undefined;
    const updating = this.stack.up().then((ended) => (result = ended));
    await sleep(after);
    const hit = result === undefined;
    await this.stack.kill();
    const ended = await updating;
    const at = ended.output.match(STEP)?.at(-1)?.trim() ?? "its start";
    return { after, at, hit: hit && failed(ended) === ended };
  }
}
