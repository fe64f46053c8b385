import assert from "node:assert/strict";
import fc from "fast-check";
import { SubjectIndex } from "../../../provider/model/subjects/subject-index";
import { collide, covers, subjectProblem, takesIn } from "../../../provider/model/subjects/subjects";

const RUNS = 2_000;

const subject = fc
  .array(fc.constantFrom("a", "b", "*", ">", "a>"), { minLength: 1, maxLength: 4 })
  .map((tokens) => tokens.join("."))
  .filter((text) => subjectProblem(text) === undefined);

describe("SubjectIndex", () => {
  for (const [query, rule] of [
    ["under", (kept: string, asked: string) => kept === asked],
    ["covering", (kept: string, asked: string) => covers(kept, asked)],
    ["takingIn", (kept: string, asked: string) => takesIn(kept, asked)],
    ["takenIn", (kept: string, asked: string) => takesIn(asked, kept)],
    ["colliding", (kept: string, asked: string) => collide(kept, asked)],
  ] as const) {
    it(`should find what a look at each subject finds when it is asked what is ${query}`, () => {
      fc.assert(
        fc.property(fc.array(subject, { maxLength: 12 }), subject, (all, asked) => {
          const index = new SubjectIndex<number>();
          all.forEach((one, at) => {
            index.add(one, at);
          });
          const expected = all.flatMap((one, at) => (rule(one, asked) ? [at] : []));
          assert.deepEqual(
            index[query](asked).toSorted((a, b) => a - b),
            expected,
          );
        }),
        { numRuns: RUNS },
      );
    });
  }

  it("should find a subject of 50,000 tokens, which no stack of calls would hold", () => {
    const [long, wild] = ["a.".repeat(50_000) + "b", "*.".repeat(50_000) + ">"];
    const index = new SubjectIndex<string>();
    [long, wild].forEach((one) => {
      index.add(one, one);
    });
    assert.deepEqual(
      [index.colliding(long).length, index.colliding(wild).length, index.colliding("*.>").length],
      [2, 2, 2],
    );
  });
});
