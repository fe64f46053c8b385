import { CLASSES, PARITY_CLASSES } from "./classes";
import { markdown, markdownCode, markdownWords } from "./escape";
import { openLosses, type ParityReport } from "./report";
import type { ParityRow } from "./rows";
import { conclusion, isLoss } from "./summary";

/**
 * A report as Markdown: what has to be decided first, then a table of all claims. Nothing in it can be taken for markup,
 * whatever things are called.
 */
export function parityMarkdown(report: ParityReport): string {
  const { rows, summary } = report;
  const sections = [
    "# Parity of the static and the operator side",
    conclusion(summary),
    ...lossSection("Losses of security", openLosses(report)),
    ...lossSection(
      "Accepted losses of security",
      rows.filter(({ accepted }) => accepted !== undefined),
    ),
    "## All claims",
    table(["claim", "class", "value", "static side", "operator side", "consequence"], rows.map(cells)),
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

function lossSection(title: string, rows: readonly ParityRow[]): string[] {
  const items = rows.map(
    ({ name, consequence = "", accepted }) =>
      `- ${markdownCode(name)}: ${markdown(consequence)}.${accepted === undefined ? "" : ` _Accepted:_ ${markdown(accepted)}`}`,
  );
  return items.length === 0 ? [] : [`## ${title}`, items.join("\n")];
}

function cells(row: ParityRow): string[] {
  const { name, value, consequence = "" } = row;
  return [
    markdownCode(name),
    row.class,
    value === undefined ? "" : markdownCode(value),
    markdownWords(row.static),
    markdownWords(row.operator),
    `${isLoss(row) ? "**loss of security:** " : ""}${markdown(consequence)}`,
  ];
}

function table(head: readonly string[], body: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...body].map((row) => `| ${row.join(" | ")} |`).join("\n");
}
