import assert from "node:assert/strict";
import fc from "fast-check";
import { parseConfig, type Surroundings } from "../../provider/read/language/parse";
import { Section } from "../../provider/read/language/section";
import { Unreadable } from "../../provider/read/unreadable";
import { plainValues } from "../support/config-digest";

const ALONE: Surroundings = {
  include: () => {
    throw new Error("no file is included here");
  },
  environment: () => undefined,
};

function valuesOf(text: string, surroundings: Partial<Surroundings> = {}): unknown {
  return plainValues(parseConfig({ file: "nats.conf", text }, { ...ALONE, ...surroundings }));
}

describe("parseConfig", () => {
  for (const [what, text, values] of [
    [
      "keys are separated from values in any way",
      "a: 1\nb = 2\nc 3\n'd' :4\n\"e f\"=5",
      { a: 1, b: 2, c: 3, d: 4, "e f": 5 },
    ],
    [
      "values are separated in any way",
      "a: 1; b: 2, c: 3\n\n d: 4 # no more\n// nor here\n",
      { a: 1, b: 2, c: 3, d: 4 },
    ],
    ["a map needs no separator", "a { b { c: d } }", { a: { b: { c: "d" } } }],
    ["a bare key goes on until white space or a separator", "a{b: 1}", { "a{b": 1 }],
    ["the file is JSON", '{\n"a": {"b": ["c", 1 ]},\n"d": true\n}\n', { a: { b: ["c", 1] }, d: true }],
    ["a list is separated by commas or lines", "a: [ 1\n 2, # two\n 'x' ]", { a: [1, 2, "x"] }],
    ["a list ends right behind a number", "a: [1k]", { a: ["1k"] }],
    [
      "numbers have suffixes",
      "a: 1k, b: 1KB, c: 2Mi, d: 3gib, e: -1",
      { a: 1e3, b: 1024, c: 2 ** 21, d: 3 * 2 ** 30, e: -1 },
    ],
    ["a number is no number", "a: 1kx, b: 12ab, c: 1.2.3.4:4222", { a: "1kx", b: "12ab", c: "1.2.3.4:4222" }],
    ["a number is too large for JavaScript", "a: 9223372036854775807", { a: 9223372036854775807n }],
    ["numbers have fractions", "a: 0.5", { a: 0.5 }],
    ["a date stands there", "a: 2016-05-04T18:53:41Z", { a: "2016-05-04T18:53:41Z" }],
    ["words are booleans", "a: yes, b: OFF, c: 'yes', d: \\x6f\\x6e", { a: true, b: false, c: "yes", d: "on" }],
    ["texts have escapes", String.raw`a: "\x41\t\"\\\xc3\xa9", b: '\x41'`, { a: 'A\t"\\é', b: String.raw`\x41` }],
    ["comments look like texts", "a: nats://host # but this", { a: "nats://host" }],
    ["a text has many lines", "a (\none )\n)\n", { a: "\none )\n" }],
    ["a key stands there twice", "a: 1\na: 2", { a: 2 }],
    [
      "a variable refers to a key around it",
      "a: 1\nb { a: 2, c { d: $a } }\ne: $a",
      { a: 1, b: { a: 2, c: { d: 2 } }, e: 1 },
    ],
    ["nothing stands before what ends a value", "] }\na {b: ;}", { "]": "", a: { b: "" } }],
    ["a password was hashed with bcrypt", "a: $2a$11$xyz", { a: "$2a$11$xyz" }],
  ] as const) {
    it(`should read ${JSON.stringify(text)} when ${what}`, () => {
      assert.deepEqual(valuesOf(text), values);
    });
  }

  for (const [text, message] of [
    ["a: [1, 2", "nats.conf, line 1 cannot be read: a ] is missing"],
    ["a: [1]\nb: 2", "nats.conf, line 2 cannot be read: a line end or a comma is missing behind a value"],
    ["a {\nb: 1\n", "nats.conf, line 3 cannot be read: a } is missing"],
    ["a: 1 b: 2", "nats.conf, line 1 cannot be read: a line end or a comma is missing behind a value"],
    ["a {\n]\nb=1 }", "nats.conf, line 2 cannot be read: a ] stands where a key should"],
    ["a: [,]", "nats.conf, line 1 cannot be read: a value is missing"],
    ["a {b: }", "nats.conf, line 1 cannot be read: a value is missing"],
    ["\n\na", "nats.conf, line 3 cannot be read: a value is missing"],
    ["a: 'x", "nats.conf, line 1 cannot be read: a text in quotes has no end"],
    ['a: "x', "nats.conf, line 1 cannot be read: a text in double quotes has no end"],
    ["a: 1kbb", "nats.conf, line 1 cannot be read: this is no number that nats-server knows"],
    ["a: 9223372036854775807k", "nats.conf, line 1 cannot be read: this number is larger than nats-server can count"],
    ['a: "\\xff"', "nats.conf, line 1 cannot be read: the escapes of this text are not UTF-8"],
    ["a: $b", "nats.conf, line 1 cannot be read: the variable b is not set"],
    ["a: \0", "nats.conf cannot be read: it is no text in UTF-8, or holds NUL"],
    ["a: \ud800", "nats.conf cannot be read: it is no text in UTF-8, or holds NUL"],
    [`a: ${"[".repeat(100_000)}`, "nats.conf, line 1 cannot be read: more than 200 things stand in each other"],
    [`a ${"{ a ".repeat(100_000)}`, "nats.conf, line 1 cannot be read: more than 200 things stand in each other"],
  ] as const) {
    it(`should say where and why when it cannot read ${JSON.stringify(text.slice(0, 20))}`, () => {
      assert.throws(() => valuesOf(text), { name: "Unreadable", message });
    });
  }

  it("should put the values of an included file where it is included, and find files beside the one that includes them", () => {
    const asked: string[] = [];
    const files: Record<string, string> = { "users.conf": "a: 1\ninclude './more.conf'", "./more.conf": "b: 2" };
    const include = (path: string, file: string) => {
      asked.push(`${file} includes ${path}`);
      return { file: `/etc/${path}`, text: files[path] ?? "" };
    };
    assert.deepEqual(valuesOf("x { include users.conf; c: $b }", { include }), { x: { a: 1, b: 2, c: 2 } });
    assert.deepEqual(asked, ["nats.conf includes users.conf", "/etc/users.conf includes ./more.conf"]);
  });

  it("should end when files include each other", () => {
    const include = (file: string) => ({ file, text: `include ${file}` });
    assert.throws(() => valuesOf("include again.conf", { include }), /more than 200 things stand in each other/);
  });

  it("should read a variable of the environment as a value of the same language", () => {
    const variables: Record<string, string> = { SIZE: "2MB", LIST: "[ a, $SIZE ]", LOOP: "$LOOP" };
    const environment = (name: string) => variables[name];
    assert.deepEqual(valuesOf("a: $SIZE, b: $LIST", { environment }), { a: 2 ** 21, b: ["a", 2 ** 21] });
    assert.throws(() => valuesOf("a: $LOOP", { environment }), /the variable LOOP is not set/);
  });

  it("should know which keys are variables", () => {
    const section = parseConfig({ file: "nats.conf", text: "a: 1\nb: $a" }, ALONE);
    assert.deepEqual([section.isVariable("a"), section.isVariable("b")], [true, false]);
  });

  it("should either read a text or say why not, whatever the text", () => {
    const bits = fc.constantFrom(..."ab1.-:=,;{}[]()'\"\\#/$ \t\n\r".split(""), "include", "1k", "\\x4", "é", "\u0085");
    const hostile = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(bits, { maxLength: 40 }).map((all) => all.join("")),
    );
    fc.assert(
      fc.property(hostile, (text) => {
        try {
          assert.ok(
            parseConfig({ file: "f", text }, { ...ALONE, include: (file) => ({ file, text: "" }) }) instanceof Section,
          );
        } catch (error) {
          assert.ok(error instanceof Unreadable, String(error));
        }
      }),
      { numRuns: 2000 },
    );
  });
});
