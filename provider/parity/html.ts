import { CLASSES, PARITY_CLASSES } from "./classes";
import { html } from "./escape";
import { POLICY, SCRIPT, STYLE } from "./html-page";
import { openLosses, type ParityReport } from "./report";
import type { ParityRow } from "./rows";
import { conclusion, isLoss } from "./summary";

const TITLE = "Parity of the static and the operator side";

/**
 * A report as one page of HTML, which needs nothing else and loads nothing. Nothing in it can be taken for markup or
 * script, whatever things are called.
 */
export function parityHtml(report: ParityReport): string {
  const { rows, summary } = report;
  return lines([
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${html(POLICY)}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${TITLE}</title>`,
    `<style>${STYLE}</style>`,
    "</head>",
    "<body>",
    `<h1>${TITLE}</h1>`,
    `<p>${html(conclusion(summary))}</p>`,
    ...lossSection("Losses of security", openLosses(report)),
    ...lossSection(
      "Accepted losses of security",
      rows.filter(({ accepted }) => accepted !== undefined),
    ),
    "<h2>All claims</h2>",
    ...controls(report),
    "<table>",
    `<thead><tr>${["Claim", "Class", "Value", "Static side", "Operator side", "Consequence"].map((title) => `<th scope="col">${title}</th>`).join("")}</tr></thead>`,
    '<tbody id="claims">',
    ...rows.map(rowElement),
    "</tbody>",
    "</table>",
    `<script>${SCRIPT}</script>`,
    "</body>",
    "</html>",
  ]);
}

function lossSection(title: string, rows: readonly ParityRow[]): string[] {
  const items = rows.map(
    ({ name, consequence = "", accepted }) =>
      `<li><code>${html(name)}</code>: ${html(consequence)}.${accepted === undefined ? "" : ` <em>Accepted:</em> ${html(accepted)}`}</li>`,
  );
  return items.length === 0 ? [] : [`<h2>${title}</h2>`, "<ul>", ...items, "</ul>"];
}

/** What the table is filtered by, which says at the same time what the letters mean. */
function controls({ summary }: ParityReport): string[] {
  return [
    '<form id="filter">',
    '<label>Find <input type="search" name="text" placeholder="A.users"></label>',
    ...PARITY_CLASSES.map((letter) => {
      const { title, meaning } = CLASSES[letter];
      return `<label title="${html(meaning)}"><input type="checkbox" name="class" value="${letter}" checked> ${letter}, ${title}: ${summary.classes[letter]}</label>`;
    }),
    "</form>",
  ];
}

function rowElement(row: ParityRow): string {
  const { name, value, consequence = "", accepted } = row;
  const loss = isLoss(row) ? ` data-loss="${accepted === undefined ? "open" : "accepted"}"` : "";
  return [
    `<tr data-class="${row.class}"${loss}>`,
    `<th scope="row"><code>${html(name)}</code></th>`,
    `<td><abbr title="${html(CLASSES[row.class].title)}">${row.class}</abbr></td>`,
    `<td>${value === undefined ? "" : `<code>${html(value)}</code>`}</td>`,
    `<td>${html(row.static ?? "—")}</td>`,
    `<td>${html(row.operator ?? "—")}</td>`,
    `<td>${html(consequence)}${accepted === undefined ? "" : ` <em>Accepted:</em> ${html(accepted)}`}</td>`,
    "</tr>",
  ].join("");
}

function lines(parts: readonly string[]): string {
  return `${parts.join("\n")}\n`;
}
