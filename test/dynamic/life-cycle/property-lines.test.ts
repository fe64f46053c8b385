import assert from "node:assert/strict";
import { propertyLines } from "../../../provider/dynamic/life-cycle/property-lines";
import { UNKNOWN } from "../../support/life-cycle";

describe("the lines of properties", () => {
  it("should contain each value with its path, sorted by path", () => {
    const users = { b: { publicKey: "U" }, "a b": { permissions: { publish: { allow: ["x", "y"] } } } };
    assert.equal(
      propertyLines({ users, limits: { payload: 1, data: undefined }, jetstream: {}, name: "A" }),
      [
        "jetstream {}",
        "limits.payload 1",
        'name "A"',
        'users["a b"].permissions.publish.allow "x"',
        'users["a b"].permissions.publish.allow "y"',
        'users.b.publicKey "U"',
        "",
      ].join("\n"),
    );
  });

  it("should contain an object in a list on one line, so that an insertion inserts a line", () => {
    const before = propertyLines({ exports: [{ subject: "b", type: "stream" }] }).split("\n");
    const after = propertyLines({ exports: [{ subject: "a" }, { subject: "b", type: "stream" }] }).split("\n");
    assert.deepEqual(after, ['exports {"subject":"a"}', ...before]);
  });

  for (const [where, properties] of [
    ["a value", { name: "A", key: UNKNOWN }],
    ["a member of a list", { list: ["x", UNKNOWN] }],
    ["a part of a member", { list: [{ a: [[1], UNKNOWN] }] }],
  ] as const) {
    it(`should be unknown if ${where} is: an update must keep to what its plan knows`, () => {
      assert.equal(propertyLines(properties), UNKNOWN);
    });
  }
});
