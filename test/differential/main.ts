/**
 * The differential test as a command: `main.ts [--decisions N] [--seed S] [--case FILE]`. It prints what it has done, keeps
 * every mismatch as a case, and fails when there is one.
 */
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { formatDiagnostic } from "../../provider/model/form/diagnostics";
import { Oracle } from "../oracle/oracle";
import { campaign, type Mismatch, type Report } from "./campaign";
import { keepCase, readCase } from "./cases";
import { tryModel } from "./run";
import { diagnosticsOf } from "./validation";

const DECISIONS = 100_000;
/** Lines shown of one mismatch: the first ones tell what it is. */
const SHOWN = 10;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { decisions: { type: "string" }, seed: { type: "string" }, case: { type: "string" } },
  });
  const oracle = new Oracle();
  try {
    process.exitCode = values.case === undefined ? await tryMany(values, oracle) : await tryOne(values.case, oracle);
  } finally {
    oracle.end();
  }
}

async function tryOne(path: string, oracle: Oracle): Promise<number> {
  const { accounts } = readCase(path);
  const problems = diagnosticsOf(accounts).map(formatDiagnostic);
  if (problems.length > 0) {
    console.log(["the validation refuses it:", ...problems].join("\n"));
    return 0;
  }
  const { decisions, mismatches } = await tryModel(accounts, oracle);
  console.log([`${decisions} decisions, ${mismatches.length} mismatches`, ...mismatches].join("\n"));
  return mismatches.length === 0 ? 0 : 1;
}

async function tryMany(values: { decisions?: string; seed?: string }, oracle: Oracle): Promise<number> {
  const seed = whole("seed", values.seed) ?? randomInt(2 ** 31);
  console.log(`seed ${seed}`);
  const decisions = whole("decisions", values.decisions) ?? DECISIONS;
  const report = await campaign({ decisions, seed }, oracle, show);
  return report.mismatches.length === 0 ? 0 : 1;
}

function show({ models, decisions, mismatches, refused }: Report, latest: readonly Mismatch[]): void {
  console.log(
    `${models} models, ${decisions} decisions, ${mismatches.length} mismatches, ${refused} models that a server refused`,
  );
  for (const { accounts, found } of latest) {
    const path = keepCase({ found: found.slice(0, SHOWN), accounts });
    console.log([`mismatch, kept as ${path}:`, JSON.stringify(accounts), ...found.slice(0, SHOWN), ""].join("\n"));
  }
}

function whole(name: string, text: string | undefined): number | undefined {
  if (text !== undefined && !/^\d+$/.test(text)) {
    throw new Error(`--${name} is a whole number, not ${text}`);
  }
  return text === undefined ? undefined : Number(text);
}

void main();
