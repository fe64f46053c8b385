/**
 * The differential test as a command: `main.ts [--decisions N] [--seed S] [--case FILE]`. It prints what it has done, keeps
 * every mismatch as a case, and fails when there is one.
 */
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { campaign, type Report } from "./campaign";
import { keepCase, readCase } from "./cases";
import { tryModel } from "./run";

const DECISIONS = 100_000;
/** Lines shown of one mismatch: the first ones tell what it is. */
const SHOWN = 10;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { decisions: { type: "string" }, seed: { type: "string" }, case: { type: "string" } },
  });
  if (values.case !== undefined) {
    const { decisions, mismatches } = await tryModel(readCase(values.case).accounts);
    console.log([`${decisions} decisions, ${mismatches.length} mismatches`, ...mismatches].join("\n"));
    process.exitCode = mismatches.length === 0 ? 0 : 1;
    return;
  }
  const seed = whole("seed", values.seed) ?? randomInt(2 ** 31);
  console.log(`seed ${seed}`);
  const report = await campaign({ decisions: whole("decisions", values.decisions) ?? DECISIONS, seed }, show);
  for (const { accounts, found } of report.mismatches) {
    const path = keepCase({ found: found.slice(0, SHOWN), accounts });
    console.log([`\nmismatch, kept as ${path}:`, JSON.stringify(accounts), ...found.slice(0, SHOWN)].join("\n"));
  }
  process.exitCode = report.mismatches.length === 0 ? 0 : 1;
}

function show({ models, decisions, mismatches }: Report): void {
  console.log(`${models} models, ${decisions} decisions, ${mismatches.length} mismatches`);
}

function whole(name: string, text: string | undefined): number | undefined {
  if (text !== undefined && !/^\d+$/.test(text)) {
    throw new Error(`--${name} is a whole number, not ${text}`);
  }
  return text === undefined ? undefined : Number(text);
}

void main();
