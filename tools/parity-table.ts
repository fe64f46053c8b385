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

/** What is known of one claim, or of some values of it. */
export interface KnownClaim extends Place {
  readonly parity: Parity<unknown>;
  /** Which values, where it is not all of them. */
  readonly when?: string;
}

/** Everything that the package knows, in the order of its tables: `*` stands for a name, `[*]` for an element. */
export function knownClaims(): KnownClaim[] {
  return [
    ...claimsIn(OPERATOR, { name: "(operator)", who: "the operator" }),
    ...claimsIn(ACCOUNTS.entry, { name: "A", who: "A" }),
  ];
}

function claimsIn(claim: AnyClaim, place: Place): KnownClaim[] {
  if ("parity" in claim) {
    return [{ ...place, parity: claim.parity }, ...(claim.except ?? []).map((one) => ({ ...place, ...one }))];
  }
  const { name, who } = place;
  if ("members" in claim) {
    const self = claim.self === undefined ? [] : claimsIn(claim.self, place);
    const members = Object.entries(claim.members);
    return [...self, ...members.flatMap(([key, member]) => claimsIn(member, { name: `${name}.${key}`, who }))];
  }
  return "entry" in claim
    ? claimsIn(claim.entry, { name: `${name}.*`, who: claim.who("test", who) })
    : claimsIn(claim.element, { name: `${name}[*]`, who: `service orders.place of ${who}` });
}

/** The page with the table that it should have. */
export function parityPage(page: string): string {
  return page.replace(TABLE, () => `\n${table()}\n\n`);
}

function table(): string {
  const head = ["claim", "class", "static side", "operator side", "what follows, by an example"];
  const rows = [head, head.map(() => "---"), ...knownClaims().map(cells)];
  return rows.map((row) => `| ${row.join(" | ")} |`).join("\n");
}

function cells({ name, who, parity, when }: KnownClaim): string[] {
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
