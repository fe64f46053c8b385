import assert from "node:assert/strict";
import fc from "fast-check";
import {
  collide,
  covers,
  hasWildcard,
  subjectProblem,
  subscribeSubjectProblem,
  takesIn,
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

const INVALID: [string, RegExp][] = [
  ["", /is empty/],
  [".", /empty token/],
  ["a.", /empty token/],
  [".a", /empty token/],
  ["a..b", /empty token/],
  ["a b", /white space/],
  ["a\tb", /white space/],
  ["a\n", /white space/],
  ["a\u00a0b", /white space/],
  ["a\u0085b", /white space/],
  ["a\u2028b", /white space/],
  ["a\0b", /NUL/],
  ["a.>.b", /last token/],
  [">.a", /last token/],
  ["\ud800", /not valid Unicode/],
  ["x".repeat(3_001), /longer than 3000 bytes/],
  [`${"é".repeat(1_500)}x`, /longer than 3000 bytes/],
];

/** All subjects of up to some tokens over a small alphabet, with wildcards where they may stand. */
function allSubjects(alphabet: readonly string[], tokens: number): string[] {
  const shorter = tokens === 1 ? [] : allSubjects(alphabet, tokens - 1);
  const longer = shorter.filter((subject) => !subject.endsWith(">") && subject.split(".").length === tokens - 1);
  return [
    ...new Set([...alphabet, ...shorter, ...longer.flatMap((start) => alphabet.map((end) => `${start}.${end}`))]),
  ];
}

const PATTERNS = allSubjects(["a", "b", "*", ">"], 3);
/** One token longer than the patterns, and with one more letter: all that patterns can tell apart. */
const LITERALS = allSubjects(["a", "b", "c"], 4);

/** What a pattern matches, by the definition of its wildcards. */
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
    it(`should find nothing when the subject is ${JSON.stringify(subject)}`, () => {
      assert.equal(subjectProblem(subject), undefined);
    });
  }

  for (const [subject, problem] of INVALID) {
    it(`should say why when the subject is ${JSON.stringify(subject.slice(0, 40))}`, () => {
      assert.match(subjectProblem(subject) ?? "", problem);
    });
  }

  it("should find nothing when the subject is of 3,000 bytes", () => {
    assert.equal(subjectProblem("é".repeat(1_500)), undefined);
  });

  it("should find nothing in subjects that are joined of valid ones, unless the first ends in >", () => {
    fc.assert(
      fc.property(fc.constantFrom(...VALID), fc.constantFrom(...VALID), (one, other) => {
        const endsEarly = one.split(".").at(-1) === ">";
        assert.equal(subjectProblem(`${one}.${other}`) === undefined, !endsEarly);
      }),
    );
  });
});

describe("subscribeSubjectProblem", () => {
  it("should accept a queue group when one space stands before it", () => {
    for (const text of ["a", "a q", "a.> q.*", "* >"]) {
      assert.equal(subscribeSubjectProblem(text), undefined);
    }
  });

  it("should say why when there is more or less than a subject and a queue group", () => {
    for (const text of ["a ", " q", "a  q", "a q r", "a q.", "a. q", "", " "]) {
      assert.notEqual(subscribeSubjectProblem(text), undefined, JSON.stringify(text));
    }
  });
});

describe("covers", () => {
  it("should hold exactly when the outer subject matches all that the inner one matches", () => {
    for (const outer of PATTERNS) {
      for (const inner of PATTERNS) {
        const expected = literalsOf(inner).every((literal) => literalsOf(outer).includes(literal));
        assert.equal(covers(outer, inner), expected, `${outer} covers ${inner}`);
      }
    }
  });
});

describe("collide", () => {
  it("should hold exactly when both subjects match something in common", () => {
    for (const one of PATTERNS) {
      for (const other of PATTERNS) {
        const expected = literalsOf(one).some((literal) => literalsOf(other).includes(literal));
        assert.equal(collide(one, other), expected, `${one} collides with ${other}`);
      }
    }
  });
});

describe("takesIn", () => {
  it("should hold whenever one subject covers the other, and when a * stands against a final >", () => {
    for (const outer of PATTERNS) {
      for (const inner of PATTERNS) {
        assert.equal(takesIn(outer, inner), covers(outer, inner) || covers(outer, inner.replace(/>$/, "*")));
      }
    }
    assert.equal(takesIn("*.*", "a.>"), true);
    assert.equal(takesIn("a.*", "a.b>"), true, "a token that only ends in > is one token");
    assert.equal(takesIn("a.b.*", "a.>"), false);
  });
});

describe("hasWildcard", () => {
  it("should hold when a whole token is a wildcard, and only then", () => {
    assert.deepEqual(["*", ">", "a.*.b", "a.>"].map(hasWildcard), [true, true, true, true]);
    assert.deepEqual(["a", "a*", "a.>b", "**", ">>"].map(hasWildcard), [false, false, false, false, false]);
  });
});
