import assert from "node:assert/strict";
import fc from "fast-check";
import { block, comment, file, list, quote, setting, settings, texts } from "../../provider/config/syntax";
import { hostileText } from "../support/arbitraries";

/** ASCII's control characters: the others are plain characters to the server. */
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
    it(`should write ${expected} when the text is ${JSON.stringify(text)}`, () => {
      assert.equal(quote(text), expected);
    });
  }

  it("should end where the text ends, on one line, for every text", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        assert.match(quote(text), /^"(?:[^"\\]|\\["\\tnr]|\\x[0-9a-f]{2})*"$/u);
        assert.ok(hasNoControlCharacter(quote(text)));
      }),
    );
  });

  it("should write different texts differently", () => {
    fc.assert(
      fc.property(hostileText, hostileText, (one, other) => {
        assert.equal(quote(one) === quote(other), one === other);
      }),
    );
  });
});

describe("comment", () => {
  it("should stay one line that begins with #, whatever it says", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        assert.ok(comment(text).startsWith("# ") && hasNoControlCharacter(comment(text)));
      }),
    );
  });

  it("should show a text as it is when it is readable, and quoted when it is not", () => {
    assert.equal(comment("Orders, “big” & small"), "# Orders, “big” & small");
    assert.equal(comment("two\nlines"), String.raw`# "two\nlines"`);
  });
});

describe("the parts of a configuration", () => {
  it("should leave numbers and booleans bare, and quote texts, when they are settings", () => {
    assert.deepEqual(settings({ a: 1, b: true, c: "true", d: undefined }), ["a: 1", "b: true", 'c: "true"']);
    assert.equal(setting("port", 0), "port: 0");
  });

  it("should disappear when they have no content", () => {
    assert.deepEqual([block("a", []), list("a", []), texts("a", undefined)], [[], [], []]);
  });

  it("should write an empty list of texts, which says something else than none", () => {
    assert.deepEqual(texts("allow", []), ["allow: []"]);
  });

  it("should stand on one line when they are short, and on one line each when they are not", () => {
    assert.deepEqual(texts("a", ["b", "c"]), ['a: ["b", "c"]']);
    const long = "x".repeat(90);
    assert.deepEqual(texts("a", [long, "c"]), ["a: [", `  "${long}"`, '  "c"', "]"]);
  });

  it("should stand apart by one empty line, and end with one line end, when they are a file", () => {
    assert.equal(file([["a: 1"], [], ["b: 2", "c: 3"]]), "a: 1\n\nb: 2\nc: 3\n");
  });
});
