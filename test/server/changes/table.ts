/**
 * The table of docs/operating.md with the clients that each change disconnects. `npm run docs` writes it into the page, and
 * a test fails when the page is out of date.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { KINDS } from "./kinds";

/** Path of the page with the table. */
export const OPERATING = join(__dirname, "../../../docs/operating.md");

const TABLE = /(?<=<!-- prettier-ignore-start -->\n)[^]*(?=<!-- prettier-ignore-end -->)/;

/** Returns the page with an updated table. */
export function operatingPage(page: string): string {
  return page.replace(TABLE, () => `\n${table()}\n\n`);
}

function table(): string {
  const head = ["change", "disconnected by the static server", "disconnected by the operator server", "streams"];
  const rows = KINDS.map(({ what, disconnected, streams = "kept" }) => [
    what,
    disconnected.static.words,
    disconnected.operator.words,
    streams,
  ]);
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

if (require.main === module) {
  writeFileSync(OPERATING, operatingPage(readFileSync(OPERATING, "utf8")));
}
