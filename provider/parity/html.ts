import { CLASSES, PARITY_CLASSES } from "./claims";
import type { ParityRow } from "./rows";
import { escapeHtml } from "./escape";
import { POLICY, SCRIPT, STYLE } from "./html-page";
import { acceptedGaps, openGaps, type ParityReport } from "./report";
import { formatSummary, isSecurityGap } from "./summary";

const TITLE = "Parity of the static and the operator server";

/**
 * Formats a report as a self-contained HTML page, which loads nothing. Names and values are escaped, whatever they
 * contain.
 */
export function parityHtml(report: ParityReport): string {
  const { rows, summary } = report;
  return lines([
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${escapeHtml(POLICY)}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${TITLE}</title>`,
    `<style>${STYLE}</style>`,
    "</head>",
    "<body>",
    `<h1>${TITLE}</h1>`,
    `<p>${escapeHtml(formatSummary(summary))}</p>`,
    ...gapSection("Security gaps", openGaps(report)),
    ...gapSection("Accepted security gaps", acceptedGaps(report)),
    "<h2>All claims</h2>",
    ...controls(report),
    "<table>",
    `<thead><tr>${["Claim", "Class", "Value", "Static server", "Operator server", "Consequence"].map((title) => `<th scope="col">${title}</th>`).join("")}</tr></thead>`,
    '<tbody id="claims">',
    ...rows.map(rowElement),
    "</tbody>",
    "</table>",
    `<script>${SCRIPT}</script>`,
    "</body>",
    "</html>",
  ]);
}

function gapSection(title: string, rows: readonly ParityRow[]): string[] {
  const items = rows.map(
    ({ name, consequence = "", accepted }) =>
      `<li><code>${escapeHtml(name)}</code>: ${escapeHtml(consequence)}.${accepted === undefined ? "" : ` <em>Accepted:</em> ${escapeHtml(accepted)}`}</li>`,
  );
  return items.length === 0 ? [] : [`<h2>${title}</h2>`, "<ul>", ...items, "</ul>"];
}

/** The filter of the table, with the number of claims of each class. */
function controls({ summary }: ParityReport): string[] {
  return [
    '<form id="filter">',
    '<label>Find <input type="search" name="text" placeholder="A.users"></label>',
    ...PARITY_CLASSES.map((letter) => {
      const { title, meaning } = CLASSES[letter];
      return `<label title="${escapeHtml(meaning)}"><input type="checkbox" name="class" value="${letter}" checked> ${letter}, ${title}: ${summary.classes[letter]}</label>`;
    }),
    "</form>",
  ];
}

function rowElement(row: ParityRow): string {
  const { name, value, consequence = "", accepted } = row;
  const gap = isSecurityGap(row) ? ` data-gap="${accepted === undefined ? "open" : "accepted"}"` : "";
  return [
    `<tr data-class="${row.class}"${gap}>`,
    `<th scope="row"><code>${escapeHtml(name)}</code></th>`,
    `<td><abbr title="${escapeHtml(CLASSES[row.class].title)}">${row.class}</abbr></td>`,
    `<td>${value === undefined ? "" : `<code>${escapeHtml(value)}</code>`}</td>`,
    `<td>${escapeHtml(row.static ?? "—")}</td>`,
    `<td>${escapeHtml(row.operator ?? "—")}</td>`,
    `<td>${escapeHtml(consequence)}${accepted === undefined ? "" : ` <em>Accepted:</em> ${escapeHtml(accepted)}`}</td>`,
    "</tr>",
  ].join("");
}

function lines(parts: readonly string[]): string {
  return `${parts.join("\n")}\n`;
}
