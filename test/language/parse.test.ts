import assert from "node:assert/strict";
import fc from "fast-check";
import { type Entry, parseConfig, parseEntries, type IncludedFiles } from "../../provider/language/parse";
import { Section } from "../../provider/language/section";
import { Unreadable } from "../../provider/diagnostics/unreadable";
import { plainValues } from "../support/config-values";
import { runs } from "../support/seed";

const NO_FILES: IncludedFiles = {
  include: () => {
    throw new Error("unexpected include");
  },
  environment: () => undefined,
};

function parse(text: string, files: Partial<IncludedFiles> = {}): unknown {
  return plainValues(parseConfig({ file: "nats.conf", text }, { ...NO_FILES, ...files }));
}

describe("parseConfig", () => {
  for (const [condition, text, values] of [
    [
      "keys and values have different separators",
      "a: 1\nb = 2\nc 3\n'd' :4\n\"e f\"=5",
      { a: 1, b: 2, c: 3, d: 4, "e f": 5 },
    ],
    [
      "values have different separators",
      "a: 1; b: 2, c: 3\n\n d: 4 # no more\n// nor here\n",
      { a: 1, b: 2, c: 3, d: 4 },
    ],
    ["a block has no separator before it", "a { b { c: d } }", { a: { b: { c: "d" } } }],
    ["an unquoted key contains a brace", "a{b: 1}", { "a{b": 1 }],
    ["the file is JSON", '{\n"a": {"b": ["c", 1 ]},\n"d": true\n}\n', { a: { b: ["c", 1] }, d: true }],
    ["a list is separated by commas and lines", "a: [ 1\n 2, # two\n 'x' ]", { a: [1, 2, "x"] }],
    ["a list ends right after a number", "a: [1k]", { a: ["1k"] }],
    [
      "numbers have suffixes",
      "a: 1k, b: 1KB, c: 2Mi, d: 3gib, e: -1",
      { a: 1e3, b: 1024, c: 2 ** 21, d: 3 * 2 ** 30, e: -1 },
    ],
    ["a string begins with a digit", "a: 1kx, b: 12ab, c: 1.2.3.4:4222", { a: "1kx", b: "12ab", c: "1.2.3.4:4222" }],
    ["a number is too large for JavaScript", "a: 9223372036854775807", { a: 9223372036854775807n }],
    ["numbers have fractions", "a: 0.5", { a: 0.5 }],
    ["a value is a date", "a: 2016-05-04T18:53:41Z", { a: "2016-05-04T18:53:41Z" }],
    ["values are booleans", "a: yes, b: OFF, c: 'yes', d: \\x6f\\x6e", { a: true, b: false, c: "yes", d: "on" }],
    ["strings have escapes", String.raw`a: "\x41\t\"\\\xc3\xa9", b: '\x41'`, { a: 'A\t"\\é', b: String.raw`\x41` }],
    ["a string contains the start of a comment", "a: nats://host # but this", { a: "nats://host" }],
    ["a string has several lines", "a (\none )\n)\n", { a: "\none )\n" }],
    ["a key is repeated", "a: 1\na: 2", { a: 2 }],
    [
      "a variable refers to a key of an enclosing block",
      "a: 1\nb { a: 2, c { d: $a } }\ne: $a",
      { a: 1, b: { a: 2, c: { d: 2 } }, e: 1 },
    ],
    ["a value is empty", "] }\na {b: ;}", { "]": "", a: { b: "" } }],
    ["a value is a bcrypt hash", "a: $2a$11$xyz", { a: "$2a$11$xyz" }],
  ] as const) {
    it(`should read ${JSON.stringify(text)} when ${condition}`, () => {
      assert.deepEqual(parse(text), values);
    });
  }

  for (const [text, origin, code = "NA3010"] of [
    ["a: [1, 2", "nats.conf, line 1"],
    ["a: [1]\nb: 2", "nats.conf, line 2"],
    ["a {\nb: 1\n", "nats.conf, line 3"],
    ["a: 1 b: 2", "nats.conf, line 1"],
    ["a {\n]\nb=1 }", "nats.conf, line 2"],
    ["a: [,]", "nats.conf, line 1"],
    ["a {b: }", "nats.conf, line 1"],
    ["\n\na", "nats.conf, line 3"],
    ["a: 'x", "nats.conf, line 1"],
    ['a: "x', "nats.conf, line 1"],
    ["a: 1kbb", "nats.conf, line 1"],
    ["a: 9223372036854775807k", "nats.conf, line 1"],
    ['a: "\\xff"', "nats.conf, line 1"],
    ["a: $b", "nats.conf, line 1", "NA3012"],
    ["a: \0", "nats.conf", "NA3005"],
    ["a: \ud800", "nats.conf", "NA3005"],
    [`a: ${"[".repeat(100_000)}`, "nats.conf, line 1", "NA3011"],
    [`a ${"{ a ".repeat(100_000)}`, "nats.conf, line 1", "NA3011"],
  ] as const) {
    it(`should name the line when it cannot parse ${JSON.stringify(text.slice(0, 20))}`, () => {
      assert.throws(() => parse(text), { name: "Unreadable", code, origin });
    });
  }

  it("should insert the values of an included file, and pass the including file", () => {
    const asked: string[] = [];
    const texts: Record<string, string> = { "users.conf": "a: 1\ninclude './more.conf'", "./more.conf": "b: 2" };
    const include = (path: string, file: string) => {
      asked.push(`${file} includes ${path}`);
      return { file: `/etc/${path}`, text: texts[path] ?? "" };
    };
    assert.deepEqual(parse("x { include users.conf; c: $b }", { include }), { x: { a: 1, b: 2, c: 2 } });
    assert.deepEqual(asked, ["nats.conf includes users.conf", "/etc/users.conf includes ./more.conf"]);
  });

  it("should stop when files include each other", () => {
    const include = (file: string) => ({ file, text: `include ${file}` });
    assert.throws(() => parse("include again.conf", { include }), { code: "NA3011" });
  });

  it("should parse the value of an environment variable", () => {
    const variables: Record<string, string> = { SIZE: "2MB", LIST: "[ a, $SIZE ]", LOOP: "$LOOP" };
    const environment = (name: string) => variables[name];
    assert.deepEqual(parse("a: $SIZE, b: $LIST", { environment }), { a: 2 ** 21, b: ["a", 2 ** 21] });
    assert.throws(() => parse("a: $LOOP", { environment }), { code: "NA3012", origin: "variable LOOP, line 1" });
  });

  it("should mark the keys that variables refer to", () => {
    const section = parseConfig({ file: "nats.conf", text: "a: 1\nb: $a" }, NO_FILES);
    assert.deepEqual([section.isVariable("a"), section.isVariable("b")], [true, false]);
  });

  it("should either parse a text or throw Unreadable, whatever the text", () => {
    const bits = fc.constantFrom(..."ab1.-:=,;{}[]()'\"\\#/$ \t\n\r".split(""), "include", "1k", "\\x4", "é", "\u0085");
    const hostile = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(bits, { maxLength: 40 }).map((all) => all.join("")),
    );
    fc.assert(
      fc.property(hostile, (text) => {
        try {
          assert.ok(
            parseConfig({ file: "f", text }, { ...NO_FILES, include: (file) => ({ file, text: "" }) }) instanceof
              Section,
          );
        } catch (error) {
          assert.ok(error instanceof Unreadable, String(error));
        }
      }),
      { numRuns: runs(2000) },
    );
  });
});

describe("parseEntries", () => {
  const text =
    "# top\na: 1 # same line\nb {\n  # one\n  // two\n  c: [\n    # element\n    { d: x }, 2\n    # end\n  ]\n}\n";
  const outlines = (entries: readonly Entry[]): unknown[] =>
    entries.map(({ key, comments, start, valueStart, end, entries: inside }) => [
      key,
      comments.join(),
      text.slice(start, valueStart),
      text.slice(valueStart, end).replace(/\n[^]*\n/, "…"),
      ...outlines(inside),
    ]);

  it("should return each key and element with its position and the comments above it", () => {
    assert.deepEqual(outlines(parseEntries({ file: "nats.conf", text }, NO_FILES)), [
      ["a", "top", "a: ", "1"],
      [
        "b",
        "",
        "b ",
        "{…}",
        [
          "c",
          "one,two",
          "c: ",
          "[…  ]",
          [undefined, "element", "", "{ d: x }", ["d", "", "d: ", "x"]],
          [undefined, "", "", "2"],
        ],
      ],
    ]);
  });
});
