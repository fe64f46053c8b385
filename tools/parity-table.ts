/**
 * The table of docs/parity.md: what the package knows of each claim, whatever a program says. `npm run docs` writes it into
 * the page, and a test tells when the page is behind.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ACCOUNTS } from "../provider/parity/account";
import { OPERATOR } from "../provider/parity/operator";
import { isDifference, type AnyClaim, type Place } from "../provider/parity/rows";
import type { Parity } from "../provider/parity/claims";
import { markdown, markdownCode, markdownWords } from "../provider/parity/escape";

/** The page that has the table. */
export const PAGE = join(__dirname, "../docs/parity.md");

const TABLE = /(?<=<!-- prettier-ignore-start -->\n)[^]*(?=<!-- prettier-ignore-end -->)/;

/** The page with the table that it should have. */
export function parityPage(page: string): string {
  return page.replace(TABLE, () => `\n${table()}\n\n`);
}

function table(): string {
  const head = ["claim", "class", "static side", "operator side", "what follows, by an example"];
  const operator = claimRows(OPERATOR, { name: "(operator)", who: "the operator" });
  const rows = [head, head.map(() => "---"), ...operator, ...claimRows(ACCOUNTS.entry, { name: "A", who: "A" })];
  return rows.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function claimRows(claim: AnyClaim, { name, who }: Place): string[][] {
  if ("parity" in claim) {
    const cases = (claim.except ?? []).map(({ when, parity }) => claimRow({ name, who }, parity, when));
    return [claimRow({ name, who }, claim.parity), ...cases];
  }
  if ("members" in claim) {
    const self = claim.self === undefined ? [] : claimRows(claim.self, { name, who });
    const members = Object.entries(claim.members);
    return [...self, ...members.flatMap(([key, member]) => claimRows(member, { name: `${name}.${key}`, who }))];
  }
  return "entry" in claim
    ? claimRows(claim.entry, { name: `${name}.*`, who: claim.who("test", who) })
    : claimRows(claim.element, { name: `${name}[*]`, who: `service orders.place of ${who}` });
}

function claimRow({ name, who }: Place, parity: Parity<unknown>, when?: string): string[] {
  return [
    when === undefined ? markdownCode(name) : `${markdownCode(name)}, ${markdown(when)}`,
    parity.class,
    markdownWords(parity.static),
    markdownWords(parity.operator),
    isDifference(parity) ? `_${parity.severity}:_ ${markdown(parity.consequence(parity.example, who))}` : "",
  ];
}

if (require.main === module) {
  writeFileSync(PAGE, parityPage(readFileSync(PAGE, "utf8")));
}
