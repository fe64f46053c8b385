import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { campaign, type Experiment, type Mismatch, type Report, type Verdict } from "./campaign";
import { keepCase, readCase } from "./cases";

/** An experiment that can be started from a terminal. */
export interface Command<Input> extends Experiment<Input> {
  /** What an input is called, in the plural. */
  readonly name: string;
  /** The number of decisions, unless the arguments give one. */
  readonly decisions: number;
  /** The folder of the cases. */
  readonly cases: string;
}

/** Lines shown of one mismatch: the first ones tell what it is. */
const SHOWN = 10;

/**
 * Runs an experiment with the arguments `[--decisions N] [--seed S] [--case FILE]`; `SEED` in the environment is a seed,
 * too. It prints what it has done, and keeps every mismatch as a case.
 *
 * @returns the exit code: 1 when there is a mismatch
 */
export async function runCommand<Input extends object>(command: Command<Input>): Promise<number> {
  const { values } = parseArgs({
    options: { decisions: { type: "string" }, seed: { type: "string" }, case: { type: "string" } },
  });
  if (values.case !== undefined) {
    return tryCase(await command.attempt(readCase(values.case) as Input));
  }
  const seed = whole("seed", values.seed ?? process.env.SEED) ?? randomInt(2 ** 31);
  console.log(`seed ${seed}`);
  const decisions = whole("decisions", values.decisions) ?? command.decisions;
  const report = await campaign({ decisions, seed }, command, (so, latest) => {
    show(command, so, latest);
  });
  return report.mismatches.length === 0 ? 0 : 1;
}

function tryCase({ decisions, mismatches, skipped }: Verdict): number {
  const note = skipped === undefined ? [] : [`not compared: ${skipped}`];
  console.log([...note, `${decisions} decisions, ${mismatches.length} mismatches`, ...mismatches].join("\n"));
  return mismatches.length === 0 ? 0 : 1;
}

function show<Input extends object>(
  { name, cases }: Command<Input>,
  { inputs, decisions, mismatches, skipped }: Report<Input>,
  latest: readonly Mismatch<Input>[],
): void {
  console.log(
    [
      `${inputs} ${name}, ${decisions} decisions, ${mismatches.length} mismatches`,
      ...Object.entries(skipped).map(([reason, count]) => `${count} ${name} ${reason}`),
    ].join(", "),
  );
  for (const { input, found } of latest) {
    const path = keepCase(cases, input, found.slice(0, SHOWN));
    console.log([`mismatch, kept as ${path}:`, JSON.stringify(input), ...found.slice(0, SHOWN), ""].join("\n"));
  }
}

function whole(name: string, text: string | undefined): number | undefined {
  if (text !== undefined && !/^\d+$/.test(text)) {
    throw new Error(`--${name} is a whole number, not ${text}`);
  }
  return text === undefined ? undefined : Number(text);
}
