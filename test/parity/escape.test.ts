import assert from "node:assert/strict";
import fc from "fast-check";
import { html, markdown, markdownCode, visible } from "../../provider/parity/escape";
import { hostileText } from "../support/arbitraries";

describe("texts in a page", () => {
  for (const [what, text, expected] of [
    ["a line end", "a\nb", "a\\u{a}b"],
    ["an override of the direction", "a\u202eb", "a\\u{202e}b"],
    ["half a character", "a\ud83d", "a\\u{d83d}"],
    ["a whole character", "a😀é", "a😀é"],
  ] as const) {
    it(`should be seen as they are when they hold ${what}`, () => {
      assert.equal(visible(text), expected);
    });
  }

  it("should be themselves, and no markup, when HTML is made of whatever there is", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const made = html(text);
        assert.doesNotMatch(made, /[<>"'`\n\r]/);
        assert.equal(decoded(made), visible(text));
      }),
    );
  });

  it("should be themselves, and no markup, when Markdown is made of whatever there is", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const made = markdown(text);
        assert.doesNotMatch(made, /[\\`*_[\]<>|\n\r]/);
        assert.equal(decoded(made), visible(text));
      }),
    );
  });

  it("should stand in code as they are when nothing in them could end it, and as entities otherwise", () => {
    assert.equal(markdownCode('A.users["odd name"]'), '`A.users["odd name"]`');
    assert.equal(markdownCode("a|b"), "<code>a&#124;b</code>");
    fc.assert(
      fc.property(hostileText, (text) => {
        const made = markdownCode(text);
        const plain = made === `\`${text}\``;
        assert.equal(
          plain ? made.slice(1, -1) : decoded(made.slice("<code>".length, -"</code>".length)),
          visible(text),
        );
        assert.doesNotMatch(plain ? text : made.slice("<code>".length, -"</code>".length), /[\\`|<\n\r]/);
      }),
    );
  });
});

/** What a reader of entities sees. */
function decoded(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
}
