import assert from "node:assert/strict";
import fc from "fast-check";
import { marked } from "marked";
import { parse, parseFragment, type DefaultTreeAdapterTypes } from "parse5";
import { visible } from "../../provider/parity/escape";
import { parityHtml } from "../../provider/parity/html";
import { parityMarkdown } from "../../provider/parity/markdown";
import type { ParityReport } from "../../provider/parity/report";
import type { ParityRow } from "../../provider/parity/rows";
import { summaryOf } from "../../provider/parity/summary";
import { hostileText } from "../support/arbitraries";

/** What somebody could call things who wants to be taken for markup. */
const MARKUP = [
  "</code></td></tr></table><script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "`</code>` | x",
  "\\| x | <b>",
  "](javascript:alert(1))",
  "![x](http://example.com/x.png)",
  "http://example.com",
  "www.example.com",
  "&lt;b&gt;&#60;",
  "</style></title><!--",
  "~~x~~ **x** __x__",
  "\n\n# heading\n\n- item",
];

const nasty = fc.oneof(fc.constantFrom(...MARKUP), hostileText);

const row: fc.Arbitrary<ParityRow> = fc.record(
  {
    name: nasty,
    class: fc.constantFrom("E", "X", "M", "P", "N"),
    value: nasty,
    static: fc.constantFrom("users[].nkey", "a comment | <b>"),
    operator: fc.constantFrom("pub.allow", "sub of a JWT"),
    severity: fc.constantFrom("security", "harmless"),
    consequence: nasty,
    accepted: nasty,
  },
  { requiredKeys: ["name", "class"] },
);

const reports: fc.Arbitrary<ParityReport> = fc
  .array(row, { minLength: 1, maxLength: 5 })
  .map((rows) => ({ mode: "strict", rows, summary: summaryOf(rows) }));

/** The same report about things with plain names: its pages have the markup that pages are to have. */
function tame({ mode, rows }: ParityReport): ParityReport {
  const kept = ["class", "severity", "static", "operator"];
  const plain = rows.map((one) => {
    const texts = Object.entries<string>({ ...one }).map(([key, value]) => [key, kept.includes(key) ? value : "plain"]);
    return Object.fromEntries(texts) as ParityRow;
  });
  return { mode, rows: plain, summary: summaryOf(plain) };
}

describe("the pages of a report", () => {
  it("should have no element and no attribute more when things have hostile names, as HTML", () => {
    fc.assert(
      fc.property(reports, (report) => {
        assert.deepEqual(outline(parse(parityHtml(report))), outline(parse(parityHtml(tame(report)))));
      }),
    );
  });

  it("should have no element more when things have hostile names, as Markdown", () => {
    fc.assert(
      fc.property(reports, (report) => {
        assert.deepEqual(rendered(parityMarkdown(report)), rendered(parityMarkdown(tame(report))));
      }),
    );
  });

  it("should say each name as it is when it is rendered", () => {
    fc.assert(
      fc.property(reports, (report) => {
        const names = report.rows.map(({ name }) => visible(name));
        const claims = find(parse(parityHtml(report)), "tbody")[0];
        assert.ok(claims !== undefined);
        assert.deepEqual(find(claims, "th").map(textOf), names);
      }),
    );
  });

  it("should load nothing, and run nothing but its own script", () => {
    const page = parse(parityHtml({ mode: "strict", rows: [], summary: summaryOf([]) }));
    assert.deepEqual(
      ["link", "img", "iframe", "object"].flatMap((tag) => find(page, tag)),
      [],
    );
    assert.deepEqual(
      find(page, "script").map(({ attrs }) => attrs),
      [[]],
    );
    const policy = find(page, "meta").flatMap(({ attrs }) => attrs.map(({ value }) => value));
    assert.ok(policy.some((value) => /^default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-/.test(value)));
  });
});

type Parent = DefaultTreeAdapterTypes.ParentNode;
type Element = DefaultTreeAdapterTypes.Element;

/** The elements under a node, with their attributes: each as `tag name=value`. */
function outline(node: Parent): string[] {
  return elements(node).map(
    ({ tagName, attrs }) => `${tagName} ${attrs.map(({ name, value }) => `${name}=${value}`).join(" ")}`,
  );
}

/** The elements of rendered Markdown. Whether a text stands in code one way or the other is the same. */
function rendered(text: string): string[] {
  return outline(parseFragment(marked.parse(text, { async: false })));
}

function find(node: Parent, tag: string): Element[] {
  return elements(node).filter(({ tagName }) => tagName === tag);
}

function elements(node: Parent): Element[] {
  return node.childNodes.flatMap((child) => ("tagName" in child ? [child, ...elements(child)] : []));
}

function textOf(node: Parent): string {
  return node.childNodes
    .map((child) => ("value" in child ? child.value : "childNodes" in child ? textOf(child) : ""))
    .join("");
}
