/**
 * The differential test as a command: `main.ts [--decisions N] [--seed S] [--case FILE]`; see {@link runCommand}. `SERVERS` in
 * the environment is the number of servers of each mode, `NATS_SERVER_VERSION` the version of nats-server.
 */
import { Oracle } from "../oracle/oracle";
import { runCommand } from "../support/campaign/command";
import { CASES, experiment } from "./experiment";

const DECISIONS = 100_000;

async function main(): Promise<void> {
  const oracle = new Oracle();
  const { SERVERS = "1", NATS_SERVER_VERSION: version } = process.env;
  try {
    process.exitCode = await runCommand({
      ...experiment(oracle, { servers: Number(SERVERS), ...(version === undefined ? {} : { version }) }),
      name: "models",
      decisions: DECISIONS,
      cases: CASES,
    });
  } finally {
    oracle.end();
  }
}

void main();
