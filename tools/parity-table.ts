/** The table of docs/parity.md: every claim that the package supports. `npm run docs` writes it, and a test fails when it is stale. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ACCOUNTS } from "../provider/parity/account";
import { CERTIFICATE_LOGINS } from "../provider/parity/logins";
import { OPERATOR } from "../provider/parity/operator";
import { isDifference, type AnyClaim, type ClaimPosition } from "../provider/parity/rows";
import { formatSince } from "../provider/model/cluster/server-version";
import type { Parity } from "../provider/parity/claims";
import { escapeMarkdown, markdownCode, markdownSetting } from "../provider/parity/escape";

/** The path of the page with the table. */
export const PAGE = join(__dirname, "../docs/parity.md");

const TABLE = /(?<=<!-- prettier-ignore-start -->\n)[^]*(?=<!-- prettier-ignore-end -->)/;

/** A claim of the parity tables, or some of its values. */
export interface KnownClaim extends ClaimPosition {
  readonly parity: Parity<unknown>;
  /** The values, if the parity is not that of all values. */
  readonly when?: string;
}

/** Lists every claim in the order of the tables, with `*` for a name and `[*]` for an element. */
export function allClaims(): KnownClaim[] {
  return [
    ...listClaims(OPERATOR, { name: "(operator)", owner: "the operator" }),
    ...listClaims(ACCOUNTS.entry, { name: "A", owner: "A" }),
  ];
}

function listClaims(claim: AnyClaim, position: ClaimPosition): KnownClaim[] {
  if ("parity" in claim) {
    const { older = [] } = claim;
    return [
      { ...position, parity: claim.parity },
      ...(claim.except ?? []).map((one) => ({ ...position, ...one })),
      ...older.map((one) => ({ ...position, when: `before nats-server ${formatSince(one.since, "and")}`, ...one })),
    ];
  }
  const { name, owner } = position;
  if ("members" in claim) {
    const self = claim.self === undefined ? [] : listClaims(claim.self, position);
    const members = Object.entries(claim.members);
    return [...self, ...members.flatMap(([key, member]) => listClaims(member, { name: `${name}.${key}`, owner }))];
  }
  return "entry" in claim
    ? listClaims(claim.entry, { name: `${name}.*`, owner: claim.describe("test", owner) })
    : listClaims(claim.element, { name: `${name}[*]`, owner: `service orders.place of ${owner}` });
}

/** Replaces the table of a page with the current one. */
export function parityPage(page: string): string {
  return page.replace(TABLE, () => `\n${formatTable()}\n\n`);
}

function formatTable(): string {
  const head = ["claim", "class", "static server", "operator server", "consequence, by an example"];
  const certificates = { name: "(logins).certificates", owner: "", parity: CERTIFICATE_LOGINS };
  const rows = [head, head.map(() => "---"), ...[...allClaims(), certificates].map(toCells)];
  return rows.map((row) => `| ${row.join(" | ")} |`).join("\n");
}

function toCells({ name, owner, parity, when }: KnownClaim): string[] {
  return [
    when === undefined ? markdownCode(name) : `${markdownCode(name)}, ${escapeMarkdown(when)}`,
    parity.class,
    markdownSetting(parity.static),
    markdownSetting(parity.operator),
    isDifference(parity) ? `_${parity.severity}:_ ${escapeMarkdown(parity.consequence(parity.example, owner))}` : "",
  ];
}

if (require.main === module) {
  writeFileSync(PAGE, parityPage(readFileSync(PAGE, "utf8")));
}
