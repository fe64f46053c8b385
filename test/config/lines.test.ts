import assert from "node:assert/strict";
import {
  block,
  comment,
  list,
  originsOf,
  settings,
  texts,
  textsOf,
  within,
  renderText,
} from "../../provider/config/lines";
describe("the lines of a configuration", () => {
  it("should leave out settings when they are undefined", () => {
    assert.deepEqual(textsOf(settings({ a: 1, b: undefined, c: "x" })), ["a: 1", 'c: "x"']);
  });

  it("should have no block and no list when it would be empty", () => {
    assert.deepEqual([block("a", []), list("a", []), texts("a", undefined)], [[], [], []]);
  });

  it("should have a list of strings when it is empty, since that differs from no list", () => {
    assert.deepEqual(textsOf(texts("allow", [])), ["allow: []"]);
  });

  it("should have a list of strings on one line when it is short, and on several otherwise", () => {
    assert.deepEqual(textsOf(texts("a", ["b", "c"])), ['a: ["b", "c"]']);
    const long = "x".repeat(90);
    assert.deepEqual(textsOf(texts("a", [long, "c"])), ["a: [", `  "${long}"`, '  "c"', "]"]);
  });

  it("should carry the names of everything they are in", () => {
    const lines = within(["x"], block("a", [comment("about b"), ...block("b", settings({ c: 1 }), ["named"])]));
    const origins = originsOf(lines);
    assert.deepEqual(
      textsOf(lines).map((text, index) => [text.trim(), origins[index]?.join()]),
      [
        ["a {", "x,a"],
        ["# about b", "x,a"],
        ["b {", "x,a,named"],
        ["c: 1", "x,a,named,c"],
        ["}", "x,a,named"],
        ["}", "x,a"],
      ],
    );
  });

  it("should be sections with an empty line between them when they are a file", () => {
    const sections = [settings({ a: 1 }), [], settings({ b: 2, c: 3 })];
    assert.equal(renderText(sections), "a: 1\n\nb: 2\nc: 3\n");
  });
});
