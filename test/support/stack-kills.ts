import { setTimeout as sleep } from "node:timers/promises";
import type { TestStack } from "./stack";
import { failed, succeeded } from "./stack";
import type { CliResult } from "./stack-cli";

/** How often an update is killed: a few times in every run, as often as this variable says in a long one. */
const KILLS = "PULUMI_NATS_AUTH_KILLS";
const FEW = 3;

/** The part of an update's time in which it is killed: at the very end it may be over before. */
const PART = 0.8;

/** How many times updates are to be killed. */
export function kills(): number {
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
  /** False when it was over before. */
  readonly hit: boolean;
}

/**
 * Kills an update, with everything that it has started, at a random moment. What it deployed goes on.
 *
 * @param longest milliseconds that an update takes, roughly
 */
export async function killUpdate(stack: TestStack, longest: number): Promise<Kill> {
  const after = Math.random() * longest * PART;
  let result: CliResult | undefined;
  const updating = stack.up().then((ended) => (result = ended));
  await sleep(after);
  const hit = result === undefined;
  await stack.kill();
  const ended = await updating;
  return { after, hit: hit && failed(ended) === ended };
}

/** Does what the documentation says to do after an update that was killed: takes its lock away, and updates again. */
export async function goOn(stack: TestStack): Promise<CliResult> {
  await stack.show("cancel", "--yes");
  return succeeded(await stack.up());
}
