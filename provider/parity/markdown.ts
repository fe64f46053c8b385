import { CLASSES, PARITY_CLASSES } from "./claims";
import type { ParityRow } from "./rows";
import { escapeMarkdown, markdownCode, markdownSetting } from "./escape";
import { acceptedGaps, openGaps, type ParityReport } from "./report";
import { formatSummary, isSecurityGap } from "./summary";

/**
 * Formats a report as Markdown: security gaps first, then a table of all claims. Names and values are escaped, whatever
 * they contain.
 */
export function parityMarkdown(report: ParityReport): string {
  const { rows, summary } = report;
  const sections = [
    "# Parity of the static and the operator server",
    formatSummary(summary),
    ...gapSection("Security gaps", openGaps(report)),
    ...gapSection("Accepted security gaps", acceptedGaps(report)),
    "## All claims",
    table(["claim", "class", "value", "static server", "operator server", "consequence"], rows.map(cells)),
    "## Summary",
    table(
      ["class", "claims", "meaning"],
      PARITY_CLASSES.map((letter) => [
        `${letter}, ${CLASSES[letter].title}`,
        String(summary.classes[letter]),
        CLASSES[letter].meaning,
      ]),
    ),
  ];
  return `${sections.join("\n\n")}\n`;
}

function gapSection(title: string, rows: readonly ParityRow[]): string[] {
  const items = rows.map(
    ({ name, consequence = "", accepted }) =>
      `- ${markdownCode(name)}: ${escapeMarkdown(consequence)}.${accepted === undefined ? "" : ` _Accepted:_ ${escapeMarkdown(accepted)}`}`,
  );
  return items.length === 0 ? [] : [`## ${title}`, items.join("\n")];
}

function cells(row: ParityRow): string[] {
  const { name, value, consequence = "" } = row;
  return [
    markdownCode(name),
    row.class,
    value === undefined ? "" : markdownCode(value),
    markdownSetting(row.static),
    markdownSetting(row.operator),
    `${isSecurityGap(row) ? "**security gap:** " : ""}${escapeMarkdown(consequence)}`,
  ];
}

function table(head: readonly string[], body: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...body].map((row) => `| ${row.join(" | ")} |`).join("\n");
}
