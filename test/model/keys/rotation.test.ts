import assert from "node:assert/strict";
import fc from "fast-check";
import { defined } from "../../../provider/model/form/order";
import {
  givenKeyDiagnostics,
  normalRotation,
  overlapOf,
  rotationDiagnostics,
  type Rotation,
} from "../../../provider/model/keys/rotation";

describe("a rotation", () => {
  for (const rotation of [
    undefined,
    {},
    { version: 1 },
    { version: "2027-01-01", overlap: "24h" },
    { overlap: "none" },
    { overlap: 60 },
    { overlap: "until-changed" },
  ] as const) {
    it(`should be right when it is ${JSON.stringify(rotation)}`, () => {
      assert.deepEqual(rotationDiagnostics(rotation), []);
    });
  }

  for (const [rotation, path] of [
    [{ version: "" }, "version"],
    [{ version: NaN }, "version"],
    [{ version: {} }, "version"],
    [{ version: null }, "version"],
    [{ version: 1, overlap: "a while" }, "overlap"],
    [{ version: 1, overlap: "500ms" }, "overlap"],
    [{ version: 1, overlap: -1 }, "overlap"],
    [{ versions: 1 }, "versions"],
    ["2", ""],
  ] as const) {
    it(`should be refused when it is ${JSON.stringify(rotation)}`, () => {
      assert.deepEqual(
        rotationDiagnostics(rotation as unknown as Rotation).map((found) => found.path),
        [path],
      );
    });
  }

  it("should be the same whether its version is a number or its text, and nothing when it says nothing", () => {
    assert.deepEqual(normalRotation({ version: 2 }), normalRotation({ version: "2" }));
    assert.equal(normalRotation({}), undefined);
  });

  it("should be the same in whichever way its overlap is written, and where that is the default", () => {
    const normal = (overlap?: string | number) =>
      normalRotation(overlap === undefined ? { version: 2 } : { version: 2, overlap });
    assert.deepEqual(normal("until-changed"), normal());
    for (const same of ["24h", "1d", 86_400, "86400s"]) {
      assert.deepEqual(normal(same), normal("23h60m"));
    }
    assert.deepEqual(normal("0s"), normal("none"));
    assert.notDeepEqual(normal("1h"), normal("2h"));
    assert.deepEqual(overlapOf(normalRotation({ overlap: "until-changed" })), "until-changed");
  });

  it("should say the same as its normal form does", () => {
    const overlaps = fc.constantFrom(undefined, "until-changed", "none", "0s", "90m", "400d", 7);
    fc.assert(
      fc.property(overlaps, (overlap) => {
        const rotation = defined<Rotation>({ version: "1", overlap });
        const normal = normalRotation(rotation);
        assert.deepEqual(overlapOf(normal), overlapOf(rotation));
        assert.deepEqual(normal && normalRotation(normal), normal);
      }),
    );
  });

  it("should let the key before work until the next change by default, and no time where nothing is said of it", () => {
    const overlaps = [{ version: 1 }, { overlap: "1h" }, { overlap: 5 }, { overlap: "none" }, undefined] as const;
    assert.deepEqual(overlaps.map(overlapOf), ["until-changed", 3_600, 5, 0, 0]);
  });

  it("should have no version beside a key that the program gives", () => {
    assert.deepEqual(givenKeyDiagnostics({ overlap: "1h" }), []);
    assert.deepEqual(givenKeyDiagnostics(undefined), []);
    assert.equal(givenKeyDiagnostics({ version: 1 })[0]?.path, "version");
  });
});
