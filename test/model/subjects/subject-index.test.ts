import assert from "node:assert/strict";
import fc from "fast-check";
import { SubjectIndex } from "../../../provider/model/subjects/subject-index";
import { collide, covers, subjectProblem, coversSubject } from "../../../provider/model/subjects/subjects";
import { runs } from "../../support/seed";

const RUNS = 2_000;

const subject = fc
  .array(fc.constantFrom("a", "b", "*", ">", "a>"), { minLength: 1, maxLength: 4 })
  .map((tokens) => tokens.join("."))
  .filter((text) => subjectProblem(text) === undefined);

/** A query, and the rule by which it matches a stored subject. */
interface Query {
  readonly run: (index: SubjectIndex<number>, requested: string) => readonly number[];
  readonly matches: (stored: string, requested: string) => boolean;
}

const QUERIES: Readonly<Record<string, Query>> = {
  equal: {
    run: (index, requested) => index.findEqual(requested),
    matches: (stored, requested) => stored === requested,
  },
  covering: { run: (index, requested) => index.findCovering(requested), matches: covers },
  containing: { run: (index, requested) => index.findContaining(requested), matches: coversSubject },
  contained: {
    run: (index, requested) => index.findContained(requested),
    matches: (stored, requested) => coversSubject(requested, stored),
  },
  colliding: { run: (index, requested) => index.findColliding(requested), matches: collide },
};

describe("SubjectIndex", () => {
  for (const [name, { run, matches }] of Object.entries(QUERIES)) {
    it(`should return the same values as a comparison with each subject when it searches ${name} subjects`, () => {
      fc.assert(
        fc.property(fc.array(subject, { maxLength: 12 }), subject, (all, requested) => {
          const index = new SubjectIndex<number>();
          all.forEach((one, at) => {
            index.add(one, at);
          });
          const expected = all.flatMap((one, at) => (matches(one, requested) ? [at] : []));
          assert.deepEqual(
            run(index, requested).toSorted((a, b) => a - b),
            expected,
          );
        }),
        { numRuns: runs(RUNS) },
      );
    });
  }

  it("should find a subject of 50,000 tokens, too many for recursion", () => {
    const [long, wild] = ["a.".repeat(50_000) + "b", "*.".repeat(50_000) + ">"];
    const index = new SubjectIndex<string>();
    [long, wild].forEach((one) => {
      index.add(one, one);
    });
    assert.deepEqual(
      [index.findColliding(long).length, index.findColliding(wild).length, index.findColliding("*.>").length],
      [2, 2, 2],
    );
  });
});
