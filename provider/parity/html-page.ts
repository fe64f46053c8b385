import { createHash } from "node:crypto";

/** How the page looks. */
export const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 2rem auto; padding: 0 1rem; max-width: 90rem; }
form { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; margin: 1rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { border: 1px solid #8886; padding: .3rem .6rem; text-align: left; vertical-align: top; }
code { overflow-wrap: anywhere; }
thead th { position: sticky; top: 0; background: Canvas; }
tbody th { font-weight: normal; min-width: 18rem; }
abbr { text-decoration: none; }
tr[data-loss="open"] { background: #e5483d33; }
tr[data-loss="accepted"] { background: #e5a50a33; }
`;

/** Shows the claims of the chosen classes that hold the text. Without it, all are shown. */
export const SCRIPT = `
const form = document.getElementById("filter");
const rows = [...document.getElementById("claims").rows];
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", () => {
  const chosen = new FormData(form);
  const text = chosen.get("text").toLowerCase();
  const classes = chosen.getAll("class");
  for (const row of rows) {
    row.hidden = !(classes.includes(row.dataset.class) && row.textContent.toLowerCase().includes(text));
  }
});
`;

/** Lets the page's own style and script run, and nothing else: the page loads nothing and sends nothing. */
export const POLICY = [
  "default-src 'none'",
  `style-src '${hash(STYLE)}'`,
  `script-src '${hash(SCRIPT)}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

function hash(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
