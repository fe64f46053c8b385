import assert from "node:assert/strict";
import fc from "fast-check";
import { marked } from "marked";
import { parse, parseFragment, type DefaultTreeAdapterTypes } from "parse5";
import { showInvisible } from "../../provider/parity/escape";
import { parityHtml } from "../../provider/parity/html";
import { parityMarkdown } from "../../provider/parity/markdown";
import type { ParityReport } from "../../provider/parity/report";
import type { ParityRow } from "../../provider/parity/rows";
import { summarize } from "../../provider/parity/summary";
import { hostileText } from "../support/arbitraries";

/** Names that look like markup. */
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
  .map((rows) => ({ mode: "strict", rows, summary: summarize(rows) }));

/** The same report with harmless names, whose page has the expected markup. */
function withPlainNames({ mode, rows }: ParityReport): ParityReport {
  const kept = ["class", "severity", "static", "operator"];
  const plain = rows.map((one) => {
    const texts = Object.entries<string>({ ...one }).map(([key, value]) => [key, kept.includes(key) ? value : "plain"]);
    return Object.fromEntries(texts) as ParityRow;
  });
  return { mode, rows: plain, summary: summarize(plain) };
}

describe("the pages of a parity report", () => {
  it("should have no additional element or attribute when names are hostile, as HTML", () => {
    fc.assert(
      fc.property(reports, (report) => {
        assert.deepEqual(outline(parse(parityHtml(report))), outline(parse(parityHtml(withPlainNames(report)))));
      }),
    );
  });

  it("should have no additional element when names are hostile, as Markdown", () => {
    fc.assert(
      fc.property(reports, (report) => {
        assert.deepEqual(rendered(parityMarkdown(report)), rendered(parityMarkdown(withPlainNames(report))));
      }),
    );
  });

  it("should show every name unchanged when it is rendered", () => {
    fc.assert(
      fc.property(reports, (report) => {
        const names = report.rows.map(({ name }) => showInvisible(name));
        const claims = find(parse(parityHtml(report)), "tbody")[0];
        assert.ok(claims !== undefined);
        assert.deepEqual(find(claims, "th").map(textOf), names);
      }),
    );
  });

  it("should load nothing, and run only its own script", () => {
    const page = parse(parityHtml({ mode: "strict", rows: [], summary: summarize([]) }));
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

/** The elements below a node, each as `tag name=value`. */
function outline(node: Parent): string[] {
  return elements(node).map(
    ({ tagName, attrs }) => `${tagName} ${attrs.map(({ name, value }) => `${name}=${value}`).join(" ")}`,
  );
}

/** The elements of rendered Markdown. */
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
