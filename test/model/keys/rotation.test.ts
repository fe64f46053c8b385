import assert from "node:assert/strict";
import fc from "fast-check";
import { omitUndefined } from "../../../provider/model/form/order";
import {
  getOverlap,
  suppliedKeyDiagnostics,
  normalizeRotation,
  rotationDiagnostics,
  type Rotation,
} from "../../../provider/model/keys/rotation";
import { codesAndPaths } from "../../support/diagnostics";

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
    it(`should be valid when it is ${JSON.stringify(rotation)}`, () => {
      assert.deepEqual(rotationDiagnostics(rotation), []);
    });
  }

  for (const [rotation, found] of [
    [{ version: "" }, "NA1321 version"],
    [{ version: NaN }, "NA1321 version"],
    [{ version: {} }, "NA1321 version"],
    [{ version: null }, "NA1321 version"],
    [{ version: 1, overlap: "a while" }, "NA1322 overlap"],
    [{ version: 1, overlap: "500ms" }, "NA1322 overlap"],
    [{ version: 1, overlap: -1 }, "NA1322 overlap"],
    [{ versions: 1 }, "NA1001 versions"],
  ] as const) {
    it(`should be invalid when it is ${JSON.stringify(rotation)}`, () => {
      assert.deepEqual(codesAndPaths(rotationDiagnostics(rotation as unknown as Rotation)), [found]);
    });
  }

  it("should be an object", () => {
    assert.deepEqual(
      rotationDiagnostics("2" as unknown as Rotation).map(({ path }) => path),
      [""],
    );
  });

  it("should have one normal form for a version as number or text, and none when it is empty", () => {
    assert.deepEqual(normalizeRotation({ version: 2 }), normalizeRotation({ version: "2" }));
    assert.equal(normalizeRotation({}), undefined);
  });

  it("should have one normal form for every notation of the same overlap", () => {
    const normal = (overlap?: string | number) =>
      normalizeRotation(overlap === undefined ? { version: 2 } : { version: 2, overlap });
    assert.deepEqual(normal("until-changed"), normal());
    for (const same of ["24h", "1d", 86_400, "86400s"]) {
      assert.deepEqual(normal(same), normal("23h60m"));
    }
    assert.deepEqual(normal("0s"), normal("none"));
    assert.notDeepEqual(normal("1h"), normal("2h"));
    assert.deepEqual(getOverlap(normalizeRotation({ overlap: "until-changed" })), "until-changed");
  });

  it("should have the same overlap as its normal form", () => {
    const overlaps = fc.constantFrom(undefined, "until-changed", "none", "0s", "90m", "400d", 7);
    fc.assert(
      fc.property(overlaps, (overlap) => {
        const rotation = omitUndefined<Rotation>({ version: "1", overlap });
        const normal = normalizeRotation(rotation);
        assert.deepEqual(getOverlap(normal), getOverlap(rotation));
        assert.deepEqual(normal && normalizeRotation(normal), normal);
      }),
    );
  });

  it("should overlap until the next change by default, and not at all without a rotation", () => {
    const overlaps = [{ version: 1 }, { overlap: "1h" }, { overlap: 5 }, { overlap: "none" }, undefined] as const;
    assert.deepEqual(overlaps.map(getOverlap), ["until-changed", 3_600, 5, 0, 0]);
  });

  it("should not have a version when the program supplies the key", () => {
    assert.deepEqual(suppliedKeyDiagnostics({ overlap: "1h" }), []);
    assert.deepEqual(suppliedKeyDiagnostics(undefined), []);
    assert.deepEqual(codesAndPaths(suppliedKeyDiagnostics({ version: 1 })), ["NA1323 version"]);
  });
});
