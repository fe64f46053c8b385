import { adoption } from "./commands/adoption";
import { bench } from "./commands/bench";
import { destroy } from "./commands/destroy";
import { differential } from "./commands/differential";
import { lint } from "./commands/lint";
import { kills } from "./commands/kills";
import { languages } from "./commands/languages";
import { load } from "./commands/load";
import { nats } from "./commands/nats";
import { preview } from "./commands/preview";
import { pulumi } from "./commands/pulumi";
import { start } from "./commands/start";
import { test, testKubernetes } from "./commands/test";
import { catchSignals, Interrupted } from "./lib/interrupt";
import { ToolError, Unavailable } from "./lib/terminal";

/** The commands of the npm scripts. Each receives the arguments after `--` and returns an exit code. */
const commands: Record<string, (args: string[]) => Promise<number>> = {
  start,
  preview,
  destroy,
  pulumi,
  nats,
  lint,
  test,
  "test:kubernetes": testKubernetes,
  bench,
  differential,
  adoption,
  kills,
  languages,
  load,
};

/** Prints an error with its remedy. @returns the exit code */
function report(error: unknown): number {
  if (error instanceof Interrupted) {
    console.error(`\nStopped (${error.signal}).`);
    return error.exitCode;
  }
  if (!(error instanceof ToolError)) throw error;
  console.error(`\nerror: ${error.message}`);
  if (error.remedy !== undefined) console.error(`       ${error.remedy}`);
  return error instanceof Unavailable ? Unavailable.exitCode : 1;
}

/** Runs one command and ends this process with its exit code. */
async function main([name = "", ...args]: string[]): Promise<never> {
  const command = commands[name];
  if (command === undefined) {
    console.error(`Unknown command "${name}": use one of ${Object.keys(commands).join(", ")}.`);
    process.exit(1);
  }
  catchSignals();
  process.exit(await command(args).catch(report));
}

void main(process.argv.slice(2));
