/**
 * The table of docs/operating.md that says who is disconnected by which change. `npm run docs` writes it into the page, and
 * a test tells when the page is behind.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { KINDS } from "./kinds";

/** The page that has the table. */
export const OPERATING = join(__dirname, "../../../docs/operating.md");

const TABLE = /(?<=<!-- prettier-ignore-start -->\n)[^]*(?=<!-- prettier-ignore-end -->)/;

/** The page with the table that it should have. */
export function operatingPage(page: string): string {
  return page.replace(TABLE, () => `\n${table()}\n\n`);
}

function table(): string {
  const head = ["what changes", "the static server disconnects", "the operator server disconnects"];
  const rows = KINDS.map(({ what, disconnected }) => [what, disconnected.static.words, disconnected.operator.words]);
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

if (require.main === module) {
  writeFileSync(OPERATING, operatingPage(readFileSync(OPERATING, "utf8")));
}
