import assert from "node:assert/strict";
import fc from "fast-check";
import {
  collide,
  covers,
  hasWildcard,
  subjectProblem,
  subscribeSubjectProblem,
  coversSubject,
} from "../../../provider/model/subjects/subjects";

const VALID = [
  "a",
  "a.b.c",
  "*",
  ">",
  "a.*",
  "*.a.>",
  "$SYS.REQ.SERVER.PING",
  "_INBOX.>",
  "a>",
  "a*.*b",
  "a.>b",
  'with"quote',
  "{}#$",
  "ünïcode.日本.😀",
  "\u0001",
];

const INVALID = [
  "",
  ".",
  "a.",
  ".a",
  "a..b",
  "a b",
  "a\tb",
  "a\n",
  "a\u00a0b",
  "a\u0085b",
  "a\u2028b",
  "a\0b",
  "a.>.b",
  ">.a",
  "\ud800",
  "x".repeat(3_001),
  `${"é".repeat(1_500)}x`,
];

/** All subjects of up to `tokens` tokens over a small alphabet, with wildcards in valid positions. */
function allSubjects(alphabet: readonly string[], tokens: number): string[] {
  const shorter = tokens === 1 ? [] : allSubjects(alphabet, tokens - 1);
  const longer = shorter.filter((subject) => !subject.endsWith(">") && subject.split(".").length === tokens - 1);
  return [
    ...new Set([...alphabet, ...shorter, ...longer.flatMap((start) => alphabet.map((end) => `${start}.${end}`))]),
  ];
}

const PATTERNS = allSubjects(["a", "b", "*", ">"], 3);
/** One token longer than the patterns, and with one more letter: enough to distinguish all patterns. */
const LITERALS = allSubjects(["a", "b", "c"], 4);

/** True when a pattern matches a literal subject, by the definition of the wildcards. */
function matches(pattern: string, literal: string): boolean {
  const expression = pattern
    .split(".")
    .map((token) => ({ "*": "[^.]+", ">": ".+" })[token] ?? token)
    .join("\\.");
  return new RegExp(`^${expression}$`).test(literal);
}

const matched = new Map(PATTERNS.map((pattern) => [pattern, LITERALS.filter((literal) => matches(pattern, literal))]));
const literalsOf = (pattern: string) => matched.get(pattern) ?? [];

describe("subjectProblem", () => {
  for (const subject of VALID) {
    it(`should accept ${JSON.stringify(subject)}`, () => {
      assert.equal(subjectProblem(subject), undefined);
    });
  }

  for (const subject of INVALID) {
    it(`should reject ${JSON.stringify(subject.slice(0, 40))}`, () => {
      assert.notEqual(subjectProblem(subject), undefined);
    });
  }

  it("should accept a subject of 3,000 bytes", () => {
    assert.equal(subjectProblem("é".repeat(1_500)), undefined);
  });

  it("should accept concatenated valid subjects unless the first ends in >", () => {
    fc.assert(
      fc.property(fc.constantFrom(...VALID), fc.constantFrom(...VALID), (one, other) => {
        const endsEarly = one.split(".").at(-1) === ">";
        assert.equal(subjectProblem(`${one}.${other}`) === undefined, !endsEarly);
      }),
    );
  });
});

describe("subscribeSubjectProblem", () => {
  it("should accept a queue group after one space", () => {
    for (const text of ["a", "a q", "a.> q.*", "* >"]) {
      assert.equal(subscribeSubjectProblem(text), undefined);
    }
  });

  it("should reject a text that is not a subject with an optional queue group", () => {
    for (const text of ["a ", " q", "a  q", "a q r", "a q.", "a. q", "", " "]) {
      assert.notEqual(subscribeSubjectProblem(text), undefined, JSON.stringify(text));
    }
  });
});

describe("covers", () => {
  it("should be true when the outer subject matches everything that the inner one matches, and only then", () => {
    for (const outer of PATTERNS) {
      for (const inner of PATTERNS) {
        const expected = literalsOf(inner).every((literal) => literalsOf(outer).includes(literal));
        assert.equal(covers(outer, inner), expected, `${outer} covers ${inner}`);
      }
    }
  });
});

describe("collide", () => {
  it("should be true when both subjects match a common subject, and only then", () => {
    for (const one of PATTERNS) {
      for (const other of PATTERNS) {
        const expected = literalsOf(one).some((literal) => literalsOf(other).includes(literal));
        assert.equal(collide(one, other), expected, `${one} collides with ${other}`);
      }
    }
  });
});

describe("coversSubject", () => {
  it("should be true when one subject covers the other, or when * meets a final >", () => {
    for (const outer of PATTERNS) {
      for (const inner of PATTERNS) {
        assert.equal(coversSubject(outer, inner), covers(outer, inner) || covers(outer, inner.replace(/>$/, "*")));
      }
    }
    assert.equal(coversSubject("*.*", "a.>"), true);
    assert.equal(coversSubject("a.*", "a.b>"), true, "a token that merely ends in > is one token");
    assert.equal(coversSubject("a.b.*", "a.>"), false);
  });
});

describe("hasWildcard", () => {
  it("should be true when a whole token is a wildcard, and only then", () => {
    assert.deepEqual(["*", ">", "a.*.b", "a.>"].map(hasWildcard), [true, true, true, true]);
    assert.deepEqual(["a", "a*", "a.>b", "**", ">>"].map(hasWildcard), [false, false, false, false, false]);
  });
});
