import { createHash } from "node:crypto";

/** The style sheet of the page. */
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
tr[data-gap="open"] { background: #e5483d33; }
tr[data-gap="accepted"] { background: #e5a50a33; }
`;

/** Filters the claims by class and text. Without scripts, all claims are visible. */
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

/** Allows the page's own style and script only: the page neither loads nor sends anything. */
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
