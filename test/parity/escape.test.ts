import assert from "node:assert/strict";
import fc from "fast-check";
import { escapeHtml, escapeMarkdown, markdownCode, showInvisible } from "../../provider/parity/escape";
import { hostileText } from "../support/arbitraries";

describe("escaped text", () => {
  for (const [content, text, expected] of [
    ["a line end", "a\nb", "a\\u{a}b"],
    ["a change of direction", "a\u202eb", "a\\u{202e}b"],
    ["half of a surrogate pair", "a\ud83d", "a\\u{d83d}"],
    ["a surrogate pair", "a😀é", "a😀é"],
  ] as const) {
    it(`should show ${content} when it is in a text`, () => {
      assert.equal(showInvisible(text), expected);
    });
  }

  it("should contain no markup and decode to the same text when it is HTML", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const escaped = escapeHtml(text);
        assert.doesNotMatch(escaped, /[<>"'`\n\r]/);
        assert.equal(decode(escaped), showInvisible(text));
      }),
    );
  });

  it("should contain no markup and decode to the same text when it is Markdown", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const escaped = escapeMarkdown(text);
        assert.doesNotMatch(escaped, /[\\`*_[\]<>|\n\r]/);
        assert.equal(decode(escaped), showInvisible(text));
      }),
    );
  });

  it("should be code without entities when no character could end it", () => {
    assert.equal(markdownCode('A.users["odd name"]'), '`A.users["odd name"]`');
    assert.equal(markdownCode("a|b"), "<code>a&#124;b</code>");
    fc.assert(
      fc.property(hostileText, (text) => {
        const escaped = markdownCode(text);
        const plain = escaped === `\`${text}\``;
        assert.equal(
          plain ? escaped.slice(1, -1) : decode(escaped.slice("<code>".length, -"</code>".length)),
          showInvisible(text),
        );
        assert.doesNotMatch(plain ? text : escaped.slice("<code>".length, -"</code>".length), /[\\`|<\n\r]/);
      }),
    );
  });
});

/** Decodes numeric entities. */
function decode(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
}
