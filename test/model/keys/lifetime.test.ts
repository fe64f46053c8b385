import assert from "node:assert/strict";
import fc from "fast-check";
import {
  getExpiry,
  isValidAt,
  lifetimeDiagnostics,
  parseTime,
  formatTime,
  type Lifetime,
} from "../../../provider/model/keys/lifetime";
import { codesAndPaths } from "../../support/diagnostics";

const DAY = 86_400;
const NOW = Date.UTC(2027, 0, 1) / 1000;

/** The expiry of credentials that are valid for so many days. */
const inDays = (days: number) => formatTime(NOW + days * DAY);

describe("a time", () => {
  for (const [text, seconds] of [
    ["2027-01-01", NOW],
    ["2027-01-01T00:00Z", NOW],
    ["2027-01-01T01:00:00+01:00", NOW],
    ["2026-12-31T18:30:15-05:30", NOW + 15],
    ["2028-02-29", Date.UTC(2028, 1, 29) / 1000],
  ] as const) {
    it(`should be parsed when it is ${text}`, () => {
      assert.equal(parseTime(text), seconds);
    });
  }

  for (const text of [
    "",
    "2027",
    "2027-02-29",
    "2027-13-01",
    "2027-01-01T00:00",
    "1970-01-01",
    "tomorrow",
    "2027-01-01T25:00Z",
  ]) {
    it(`should be invalid when it is ${JSON.stringify(text)}`, () => {
      assert.equal(parseTime(text), undefined);
    });
  }

  it("should be the same when it is formatted and parsed", () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(2000) / 1000, max: Date.UTC(2999) / 1000 }), (seconds) => {
        assert.equal(parseTime(formatTime(seconds)), seconds);
      }),
    );
  });
});

describe("a lifetime", () => {
  for (const lifetime of [
    {},
    { lifetime: "90d" },
    { lifetime: "36525d", renewBefore: "1h" },
    { lifetime: 3600 },
    { expires: "2027-01-31", notBefore: "2027-01-30T10:00:00Z" },
    { lifetime: "1d", notBefore: "2027-01-30" },
  ] as const) {
    it(`should be valid when it is ${JSON.stringify(lifetime)}`, () => {
      assert.deepEqual(lifetimeDiagnostics(lifetime), []);
    });
  }

  for (const [lifetime, ...found] of [
    [{ lifetime: "0s" }, "NA1311 lifetime"],
    [{ lifetime: "500ms" }, "NA1311 lifetime"],
    [{ lifetime: "36526d" }, "NA1311 lifetime"],
    [{ lifetime: "for ever", renewBefore: "soon" }, "NA1311 lifetime", "NA1311 renewBefore"],
    [{ renewBefore: "1d" }, "NA1314 renewBefore"],
    [{ lifetime: "1d", renewBefore: "24h" }, "NA1315 renewBefore"],
    [{ lifetime: "1d", expires: "2027-01-31" }, "NA1313 expires"],
    [{ expires: "2027-02-29", notBefore: "31.1.2027" }, "NA1312 expires", "NA1312 notBefore"],
    [{ expires: "2027-01-31", notBefore: "2027-01-31T00:00:00Z" }, "NA1316 notBefore"],
  ] as const) {
    it(`should be invalid when it is ${JSON.stringify(lifetime)}`, () => {
      assert.deepEqual(codesAndPaths(lifetimeDiagnostics(lifetime)), found);
    });
  }

  it("should have texts as times", () => {
    const found = lifetimeDiagnostics({ expires: 1_800_000_000, notBefore: null } as unknown as Lifetime);
    assert.deepEqual(
      found.map(({ path }) => path),
      ["expires", "notBefore"],
    );
  });

  it("should begin with the update that signs the credentials", () => {
    assert.equal(getExpiry({}, { lifetime: "90d" }, NOW), inDays(90));
    assert.equal(getExpiry({}, {}, NOW), undefined);
    assert.equal(getExpiry({}, { expires: "2027-01-31" }, NOW), "2027-01-31T00:00:00Z");
  });

  it("should begin again in its last third, or within `renewBefore` of its end", () => {
    const renews = (days: number, given: Lifetime) =>
      getExpiry({ lifetime: "90d", expires: inDays(90) }, given, NOW + days * DAY) !== inDays(90);
    const third = { lifetime: "90d" };
    assert.deepEqual(
      [0, 59, 60, 89, 90, 400].map((days) => renews(days, third)),
      [false, false, true, true, true, true],
    );
    const week = { lifetime: "2160h", renewBefore: "7d" };
    assert.deepEqual(
      [60, 82, 83, 91].map((days) => renews(days, week)),
      [false, false, true, true],
    );
  });

  it("should begin again when it changes, or replaces a fixed expiry", () => {
    const held = { lifetime: "90d", expires: inDays(90) };
    assert.equal(getExpiry(held, { lifetime: "30d" }, NOW + DAY), inDays(31));
    assert.equal(getExpiry({ expires: inDays(90) }, { lifetime: "90d" }, NOW + DAY), inDays(91));
    assert.equal(getExpiry(held, {}, NOW), undefined);
  });

  it("should include its start and exclude its end", () => {
    const times = { notBefore: inDays(1), expires: inDays(2) };
    const at = [DAY - 1, DAY, 2 * DAY - 1, 2 * DAY].map((seconds) => isValidAt(NOW + seconds, times));
    assert.deepEqual(at, [false, true, true, false]);
    assert.equal(isValidAt(NOW, {}), true);
  });
});
