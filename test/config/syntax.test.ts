import assert from "node:assert/strict";
import fc from "fast-check";
import { commentText, quote, setting } from "../../provider/config/syntax";
import { hostileText } from "../support/arbitraries";

/** ASCII's control characters: the server takes others for plain characters. */
function hasNoControlCharacter(text: string): boolean {
  return Array.from(text).every((char) => char >= " " && char !== "\u007f");
}

describe("quote", () => {
  for (const [text, expected] of [
    ["plain", '"plain"'],
    ['say "hi"', String.raw`"say \"hi\""`],
    ["back\\slash", String.raw`"back\\slash"`],
    ["tab\tline\nreturn\r", String.raw`"tab\tline\nreturn\r"`],
    ["\0\u0001\u001f\u007f", String.raw`"\x00\x01\x1f\x7f"`],
    ["$HOME # {} include 'x'", `"$HOME # {} include 'x'"`],
    ["ü日😀\u0085", '"ü日😀\u0085"'],
  ] as const) {
    it(`should return ${expected} when the text is ${JSON.stringify(text)}`, () => {
      assert.equal(quote(text), expected);
    });
  }

  it("should return one quoted string on one line when the text is any", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        assert.match(quote(text), /^"(?:[^"\\]|\\["\\tnr]|\\x[0-9a-f]{2})*"$/u);
        assert.ok(hasNoControlCharacter(quote(text)));
      }),
    );
  });

  it("should return different strings when the texts differ", () => {
    fc.assert(
      fc.property(hostileText, hostileText, (one, other) => {
        assert.equal(quote(one) === quote(other), one === other);
      }),
    );
  });
});

describe("commentText", () => {
  it("should stay on one line when the text is any", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        assert.ok(hasNoControlCharacter(commentText(text)));
      }),
    );
  });

  it("should quote a text when it has characters that cannot be read", () => {
    assert.equal(commentText("Orders, “big” & small"), "Orders, “big” & small");
    assert.equal(commentText("two\nlines"), String.raw`"two\nlines"`);
  });
});

describe("setting", () => {
  it("should quote strings only", () => {
    assert.deepEqual([setting("a", 0), setting("b", true), setting("c", "true")], ["a: 0", "b: true", 'c: "true"']);
  });
});
