/**
 * The differential test as a command: `main.ts [--decisions N] [--seed S] [--case FILE]`; see {@link runCommand}.
 */
import { Oracle } from "../oracle/oracle";
import { runCommand } from "../support/campaign/command";
import { CASES, experiment } from "./experiment";

const DECISIONS = 100_000;

async function main(): Promise<void> {
  const oracle = new Oracle();
  try {
    process.exitCode = await runCommand({
      ...experiment(oracle),
      name: "models",
      decisions: DECISIONS,
      cases: CASES,
    });
  } finally {
    oracle.end();
  }
}

void main();
