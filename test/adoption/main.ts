/**
 * The comparison of adopted servers as a command: `main.ts [--decisions N] [--seed S] [--case FILE]`; see {@link runCommand}.
 */
import { runCommand } from "../support/campaign/command";
import { CASES, EXPERIMENT } from "./experiment";

const DECISIONS = 20_000;

async function main(): Promise<void> {
  process.exitCode = await runCommand({ ...EXPERIMENT, name: "originals", decisions: DECISIONS, cases: CASES });
}

void main();
