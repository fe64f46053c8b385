/** docs/diagnostics.md: every code with its cause and remedy. `npm run docs` writes it, and a test fails when it is stale. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CODES } from "../provider/diagnostics/codes";
import type { CodeEntry } from "../provider/diagnostics/codes/code";

/** The path of the page. */
export const DIAGNOSTICS_PAGE = join(__dirname, "../docs/diagnostics.md");

const HEAD = `# Diagnostics

Every error and warning of this package ends with a code in brackets, such as \`[NA1101]\`. The message names the property,
its value and what to do; this page explains the rule behind it. Codes are stable: a code never changes its meaning.
`;

/** The page's content. */
export function diagnosticsPage(): string {
  const entries = Object.entries<CodeEntry>(CODES).sort(([a], [b]) => a.localeCompare(b, "en"));
  const sections = entries.map(
    ([code, { title, cause, remedy }]) => `## ${code}\n\n**${title}.** ${cause}\n\n_Remedy:_ ${remedy}\n`,
  );
  return [HEAD, ...sections].join("\n");
}

if (require.main === module) {
  writeFileSync(DIAGNOSTICS_PAGE, diagnosticsPage());
}
